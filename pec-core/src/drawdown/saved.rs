//! Credits, the sums they are drawn by, and drawdowns, as bytes.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::credit::checked;
use super::usage::DayUsage;
use super::{AzureCredit, Cover, CreditBalance, CreditDay, CreditUsage, Credits, CustomerDay, Drawdown};
use crate::credit_offer::Mode;
use crate::day::UsageDay;
use crate::money::{Amount, Currency, Share};
use crate::saved::{Form, SavedError};

const CREDITS: Form = Form::new("credits", 1);
const USAGE: Form = Form::new("credit usage", 1);
const DRAWDOWN: Form = Form::new("drawdown", 1);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedCredits {
    mode: Option<Mode>,
    reservations: bool,
    credits: Vec<AzureCredit>,
}

impl Credits {
    /// The credits as bytes, for another process.
    ///
    /// # Errors
    ///
    /// [`SavedError`] where they cannot be written; no credits are known that cannot.
    pub fn to_bytes(&self) -> Result<Vec<u8>, SavedError> {
        let Self { mode, reservations, credits } = self.clone();
        CREDITS.bytes_of(SavedCredits { mode, reservations, credits })
    }

    /// The credits of such bytes.
    ///
    /// # Errors
    ///
    /// [`SavedError`] for other bytes, and for those of another version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SavedError> {
        let SavedCredits { mode, reservations, credits } = CREDITS.content_of(bytes)?;
        let credits = checked(credits.into_iter().map(AzureCredit::normalised).collect());
        Ok(Self { mode, reservations, credits: credits.map_err(|problem| CREDITS.problem(problem))? })
    }
}

impl AzureCredit {
    /// As it is made: ids folded, statements in order.
    fn normalised(self) -> Self {
        let Self { id, customer, currency, granted, effective, expiry, statements } = self;
        Self::new(&id, &customer, currency, granted, effective, expiry).with_statements(statements)
    }
}

/// Customers are given by their place in `customers`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedUsage {
    customers: Vec<String>,
    days: Vec<SavedDay>,
    periods: Vec<(u32, UsageDay, UsageDay)>,
}

/// Customer, currency, day; flagged, usage, purchases; is there usage, are there purchases?
type SavedDay = (u32, Currency, UsageDay, Amount, Amount, Amount, bool, bool);

impl CreditUsage {
    /// The sums as bytes, the same for the same lines: workers send theirs to where they are merged.
    ///
    /// ```
    /// use pec_core::drawdown::CreditUsage;
    /// use pec_core::{engine::Engine, read::Input};
    /// let header = "UsageDate,CustomerId,EntitlementId,UnitPrice,Quantity,PartnerEarnedCreditPercentage\n";
    /// let files = ["2026-10-04,a,s,1,100,15\n", "2026-10-05,a,s,1,7,15\n"].map(|row| format!("{header}{row}"));
    /// let engine = Engine::new()?;
    /// let mut whole = CreditUsage::default();
    /// for file in &files {
    ///     let sent = engine.credit_usage([Input::new("usage.csv", file.as_bytes())], &Default::default())?.to_bytes()?;
    ///     whole.merge(&CreditUsage::from_bytes(&sent)?)?;
    /// }
    /// let inputs = files.iter().map(|file| Input::new("usage.csv", file.as_bytes()));
    /// assert_eq!(whole.to_bytes()?, engine.credit_usage(inputs, &Default::default())?.to_bytes()?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SavedError`] where they cannot be written; no sums are known that cannot.
    pub fn to_bytes(&self) -> Result<Vec<u8>, SavedError> {
        let of_days = self.days.entries().iter().map(|((customer, ..), _)| *customer);
        let customers = self.periods.entries().iter().map(|(customer, _)| *customer).chain(of_days);
        let names: BTreeSet<&str> = customers.map(|customer| self.texts.get(customer)).collect();
        let numbers: BTreeMap<&str, u32> = names.iter().copied().zip(0..).collect();
        let number = |customer: u32| numbers.get(self.texts.get(customer)).copied().unwrap_or_default();
        let mut days: Vec<SavedDay> = (self.days.entries().iter())
            .map(|((customer, currency, day), sums)| {
                let DayUsage { flagged, usage, purchases, has_usage, has_purchases } = *sums;
                (number(*customer), *currency, *day, flagged, usage, purchases, has_usage, has_purchases)
            })
            .collect();
        days.sort_unstable();
        let mut periods: Vec<_> = (self.periods.entries().iter())
            .filter_map(|(customer, period)| period.map(|(first, last)| (number(*customer), first, last)))
            .collect();
        periods.sort_unstable();
        let customers = names.into_iter().map(str::to_owned).collect();
        USAGE.bytes_of(SavedUsage { customers, days, periods })
    }

    /// The sums of such bytes.
    ///
    /// # Errors
    ///
    /// [`SavedError`] for other bytes, and for those of another version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SavedError> {
        let SavedUsage { customers, days, periods } = USAGE.content_of(bytes)?;
        let mut found = Self::default();
        let numbers: Vec<u32> = customers.iter().map(|customer| found.texts.number(customer)).collect();
        for (customer, currency, day, flagged, usage, purchases, has_usage, has_purchases) in days {
            let customer = *USAGE.found(&numbers, customer)?;
            let sums = DayUsage { flagged, usage, purchases, has_usage, has_purchases };
            found.days.entry((customer, currency, day)).add(&sums)?;
        }
        for (customer, first, last) in periods {
            found.widen(*USAGE.found(&numbers, customer)?, (first, last));
        }
        Ok(found)
    }
}

/// A drawdown, as it is saved with the lines that were decided with it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SavedDrawdown {
    mode: Mode,
    reservations: bool,
    covers: BTreeMap<String, Vec<(Currency, UsageDay, Option<u32>)>>,
    /// Parts and wholes.
    shares: Vec<(Amount, Amount)>,
    balances: Vec<SavedBalance>,
    credit_days: Vec<SavedCreditDay>,
    customer_days: Vec<SavedCustomerDay>,
}

/// Credit; drawn before, expired before, drawn, expired, balance; ended on.
type SavedBalance = (AzureCredit, Amount, Amount, Amount, Amount, Amount, Option<UsageDay>);
/// Credit by its place, day; drawn, expired, balance.
type SavedCreditDay = (usize, UsageDay, Amount, Amount, Amount);
/// Customer, currency, day; flagged, usage.
type SavedCustomerDay = (String, Currency, UsageDay, Amount, Amount);

impl Drawdown {
    /// The drawdown as bytes: made once of the sums of all lines, it is sent to all that decide lines with it.
    ///
    /// ```
    /// use pec_core::drawdown::{Credits, CreditUsage, Drawdown};
    /// let drawdown = Drawdown::new(Credits::default(), &CreditUsage::default())?;
    /// assert_eq!(Drawdown::from_bytes(&drawdown.to_bytes()?)?, drawdown);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SavedError`] where it cannot be written; no drawdown is known that cannot.
    pub fn to_bytes(&self) -> Result<Vec<u8>, SavedError> {
        DRAWDOWN.bytes_of(self.saved())
    }

    /// The drawdown of such bytes.
    ///
    /// # Errors
    ///
    /// [`SavedError`] for other bytes, and for those of another version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SavedError> {
        DRAWDOWN.content_of::<SavedDrawdown>(bytes)?.drawdown()
    }

    pub(crate) fn saved(&self) -> SavedDrawdown {
        let cover = |((currency, day), cover): (&(Currency, UsageDay), &Cover)| match cover {
            Cover::None => None,
            Cover::Whole => Some((*currency, *day, None)),
            Cover::Share(number) => Some((*currency, *day, Some(*number))),
        };
        let balance = |of: &CreditBalance| {
            let CreditBalance { credit, drawn_before, expired_before, drawn, expired, balance, ended_on } = of.clone();
            (credit, drawn_before, expired_before, drawn, expired, balance, ended_on)
        };
        let entry = |of: &CreditDay| (of.credit, of.day, of.drawn, of.expired, of.balance);
        let day = |of: &CustomerDay| (of.customer.clone(), of.currency, of.day, of.flagged, of.usage);
        SavedDrawdown {
            mode: self.mode,
            reservations: self.reservations,
            covers: (self.covers.iter())
                .map(|(customer, days)| (customer.clone(), days.iter().filter_map(cover).collect()))
                .collect(),
            shares: self.shares.iter().map(|share| (share.part, share.whole)).collect(),
            balances: self.balances.iter().map(balance).collect(),
            credit_days: self.credit_days.iter().map(entry).collect(),
            customer_days: self.customer_days.iter().map(day).collect(),
        }
    }
}

impl SavedDrawdown {
    /// The drawdown; what is looked up in it must stand in its order.
    pub(crate) fn drawdown(self) -> Result<Drawdown, SavedError> {
        let shares = self.shares.into_iter().map(share).collect::<Result<Vec<_>, _>>()?;
        let cover = |(currency, day, share): (Currency, UsageDay, Option<u32>)| {
            let cover = match share {
                None => Cover::Whole,
                Some(number) => {
                    DRAWDOWN.found(&shares, number)?;
                    Cover::Share(number)
                }
            };
            Ok::<_, SavedError>(((currency, day), cover))
        };
        let covers = (self.covers.into_iter())
            .map(|(customer, days)| Ok((customer, days.into_iter().map(cover).collect::<Result<_, _>>()?)))
            .collect::<Result<_, SavedError>>()?;
        let balance = |(credit, drawn_before, expired_before, drawn, expired, balance, ended_on): SavedBalance| {
            CreditBalance { credit, drawn_before, expired_before, drawn, expired, balance, ended_on }
        };
        let balances: Vec<_> = self.balances.into_iter().map(balance).collect();
        let credits: Vec<_> = balances.iter().map(|of| of.credit.clone()).collect();
        let in_order = checked(credits.iter().cloned().map(AzureCredit::normalised).collect());
        let entry = |(credit, day, drawn, expired, balance)| CreditDay { credit, day, drawn, expired, balance };
        let credit_days: Vec<_> = self.credit_days.into_iter().map(entry).collect();
        let day = |(customer, currency, day, flagged, usage)| CustomerDay { customer, currency, day, flagged, usage };
        let customer_days: Vec<_> = self.customer_days.into_iter().map(day).collect();
        if in_order.map_err(|problem| DRAWDOWN.problem(problem))? != credits
            || !credit_days.is_sorted_by_key(|of| (of.credit, of.day))
            || !customer_days.is_sorted_by(|a, b| key(a) <= key(b))
        {
            return Err(DRAWDOWN.problem("credits or days are not in their order"));
        }
        if credit_days.last().is_some_and(|last| last.credit >= balances.len()) {
            return Err(DRAWDOWN.problem("a number points to nothing"));
        }
        let Self { mode, reservations, .. } = self;
        Ok(Drawdown { mode, reservations, covers, shares, balances, credit_days, customer_days })
    }
}

fn key(of: &CustomerDay) -> (&str, Currency, UsageDay) {
    (&of.customer, of.currency, of.day)
}

/// A share that lines can have: of one sign, and the part no more than the whole.
fn share((part, whole): (Amount, Amount)) -> Result<Share, SavedError> {
    let one_sign = part.is_zero() || whole.is_zero() || (part < Amount::ZERO) == (whole < Amount::ZERO);
    if one_sign && part.abs() <= whole.abs() {
        Ok(Share::new(part, whole))
    } else {
        Err(DRAWDOWN.problem("a share is more than its whole"))
    }
}
