//! Credits that were granted, and what statements say of their use.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize};

use crate::credit_offer::{Mode, expected, line_text, parsed, word};
use crate::day::UsageDay;
use crate::money::{Amount, Currency, Number};

/// A credit that pays a customer's usage: an Azure Credit Offer, or another one of the balance report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AzureCredit {
    /// Its agreement, or a name of yours: unique for each customer and currency.
    pub id: String,
    /// The customer's tenant id, lower case.
    pub customer: String,
    /// Its currency: it pays lines that are priced in it.
    pub currency: Currency,
    /// What was granted.
    pub granted: Amount,
    /// The first day on which it pays.
    pub effective: UsageDay,
    /// The last day on which it pays.
    pub expiry: UsageDay,
    /// What is known of its use, by month.
    pub statements: Vec<Statement>,
}

/// What a month's end leaves of a credit, by the balance report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Statement {
    /// The first day of the month.
    pub month: UsageDay,
    /// What was used since the grant.
    pub used: Amount,
    /// What is left.
    pub balance: Amount,
}

impl Statement {
    /// A month's end.
    #[must_use]
    pub const fn new(month: UsageDay, used: Amount, balance: Amount) -> Self {
        Self { month, used, balance }
    }
}

impl AzureCredit {
    /// A credit without statements.
    #[must_use]
    pub fn new(
        id: &str,
        customer: &str,
        currency: Currency,
        granted: Amount,
        effective: UsageDay,
        expiry: UsageDay,
    ) -> Self {
        let (id, customer) = (id.to_owned(), customer.to_ascii_lowercase());
        Self { id, customer, currency, granted, effective, expiry, statements: Vec::new() }
    }

    /// The credit with statements, in any order.
    #[must_use]
    pub fn with_statements(mut self, mut statements: Vec<Statement>) -> Self {
        statements.sort_unstable();
        self.statements = statements;
        self
    }

    /// The order of drawing: earliest expiry, then earliest start, then id (a choice: no source says, ACO16).
    pub(super) fn order(&self) -> impl Ord + use<> {
        (self.expiry, self.effective, self.id.clone())
    }
}

/// The credits of customers, and how they are drawn.
///
/// ```
/// use pec_core::drawdown::Credits;
/// let credits = Credits::from_toml("credits.toml", r#"
///     [[credit]]
///     customer = "6f8a9b1c-0000-4000-8000-000000000001"
///     granted = "500.00"
///     effective = 2026-07-10
///     expiry = 2027-07-09
///
///     [[credit.statement]]
///     month = "2026-09"
///     used = "120.00"
/// "#)?;
/// assert_eq!(credits.all()[0].statements[0].balance.to_string(), "380.00");
/// # Ok::<(), pec_core::drawdown::CreditsError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credits {
    pub(super) mode: Option<Mode>,
    pub(super) reservations: bool,
    pub(super) credits: Vec<AzureCredit>,
}

/// Credits that cannot be used, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {}{problem}; {advice}", line_text(*.line))]
pub struct CreditsError {
    file: String,
    line: Option<usize>,
    problem: String,
    advice: &'static str,
}

impl CreditsError {
    /// The file.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }
}

/// No list of credits needs more; a text without end is not read.
const MAX_BYTES: usize = 16 << 20;

impl Credits {
    /// These credits, drawn day by day.
    ///
    /// # Errors
    ///
    /// [`CreditsError`] for a credit that cannot be: nothing granted, an end before its start, one id twice.
    pub fn new(credits: Vec<AzureCredit>) -> Result<Self, CreditsError> {
        let checked = checked(credits);
        checked.map(|credits| Self { credits, ..Self::default() }).map_err(|problem| CreditsError {
            file: "credits".to_owned(),
            line: None,
            problem,
            advice: ADVICE,
        })
    }

    /// The same, drawn in this mode.
    #[must_use]
    pub const fn mode(mut self, mode: Mode) -> Self {
        self.mode = Some(mode);
        self
    }

    /// The same, where purchases of reservations and savings plans draw, too ("might be applicable in some cases").
    #[must_use]
    pub const fn reservations(mut self, covered: bool) -> Self {
        self.reservations = covered;
        self
    }

    /// All of them, by customer, currency and the order of drawing.
    #[must_use]
    pub fn all(&self) -> &[AzureCredit] {
        &self.credits
    }

    /// These credits and others; a mode or switch of the others holds where these have none.
    ///
    /// # Errors
    ///
    /// [`CreditsError`] where one id is in both.
    pub fn and(self, other: Self) -> Result<Self, CreditsError> {
        let Self { mode, reservations, mut credits } = self;
        credits.extend(other.credits);
        let all = Self::new(credits)?;
        Ok(Self { mode: mode.or(other.mode), reservations: reservations || other.reservations, ..all })
    }

    /// The credits of a `credits.toml`; `file` is the name to report it by.
    ///
    /// # Errors
    ///
    /// [`CreditsError`] with the line that cannot be read, or the credit that cannot be.
    pub fn from_toml(file: &str, text: &str) -> Result<Self, CreditsError> {
        let failed = |line, problem, advice| CreditsError { file: file.to_owned(), line, problem, advice };
        if text.len() > MAX_BYTES {
            return Err(failed(None, format!("more than {MAX_BYTES} bytes"), "this is no list of credits"));
        }
        let read: CreditsText =
            parsed(text).map_err(|(line, problem)| failed(Some(line), problem, "correct that line"))?;
        let credits = read.credit.into_iter().zip(1..).map(|(text, number)| text.credit(number)).collect();
        let credits = checked(credits).map_err(|problem| failed(None, problem, ADVICE))?;
        let DrawdownText { mode, reservations } = read.drawdown;
        Ok(Self { mode, reservations, credits })
    }
}

const ADVICE: &str = "correct it";

/// The credits in the order of drawing, or what is wrong with one.
pub(super) fn checked(mut credits: Vec<AzureCredit>) -> Result<Vec<AzureCredit>, String> {
    let mut ids = BTreeSet::new();
    for AzureCredit { id, customer, currency, granted, effective, expiry, statements } in &credits {
        if !ids.insert((customer, currency, id)) {
            return Err(format!("the credit `{id}` of `{customer}` is there twice"));
        }
        if customer.is_empty() {
            return Err(format!("the credit `{id}` has no customer"));
        }
        if *granted <= Amount::ZERO {
            return Err(format!("the credit `{id}` grants `{granted}`, expected an amount above 0"));
        }
        if effective > expiry {
            return Err(format!("the credit `{id}` expires on `{expiry}`, before its first day `{effective}`"));
        }
        for Statement { month, used, balance } in statements {
            let past = |sum: Amount| sum > *granted;
            if *used < Amount::ZERO || *balance < Amount::ZERO || used.checked_add(*balance).map_or(true, past) {
                let (year_month, day_end) = (month.to_string(), 7);
                let month = year_month.get(..day_end).unwrap_or_default();
                return Err(format!(
                    "the statement of {month} of the credit `{id}` has `{used}` used and `{balance}` left, expected no more than `{granted}` together"
                ));
            }
        }
    }
    credits.sort_by_cached_key(|credit| (credit.customer.clone(), credit.currency, credit.order()));
    Ok(credits)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CreditsText {
    #[serde(default)]
    drawdown: DrawdownText,
    #[serde(default)]
    credit: Vec<CreditText>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct DrawdownText {
    mode: Option<Mode>,
    reservations: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CreditText {
    id: Option<String>,
    customer: String,
    #[serde(default, deserialize_with = "currency")]
    currency: Option<Currency>,
    #[serde(deserialize_with = "amount")]
    granted: Amount,
    #[serde(deserialize_with = "day")]
    effective: UsageDay,
    #[serde(deserialize_with = "day")]
    expiry: UsageDay,
    #[serde(default)]
    statement: Vec<StatementText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StatementText {
    #[serde(deserialize_with = "month")]
    month: UsageDay,
    #[serde(deserialize_with = "amount")]
    used: Amount,
    #[serde(default, deserialize_with = "maybe_amount")]
    balance: Option<Amount>,
}

impl CreditText {
    fn credit(self, number: usize) -> AzureCredit {
        let Self { id, customer, currency, granted, effective, expiry, statement } = self;
        let id = id.unwrap_or_else(|| format!("credit-{number}"));
        let statements = statement
            .into_iter()
            .map(|StatementText { month, used, balance }| {
                // More used than granted is refused with the other checks.
                let left = granted.checked_sub(used).unwrap_or_default();
                Statement::new(month, used, balance.unwrap_or(left))
            })
            .collect();
        let currency = currency.unwrap_or(Currency::USD);
        AzureCredit::new(&id, customer.trim(), currency, granted, effective, expiry).with_statements(statements)
    }
}

fn amount<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Amount, D::Error> {
    let value = toml::Value::deserialize(deserializer)?;
    let text = word(&value);
    // A bare 500.10 went through a binary float: only whole numbers and texts are exact.
    let exact = !matches!(value, toml::Value::Float(_));
    let number = exact.then(|| text.parse::<Number>().ok()).flatten();
    let one = Number::new(1, 0);
    let read = number.and_then(|number| Amount::product(number, one).ok());
    read.ok_or_else(|| expected(&text, "an amount as text, such as \"500.00\", below 10,000,000,000,000"))
}

fn maybe_amount<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Amount>, D::Error> {
    amount(deserializer).map(Some)
}

fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<UsageDay, D::Error> {
    let text = word(&toml::Value::deserialize(deserializer)?);
    text.parse().map_err(|_| expected(&text, "a day such as 2026-10-04, from 2000 to 2099"))
}

fn month<'de, D: Deserializer<'de>>(deserializer: D) -> Result<UsageDay, D::Error> {
    let text = word(&toml::Value::deserialize(deserializer)?);
    format!("{text}-01").parse().map_err(|_| expected(&text, "a month such as \"2026-09\""))
}

fn currency<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Currency>, D::Error> {
    let text = word(&toml::Value::deserialize(deserializer)?);
    text.parse().map(Some).map_err(|_| expected(&text, "a currency such as \"USD\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: &str =
        "[[credit]]\ncustomer = \"C\"\ngranted = \"500\"\neffective = 2026-07-10\nexpiry = 2027-07-09\n";

    fn read(text: &str) -> Result<Credits, String> {
        Credits::from_toml("credits.toml", text).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_not_said_has_a_default() {
        let credits = read(LEAST).unwrap();
        let [credit] = credits.all() else { panic!("{credits:?}") };
        assert_eq!((credit.id.as_str(), credit.customer.as_str(), credit.currency), ("credit-1", "c", Currency::USD));
        assert_eq!((credits.mode, credits.reservations), (None, false));
    }

    #[test]
    fn what_cannot_be_is_told() {
        let cases = [
            (LEAST.replace("\"500\"", "500.5"), "line 3: found `float`, expected an amount as text"),
            (LEAST.replace("\"500\"", "\"0\""), "grants `0.00`, expected an amount above 0"),
            (LEAST.replace("2027-07-09", "2026-07-09"), "expires on `2026-07-09`, before its first day `2026-07-10`"),
            (format!("{LEAST}id = \"a\"\n{LEAST}id = \"a\"\n"), "the credit `a` of `c` is there twice"),
            (format!("{LEAST}colour = 1"), "line 6: unknown field `colour`"),
            (format!("{LEAST}currency = \"dollars\""), "line 6: found `dollars`, expected a currency"),
            (format!("{LEAST}[[credit.statement]]\nmonth = \"September\"\nused = 1"), "expected a month such as"),
            (
                format!("{LEAST}[[credit.statement]]\nmonth = \"2026-09\"\nused = 400\nbalance = 200"),
                "the statement of 2026-09 of the credit `credit-1` has `400.00` used and `200.00` left",
            ),
            ("[drawdown]\nmode = \"weekly\"".to_owned(), "line 2: unknown variant `weekly`"),
        ];
        for (text, expected) in cases {
            let told = read(&text).unwrap_err();
            assert!(told.starts_with("credits.toml: ") && told.contains(expected), "{told}");
        }
        assert!(read(&"#".repeat(MAX_BYTES + 1)).unwrap_err().contains("this is no list of credits"));
    }
}
