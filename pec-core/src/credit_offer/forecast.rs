//! When a balance ends.

use chrono::{Datelike, NaiveDate};
use serde::Serialize;

use super::CreditOfferError;
use super::amounts::{amount, as_plain, months, sum};
use super::calendar::{first_of_month_after, last_of_month};
use crate::money::{Amount, Number, Rounding};

/// When a balance ends, if the months to come are like those that are given.
///
/// The likely end is at the mean of the given months; the range reaches from their highest (the earliest end) to their lowest (the latest
/// end). Nothing is known of growth, so none is assumed. Within a month usage is taken to be even.
///
/// ```
/// use pec_core::credit_offer::Forecast;
///
/// let acr: Vec<_> = ["75", "85", "90"].iter().map(|month| month.parse()).collect::<Result<_, _>>()?;
/// let forecast = Forecast::new("250".parse()?, &acr, Some("2024-04-01".parse()?))?;
/// assert_eq!(forecast.likely.month, Some(3)); // 250 at 83.33 a month: the last day of the third month
/// assert_eq!(forecast.likely.day.unwrap().to_string(), "2024-06-30");
/// assert_eq!(forecast.earliest.day.unwrap().to_string(), "2024-06-24"); // at 90
/// assert_eq!(forecast.latest.day.unwrap().to_string(), "2024-07-11"); // at 75
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Forecast {
    /// The balance.
    #[serde(serialize_with = "as_plain")]
    pub balance: Amount,
    /// How many months the forecast rests on.
    pub months: usize,
    /// The first day of the first month to come, where it was given.
    pub first_month: Option<NaiveDate>,
    /// At the mean of the months.
    pub likely: BalanceEnd,
    /// At the highest month.
    pub earliest: BalanceEnd,
    /// At the lowest month.
    pub latest: BalanceEnd,
    /// How it was found.
    pub method: &'static str,
}

/// The end of a balance at a constant monthly ACR.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct BalanceEnd {
    /// The monthly ACR; a mean is shown to the cent, ties to even, and reckoned with exactly.
    #[serde(serialize_with = "as_plain")]
    pub monthly_acr: Amount,
    /// The month in which it ends, the first to come counted as 1; 0 where nothing is left, `None` where it never ends.
    pub month: Option<u32>,
    /// The day on which the last of it is used, where the first month is known.
    pub day: Option<NaiveDate>,
}

const METHOD: &str = "constant monthly ACR: likely at the mean of the given months, earliest at the highest of them, latest at the lowest; \
                      even use within a month; no growth";

impl Forecast {
    /// The end of `balance` from the ACR of some months, such as the last ones; `first_month` is the first day of the first month to come.
    ///
    /// # Errors
    ///
    /// [`CreditOfferError`] where an amount is negative or too large, there are no months or too many, or `first_month` is no first day.
    pub fn new(balance: Number, acr: &[Number], first_month: Option<NaiveDate>) -> Result<Self, CreditOfferError> {
        let (balance, acr) = (amount("the balance", balance)?, months(acr)?);
        if let Some(day) = first_month.filter(|day| day.day() != 1) {
            return Err(CreditOfferError::NotFirstOfMonth(day));
        }
        let whole = sum(acr.iter().copied())?;
        let at = |pace, parts| BalanceEnd::new(balance, pace, parts, first_month);
        let one = |pace: Option<&Amount>| at(pace.copied().unwrap_or_default(), 1);
        Ok(Self {
            balance,
            months: acr.len(),
            first_month,
            // There are at most 1,200 months.
            likely: at(whole, u32::try_from(acr.len()).unwrap_or(u32::MAX)),
            earliest: one(acr.iter().max()),
            latest: one(acr.iter().min()),
            method: METHOD,
        })
    }
}

impl BalanceEnd {
    /// At `whole` / `parts` a month; both sides of each comparison are taken `parts` times, so nothing is rounded.
    fn new(balance: Amount, whole: Amount, parts: u32, first_month: Option<NaiveDate>) -> Self {
        let times = |amount: Amount, times| amount.scaled(times, 1, EXACT, Rounding::TowardZero);
        let monthly_acr = whole.scaled(1, parts, 2, Rounding::HalfEven).unwrap_or(whole);
        let month = times(balance, parts).and_then(|balance| balance.times_to_reach(whole));
        let day = first_month.zip(month.and_then(|month| month.checked_sub(1))).and_then(|(first, before)| {
            let first = first_of_month_after(first, before)?;
            let days = last_of_month(first).day();
            let rest = times(balance, parts)?.checked_sub(times(whole, before)?).ok()?;
            first.with_day(times(rest, days)?.times_to_reach(whole)?)
        });
        Self { monthly_acr, month, day }
    }
}

/// All decimals of an amount: multiplied at this many, nothing is cut.
const EXACT: u32 = 56;

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(balance: &str, acr: &[&str], first: Option<&str>) -> [(Option<u32>, Option<String>); 3] {
        let acr: Vec<Number> = acr.iter().map(|month| month.parse().unwrap()).collect();
        let first = first.map(|day| day.parse().unwrap());
        let found = Forecast::new(balance.parse().unwrap(), &acr, first).unwrap();
        [found.earliest, found.likely, found.latest].map(|end| (end.month, end.day.map(|day| day.to_string())))
    }

    #[test]
    fn a_month_without_usage_has_no_latest_end() {
        let [earliest, likely, latest] = ends("100", &["0", "50"], Some("2024-02-01"));
        assert_eq!(earliest, (Some(2), Some("2024-03-31".into())));
        assert_eq!(likely, (Some(4), Some("2024-05-31".into())));
        assert_eq!(latest, (None, None));
        assert_eq!(ends("100", &["0"], Some("2024-02-01"))[0], (None, None));
    }

    #[test]
    fn a_cent_more_is_a_day_more() {
        // 29 a month in a February of 29 days is one a day.
        assert_eq!(ends("29", &["29"], Some("2024-02-01"))[1], (Some(1), Some("2024-02-29".into())));
        assert_eq!(ends("29.01", &["29"], Some("2024-02-01"))[1], (Some(2), Some("2024-03-01".into())));
        assert_eq!(ends("1", &["29"], Some("2024-02-01"))[1], (Some(1), Some("2024-02-01".into())));
        assert_eq!(ends("1.01", &["29"], Some("2024-02-01"))[1], (Some(1), Some("2024-02-02".into())));
    }

    #[test]
    fn nothing_left_and_no_days() {
        assert_eq!(ends("0", &["29"], Some("2024-02-01"))[1], (Some(0), None));
        assert_eq!(ends("30", &["29"], None)[1], (Some(2), None));
    }

    #[test]
    fn the_first_month_begins_on_its_first_day() {
        let day = "2024-02-02".parse().unwrap();
        assert_eq!(
            Forecast::new(Number::ZERO, &[Number::ZERO], Some(day)),
            Err(CreditOfferError::NotFirstOfMonth(day))
        );
    }
}
