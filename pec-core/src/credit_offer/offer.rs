//! What is known of a request for an offer: a small `offer.toml`, or the fields of [`Offer`].

use std::fmt;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Deserializer, Serialize};

use super::agreement::{Agreement, AgreementError, StepTaken};
use super::calendar::BusinessCalendar;
use crate::money::Number;
use crate::partner::PartnerKind;

/// A request for an offer. What is not told is unknown, never refused.
///
/// ```
/// use pec_core::credit_offer::{Offer, Scenario};
/// let offer = Offer::from_toml("offer.toml", r#"
///     [deal]
///     incremental_acr = "15000"
///     scenario = "dual_cost"
///     [customer]
///     us_smb = true
///     [calendar]
///     holidays = [2023-07-04]
///     [[agreement]]
///     step = "submit"
///     on = 2023-07-10
/// "#)?;
/// assert_eq!(offer.deal.scenario, Some(Scenario::DualCost));
/// assert_eq!(offer.customer.agreement_accepted, None);
/// assert_eq!(offer.agreement.taken().len(), 1);
/// # Ok::<(), pec_core::credit_offer::OfferFileError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "OfferText", into = "OfferText")]
#[non_exhaustive]
pub struct Offer {
    /// What is sold.
    pub deal: Deal,
    /// To whom.
    pub customer: Customer,
    /// By whom.
    pub partner: TransactingPartner,
    /// Who asks for the offer.
    pub request: Request,
    /// Which days are worked.
    pub calendar: BusinessCalendar,
    /// What happened so far.
    pub agreement: Agreement,
}

/// What is sold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Deal {
    /// The estimated incremental ACR of 12 months, in US dollars.
    #[serde(deserialize_with = "dollars", skip_serializing_if = "Option::is_none")]
    pub incremental_acr: Option<Number>,
    /// What the offer is for.
    pub scenario: Option<Scenario>,
}

/// The scenarios that the offer serves, as the deck lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Scenario {
    /// The customer fears to pay twice while a migration lasts.
    DualCost,
    /// Funding for a proof of concept or test in production of a new workload.
    ProductionTrial,
    /// More and faster adoption.
    Acceleration,
    /// Another cloud provider has made an offer.
    Competition,
}

/// The customer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Customer {
    /// Is it a small or medium business in the United States?
    pub us_smb: Option<bool>,
    /// What kind of customer it is.
    pub segment: Option<Segment>,
    /// Are tax id, registration number and address of its Microsoft billing account up to date?
    pub billing_details_current: Option<bool>,
    /// Has it accepted the Microsoft Customer Agreement?
    pub agreement_accepted: Option<bool>,
}

/// Kinds of customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Segment {
    /// A commercial customer.
    Commercial,
    /// A non-profit organization.
    NonProfit,
    /// A school or university.
    Education,
    /// A customer of the government cloud.
    Government,
}

/// The partner that works with the customer: direct-bill, or the indirect reseller. The deck calls either one transacting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct TransactingPartner {
    /// What kind of partner it is; an indirect provider stands for a sale through one of its resellers.
    pub kind: Option<PartnerKind>,
    /// Has it signed the Microsoft Partner Agreement?
    pub agreement_signed: Option<bool>,
    /// Is the customer's account in its Partner Center?
    pub customer_registered: Option<bool>,
    /// Has it confirmed there that the customer accepted the Microsoft Customer Agreement?
    pub customer_agreement_confirmed: Option<bool>,
    /// Has it a reseller relationship with the customer?
    pub reseller_relationship: Option<bool>,
    /// Has its indirect provider one, too?
    pub provider_reseller_relationship: Option<bool>,
}

/// The request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Request {
    /// What kind of partner submits it.
    pub submitted_by: Option<PartnerKind>,
}

/// An offer file that cannot be used, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {}{problem}; {advice}", line_text(*.line))]
pub struct OfferFileError {
    file: String,
    line: Option<usize>,
    problem: String,
    advice: &'static str,
}

pub(crate) fn line_text(line: Option<usize>) -> String {
    line.map(|line| format!("line {line}: ")).unwrap_or_default()
}

impl OfferFileError {
    /// The file.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }
}

/// No request needs more; a text without end is not read.
const MAX_BYTES: usize = 1 << 20;

impl Offer {
    /// The offer of an `offer.toml`; `file` is the name to report it by.
    ///
    /// # Errors
    ///
    /// [`OfferFileError`] with the line that cannot be read, or the step of the agreement that is not possible.
    pub fn from_toml(file: &str, text: &str) -> Result<Self, OfferFileError> {
        let failed = |line, problem: String, advice| OfferFileError { file: file.to_owned(), line, problem, advice };
        if text.len() > MAX_BYTES {
            return Err(failed(None, format!("more than {MAX_BYTES} bytes"), "this is no offer file"));
        }
        let read: OfferText =
            parsed(text).map_err(|(line, problem)| failed(Some(line), problem, "correct that line"))?;
        Self::try_from(read).map_err(|error| failed(None, error.to_string(), "correct the steps of `[[agreement]]`"))
    }
}

impl TryFrom<OfferText> for Offer {
    type Error = AgreementError;

    fn try_from(read: OfferText) -> Result<Self, AgreementError> {
        let OfferText { deal, customer, partner, request, calendar, agreement } = read;
        let calendar = calendar.holidays.into_iter().map(|Day(day)| day).collect();
        Ok(Self { deal, customer, partner, request, calendar, agreement: taken(agreement)? })
    }
}

impl From<Offer> for OfferText {
    fn from(offer: Offer) -> Self {
        let Offer { deal, customer, partner, request, calendar, agreement } = offer;
        let calendar = CalendarText { holidays: calendar.holidays().map(Day).collect() };
        Self { deal, customer, partner, request, calendar, agreement: agreement.taken().to_vec() }
    }
}

/// What a text of TOML holds, or the line that cannot be read and why.
pub(crate) fn parsed<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, (usize, String)> {
    toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        (before.matches('\n').count() + 1, error.message().replace('\n', ", "))
    })
}

fn taken(steps: Vec<StepTaken>) -> Result<Agreement, AgreementError> {
    steps.into_iter().try_fold(Agreement::default(), |mut agreement, StepTaken { step, on, .. }| {
        agreement.take(step, on)?;
        Ok(agreement)
    })
}

/// An offer as its file writes it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OfferText {
    #[serde(default)]
    deal: Deal,
    #[serde(default)]
    customer: Customer,
    #[serde(default)]
    partner: TransactingPartner,
    #[serde(default)]
    request: Request,
    #[serde(default)]
    calendar: CalendarText,
    #[serde(default)]
    agreement: Vec<StepTaken>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct CalendarText {
    holidays: Vec<Day>,
}

/// A day as an offer file writes it: bare, or as text.
#[derive(Serialize)]
struct Day(NaiveDate);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        day(deserializer).map(Self)
    }
}

pub(super) fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
    let text = word(&toml::Value::deserialize(deserializer)?);
    let read = text.parse::<NaiveDate>().ok().filter(|day| (2000..2100).contains(&day.year()));
    read.ok_or_else(|| expected(&text, "a day such as 2023-07-10, from 2000 to 2099"))
}

fn dollars<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Number>, D::Error> {
    let value = toml::Value::deserialize(deserializer)?;
    let text = word(&value);
    // A bare 15000.50 went through a binary float: only whole numbers and texts are exact.
    let exact = !matches!(value, toml::Value::Float(_));
    let read = exact.then(|| text.parse().ok()).flatten();
    read.map(Some).ok_or_else(|| expected(&text, "US dollars as text, such as \"15000.50\""))
}

/// A value as an error shows it; what is no text, day or whole number by its type.
pub(crate) fn word(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Datetime(at) => at.to_string(),
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Float(_) | toml::Value::Boolean(_) | toml::Value::Array(_) | toml::Value::Table(_) => {
            value.type_str().to_owned()
        }
    }
}

pub(crate) fn expected<E: serde::de::Error>(found: &str, expected: impl fmt::Display) -> E {
    E::custom(format!("found `{found}`, expected {expected}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Offer, String> {
        Offer::from_toml("offer.toml", text).map_err(|error| error.to_string())
    }

    #[test]
    fn an_empty_file_says_nothing() {
        assert_eq!(read(""), Ok(Offer::default()));
    }

    #[test]
    fn what_is_saved_of_an_offer_is_the_offer() {
        let whole = "[deal]\nincremental_acr = \"15000.50\"\nscenario = \"dual_cost\"\n[customer]\nsegment = \"education\"\n\
                     [calendar]\nholidays = [2023-07-04, \"2023-09-04\"]\n[[agreement]]\nstep = \"submit\"\non = 2023-07-10";
        for text in ["", whole] {
            let offer = read(text).unwrap();
            let json = serde_json::to_string(&offer).unwrap();
            assert_eq!(serde_json::from_str::<Offer>(&json).unwrap(), offer);
            let other = json.replace("submit", "accept");
            assert_eq!(serde_json::from_str::<Offer>(&other).is_err(), other != json);
        }
    }

    #[test]
    fn amounts_are_texts_or_whole_numbers() {
        let acr =
            |value: &str| read(&format!("[deal]\nincremental_acr = {value}")).map(|offer| offer.deal.incremental_acr);
        assert_eq!(acr("\"15000.50\""), Ok("15000.5".parse().ok()));
        assert_eq!(acr("15000"), Ok("15000".parse().ok()));
        for wrong in ["15000.5", "\"15,000\"", "true"] {
            let told = acr(wrong).unwrap_err();
            assert!(told.starts_with("offer.toml: line 2: found `") && told.contains("US dollars as text"), "{told}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_line() {
        let cases = [
            ("[deal]\nacr = 1", "line 2: unknown field `acr`"),
            ("[deal]\nscenario = \"fun\"", "line 2: unknown variant `fun`"),
            ("[customer]\nus_smb = \"yes\"", "line 2: invalid type"),
            ("[calendar]\n\nholidays = [2023-02-29]", "line 3: "),
            ("[calendar]\nholidays = [\"1999-12-31\"]", "line 2: found `1999-12-31`, expected a day"),
            (
                "[[agreement]]\nstep = \"accept\"\non = 2023-07-10",
                "the agreement is `not_submitted`; allowed: `submit`",
            ),
            ("[[agreement]]\nstep = \"expire\"\non = 2023-07-10", "line 2: unknown variant `expire`"),
            ("[colour]", "line 1: unknown field `colour`"),
        ];
        for (text, expected) in cases {
            let told = read(text).unwrap_err();
            assert!(told.contains(expected) && !told.contains('\n'), "{told}");
        }
        assert!(read(&"#".repeat(MAX_BYTES + 1)).unwrap_err().contains("this is no offer file"));
    }
}
