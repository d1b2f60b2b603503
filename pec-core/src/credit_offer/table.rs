//! The deck's table: a credit and the ACR of each month.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize, Serializer};

use super::CreditOfferError;
use super::amounts::{amount, as_plain, credit_rate, earned, months, sum};
use super::value::{Side, Value};
use crate::money::{Amount, Number, Rate, Rounding};
use crate::programme::InForce;

/// How the month earns in which the balance ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// As in Microsoft's deck: all that is left of that month's usage earns, at a flat rate (R86).
    #[default]
    Deck,
    /// By the ordinary rules, which are those of each day: what is left earns by its eligible share.
    Daily,
}

/// A credit and the usage that it is to pay, month by month.
///
/// The credit pays at list price, before any Partner Earned Credit, and as long as it lasts (ACO10, ACO11). `acr` is usage that the
/// credit covers: Microsoft's own products, not third-party ones or the marketplace (ACO7).
///
/// ```
/// use pec_core::credit_offer::{Mode, MonthlyDrawdown};
/// use pec_core::programme::Programme;
///
/// let acr: Vec<_> = ["75", "85", "90", "112", "85", "100"].iter().map(|month| month.parse()).collect::<Result<_, _>>()?;
/// let table = MonthlyDrawdown::new("500".parse()?, &acr).table(&Programme::builtin()?.on("2024-01-15".parse()?)?)?;
/// let last = &table.months[5];
/// assert_eq!((last.pec.to_string(), last.invoice.to_string()), ("7.05".to_owned(), "39.95".to_owned()));
/// assert_eq!(table.value.value_to_partner.to_string(), "425.00");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct MonthlyDrawdown<'a> {
    /// The credit that was granted.
    pub credit: Number,
    /// Usage at list price, for each month in order.
    pub acr: &'a [Number],
    /// How the month earns in which the balance ends.
    pub mode: Mode,
    /// The share of usage that earns by the ordinary rules: eligible products, on days with access.
    pub eligible_share: Rate,
    /// The last month in which the credit pays, counted from 1; what is left at its end is lost. `None`: all of them.
    pub expires_after: Option<NonZeroU32>,
}

/// A month of the table. `balance_start` = `used` + `expired` + `balance_end`, and `acr` = `used` + `above`.
///
/// Amounts are exact, apart from `pec` and `invoice`, which are cut to cents as on invoices (R78).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Month {
    /// The month, counted from 1.
    pub month: u32,
    /// Usage at list price.
    #[serde(serialize_with = "as_plain")]
    pub acr: Amount,
    /// The balance before it.
    #[serde(serialize_with = "as_plain")]
    pub balance_start: Amount,
    /// What the credit paid of the usage.
    #[serde(serialize_with = "as_plain")]
    pub used: Amount,
    /// The rest of the usage.
    #[serde(serialize_with = "as_plain")]
    pub above: Amount,
    /// Partner Earned Credit on the rest, cut to cents.
    pub pec: Amount,
    /// What Microsoft invoices, cut to cents.
    pub invoice: Amount,
    /// The balance after it.
    #[serde(serialize_with = "as_plain")]
    pub balance_end: Amount,
    /// What was lost at the end of the month.
    #[serde(serialize_with = "as_plain", skip_serializing_if = "is_nothing")]
    pub expired: Amount,
    /// Partner Earned Credit to the last digit, where cutting took something.
    #[serde(serialize_with = "as_plain_or_null", skip_serializing_if = "Option::is_none")]
    pub pec_exact: Option<Amount>,
    /// The invoice to the last digit, where cutting took something.
    #[serde(serialize_with = "as_plain_or_null", skip_serializing_if = "Option::is_none")]
    pub invoice_exact: Option<Amount>,
}

/// The whole table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Table {
    /// The months in order.
    pub months: Vec<Month>,
    /// Their sums.
    pub totals: Totals,
    /// The same usage with the offer and without it.
    #[serde(flatten)]
    pub value: Value,
}

/// Sums over all months. `granted` = `used` + `expired` + `balance`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Totals {
    /// The credit that was granted.
    #[serde(serialize_with = "as_plain")]
    pub granted: Amount,
    /// Usage at list price.
    #[serde(serialize_with = "as_plain")]
    pub acr: Amount,
    /// What the credit paid.
    #[serde(serialize_with = "as_plain")]
    pub used: Amount,
    /// What was lost.
    #[serde(serialize_with = "as_plain")]
    pub expired: Amount,
    /// What is left.
    #[serde(serialize_with = "as_plain")]
    pub balance: Amount,
    /// Usage that the credit did not pay.
    #[serde(serialize_with = "as_plain")]
    pub above: Amount,
    /// Partner Earned Credit, each month cut to cents.
    pub pec: Amount,
    /// Invoices, each cut to cents.
    pub invoice: Amount,
}

/// What holds for every month.
struct Terms {
    mode: Mode,
    eligible_share: Rate,
    rate: Rate,
    decimals: u32,
}

impl<'a> MonthlyDrawdown<'a> {
    /// A credit and its months, in the deck's way: all usage earns, and the credit does not expire.
    #[must_use]
    pub const fn new(credit: Number, acr: &'a [Number]) -> Self {
        Self { credit, acr, mode: Mode::Deck, eligible_share: Rate::ONE, expires_after: None }
    }

    /// The same in this mode.
    #[must_use]
    pub const fn mode(self, mode: Mode) -> Self {
        Self { mode, ..self }
    }

    /// The same where this share of usage earns by the ordinary rules.
    #[must_use]
    pub const fn eligible_share(self, eligible_share: Rate) -> Self {
        Self { eligible_share, ..self }
    }

    /// The same where the credit pays through this month, counted from 1.
    #[must_use]
    pub const fn expires_after(self, month: Option<NonZeroU32>) -> Self {
        Self { expires_after: month, ..self }
    }

    /// The table, with the rate and the decimals in force.
    ///
    /// # Errors
    ///
    /// [`CreditOfferError`] where an amount is negative or too large, or there are no months or too many.
    pub fn table(&self, in_force: &InForce<'_>) -> Result<Table, CreditOfferError> {
        let (granted, acr) = (amount("the credit", self.credit)?, months(self.acr)?);
        let terms = Terms {
            mode: self.mode,
            eligible_share: self.eligible_share,
            rate: credit_rate(in_force),
            decimals: *in_force.money_decimals().value,
        };
        let last = self.expires_after.map(NonZeroU32::get);
        let mut balance = granted;
        let (mut rows, mut with, mut without) = (Vec::with_capacity(acr.len()), Side::default(), Side::default());
        for (month, acr) in (1..).zip(acr) {
            let (row, side) = terms.month(month, acr, balance, last == Some(month))?;
            balance = row.balance_end;
            with = with.and(side)?;
            without = without.and(Side::new(acr, Amount::ZERO, earned(acr, terms.eligible_share, terms.rate)?)?)?;
            rows.push(row);
        }
        let of = |field: fn(&Month) -> Amount| sum(rows.iter().map(field));
        let totals = Totals {
            granted,
            acr: of(|row| row.acr)?,
            used: of(|row| row.used)?,
            expired: of(|row| row.expired)?,
            balance,
            above: of(|row| row.above)?,
            pec: of(|row| row.pec)?,
            invoice: of(|row| row.invoice)?,
        };
        Ok(Table { months: rows, totals, value: Value::new(with, without)? })
    }
}

impl Terms {
    /// One month, and who pays for it to the last digit.
    fn month(&self, month: u32, acr: Amount, start: Amount, expires: bool) -> Result<(Month, Side), CreditOfferError> {
        let used = acr.min(start);
        let (above, left) = (acr.checked_sub(used)?, start.checked_sub(used)?);
        // The deck's exception is for the month in which the credit is used up; after it the ordinary rules hold again.
        let flat = self.mode == Mode::Deck && !start.is_zero();
        let eligible_share = if flat { Rate::ONE } else { self.eligible_share };
        let side = Side::new(acr, used, earned(above, eligible_share, self.rate)?)?;
        let (pec, invoice) = (self.cut(side.pec), self.cut(side.invoice));
        let row = Month {
            month,
            acr,
            balance_start: start,
            used,
            above,
            pec,
            invoice,
            balance_end: if expires { Amount::ZERO } else { left },
            expired: if expires { left } else { Amount::ZERO },
            pec_exact: (pec != side.pec).then_some(side.pec),
            invoice_exact: (invoice != side.invoice).then_some(side.invoice),
        };
        Ok((row, side))
    }

    /// As on invoices (R78).
    fn cut(&self, amount: Amount) -> Amount {
        amount.rounded(self.decimals, Rounding::TowardZero)
    }
}

fn is_nothing(amount: &Amount) -> bool {
    amount.is_zero()
}

fn as_plain_or_null<S: Serializer>(amount: &Option<Amount>, serializer: S) -> Result<S::Ok, S::Error> {
    match amount {
        Some(amount) => as_plain(amount, serializer),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programme::Programme;

    fn numbers(acr: &[&str]) -> Vec<Number> {
        acr.iter().map(|month| month.parse().unwrap()).collect()
    }

    fn table(drawdown: MonthlyDrawdown<'_>) -> Table {
        let programme = Programme::builtin().unwrap();
        drawdown.table(&programme.on("2024-01-15".parse().unwrap()).unwrap()).unwrap()
    }

    fn share(text: &str) -> Rate {
        Rate::from_fraction(text.parse().unwrap()).unwrap()
    }

    #[test]
    fn the_table_of_the_deck() {
        let table =
            table(MonthlyDrawdown::new("500".parse().unwrap(), &numbers(&["75", "85", "90", "112", "85", "100"])));
        let row = |month: &Month| {
            [month.acr, month.balance_start, month.used, month.above, month.pec, month.invoice, month.balance_end]
                .map(|amount| amount.to_string())
        };
        let rows: Vec<_> = table.months.iter().map(row).collect();
        assert_eq!(rows[0], ["75.00", "500.00", "75.00", "0.00", "0.00", "0.00", "425.00"]);
        assert_eq!(rows[5], ["100.00", "53.00", "53.00", "47.00", "7.05", "39.95", "0.00"]);
        let ends: Vec<_> = rows.iter().map(|row| row[6].as_str()).collect();
        assert_eq!(ends, ["425.00", "340.00", "250.00", "138.00", "53.00", "0.00"]);
        let value = table.value;
        assert_eq!(
            (value.without.pec.to_string(), value.without.invoice.to_string()),
            ("82.05".into(), "464.95".into())
        );
        assert_eq!(
            (value.pec_forgone.to_string(), value.value_to_partner.to_string()),
            ("75.00".into(), "425.00".into())
        );
    }

    #[test]
    fn what_is_left_earns_flat_or_by_its_share_and_the_months_after_by_their_share() {
        let acr = numbers(&["60", "100"]);
        let pec = |mode| {
            let drawdown = MonthlyDrawdown::new("50".parse().unwrap(), &acr).mode(mode).eligible_share(share("0.5"));
            table(drawdown).months.iter().map(|month| month.pec.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(pec(Mode::Deck), ["1.50", "7.50"]);
        assert_eq!(pec(Mode::Daily), ["0.75", "7.50"]);
    }

    #[test]
    fn cents_are_cut_and_the_exact_amount_stands_beside_them() {
        let month = table(MonthlyDrawdown::new("0".parse().unwrap(), &numbers(&["47.01"]))).months[0];
        assert_eq!((month.pec.to_string(), month.invoice.to_string()), ("7.05".into(), "39.95".into()));
        assert_eq!(month.pec_exact.unwrap().to_string(), "7.0515");
        assert_eq!(month.invoice_exact.unwrap().to_string(), "39.9585");
    }

    #[test]
    fn a_credit_expires_at_the_end_of_its_month() {
        let acr = numbers(&["30", "30", "30"]);
        let of =
            |after| table(MonthlyDrawdown::new("100".parse().unwrap(), &acr).expires_after(NonZeroU32::new(after)));
        let two = of(2);
        assert_eq!((two.months[1].expired.to_string(), two.months[1].balance_end.is_zero()), ("40.00".into(), true));
        assert_eq!((two.months[2].used.is_zero(), two.months[2].pec.to_string()), (true, "4.50".into()));
        assert_eq!(of(3).totals.expired.to_string(), "10.00");
        assert_eq!(of(9).totals.balance.to_string(), "10.00");
    }

    #[test]
    fn a_balance_that_ends_with_the_month_leaves_nothing_to_earn() {
        let months = table(MonthlyDrawdown::new("100".parse().unwrap(), &numbers(&["100", "100"]))).months;
        assert_eq!((months[0].pec.is_zero(), months[0].invoice.is_zero()), (true, true));
        assert_eq!(months[1].pec.to_string(), "15.00");
    }
}
