//! Who earns: the transacting partner, its resellers, and when they were what.
//!
//! Read from a small `partner.toml`, or put together with [`Partner::new`]. Ids and tenants compare without regard to case.

mod saved;

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Deserializer, Serialize};

use crate::day::{Interval, IntervalSet};

/// The partner that is billed, and what is known of it.
///
/// ```
/// use pec_core::partner::{Partner, PartnerKind};
/// let partner = Partner::from_toml("partner.toml", r#"
///     [partner]
///     kind = "indirect_provider"
///     tenant_id = "6f8a9b1c-0000-4000-8000-000000000001"
///     partner_ids = ["1234567", { id = "7000001", until = "2026-07-01" }]
///     agent_groups = ["6f8a9b1c-0000-4000-8000-0000000000aa"]
///
///     [[reseller]]
///     tenant_id = "6f8a9b1c-0000-4000-8000-000000000002"
///     partner_ids = ["7654321"]
/// "#)?;
/// assert_eq!(partner.kind, PartnerKind::IndirectProvider);
/// assert!(partner.reseller("7654321").is_some());
/// # Ok::<(), pec_core::partner::PartnerError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Partner {
    /// What kind of partner it is.
    pub kind: PartnerKind,
    /// The partner's own organization.
    pub organization: Organization,
    /// The resellers it sells through.
    pub resellers: Vec<Organization>,
    /// When its programme agreement was in force; `None`: always (R5).
    pub agreement: Option<IntervalSet>,
    /// When it was the transacting partner of an Azure subscription; a subscription that is not here always is (R94 to R96).
    pub transacting: BTreeMap<String, IntervalSet>,
    /// What may be assumed where evidence is silent.
    pub assumptions: Assumptions,
}

/// Kinds of partners (R1, R2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PartnerKind {
    /// Buys from Microsoft and sells to customers.
    DirectBill,
    /// Buys from Microsoft and sells through resellers.
    IndirectProvider,
    /// Sells what an indirect provider buys; earns nothing itself.
    IndirectReseller,
}

/// A partner's organization.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Organization {
    /// Its Microsoft Entra tenant.
    #[serde(deserialize_with = "folded")]
    pub tenant_id: String,
    /// Every partner id it holds or held (R11).
    pub partner_ids: Vec<PartnerId>,
    /// Object ids of its groups AdminAgents and HelpdeskAgents (R16); empty where they are not known.
    #[serde(default, deserialize_with = "all_folded")]
    pub agent_groups: Vec<String>,
    /// Object ids of users and service principals that are its own, besides those that were asked for their link.
    #[serde(default, deserialize_with = "all_folded")]
    pub identities: Vec<String>,
}

/// A partner id and when the organization held it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "PartnerIdText")]
#[non_exhaustive]
pub struct PartnerId {
    /// The id.
    pub id: String,
    /// From, without until.
    pub held: Range<DateTime<Utc>>,
}

/// What may be assumed where evidence is silent; each assumption is marked on what rests on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Assumptions {
    /// What two snapshots show alike was so between them, and what the first does not show was not there before.
    pub unchanged: bool,
    /// What the last snapshot shows holds until then.
    pub unchanged_until: Option<DateTime<Utc>>,
}

/// A partner file that cannot be used, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: line {line}: {problem}; correct that line")]
pub struct PartnerError {
    file: String,
    line: usize,
    problem: String,
}

impl PartnerError {
    /// The file.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }
}

impl Partner {
    /// A partner of this kind and organization.
    #[must_use]
    pub const fn new(kind: PartnerKind, organization: Organization) -> Self {
        Self {
            kind,
            organization,
            resellers: Vec::new(),
            agreement: None,
            transacting: BTreeMap::new(),
            assumptions: Assumptions { unchanged: true, unchanged_until: None },
        }
    }

    /// The partner of a `partner.toml`; `file` is the name to report it by.
    ///
    /// # Errors
    ///
    /// [`PartnerError`] with the line that cannot be read.
    pub fn from_toml(file: &str, text: &str) -> Result<Self, PartnerError> {
        let read: PartnerText = toml::from_str(text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let problem = error.message().replace('\n', ", ");
            PartnerError { file: file.to_owned(), line: before.matches('\n').count() + 1, problem }
        })?;
        let PartnerText { partner, reseller, transacting, assumptions } = read;
        let mut subscriptions: BTreeMap<String, Vec<Interval>> = BTreeMap::new();
        for TransactingText { subscription, held } in transacting {
            subscriptions.entry(subscription).or_default().push(held);
        }
        Ok(Self {
            kind: partner.kind,
            organization: Organization {
                tenant_id: partner.tenant_id,
                partner_ids: partner.partner_ids,
                agent_groups: partner.agent_groups,
                identities: partner.identities,
            },
            resellers: reseller,
            agreement: partner.agreement.map(|periods| periods.into_iter().map(|PeriodText(held)| held).collect()),
            transacting: subscriptions.into_iter().map(|(id, held)| (id, held.into_iter().collect())).collect(),
            assumptions: Assumptions {
                unchanged: assumptions.unchanged,
                unchanged_until: assumptions.unchanged_until.map(|When(at)| at),
            },
        })
    }

    /// The reseller that holds or held this partner id.
    #[must_use]
    pub fn reseller(&self, partner_id: &str) -> Option<&Organization> {
        self.resellers.iter().find(|reseller| reseller.partner_ids.iter().any(|known| known.id == partner_id))
    }
}

/// From one moment until another; an end that is not told is open.
fn interval(from: Option<When>, until: Option<When>) -> Result<Interval, String> {
    let from = from.map_or(DateTime::<Utc>::MIN_UTC, |When(at)| at);
    let until = until.map_or(DateTime::<Utc>::MAX_UTC, |When(at)| at);
    Interval::new(from, until)
        .ok_or_else(|| format!("found from {from} until {until}, expected an end after the beginning"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PartnerText {
    partner: OwnText,
    #[serde(default)]
    reseller: Vec<Organization>,
    #[serde(default)]
    transacting: Vec<TransactingText>,
    #[serde(default)]
    assumptions: AssumptionsText,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnText {
    kind: PartnerKind,
    #[serde(deserialize_with = "folded")]
    tenant_id: String,
    partner_ids: Vec<PartnerId>,
    #[serde(default, deserialize_with = "all_folded")]
    agent_groups: Vec<String>,
    #[serde(default, deserialize_with = "all_folded")]
    identities: Vec<String>,
    agreement: Option<Vec<PeriodText>>,
}

#[derive(Deserialize)]
#[serde(try_from = "FromUntil")]
struct PeriodText(Interval);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FromUntil {
    from: Option<When>,
    until: Option<When>,
}

impl TryFrom<FromUntil> for PeriodText {
    type Error = String;

    fn try_from(FromUntil { from, until }: FromUntil) -> Result<Self, String> {
        interval(from, until).map(Self)
    }
}

#[derive(Deserialize)]
#[serde(try_from = "SubscriptionText")]
struct TransactingText {
    subscription: String,
    held: Interval,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SubscriptionText {
    #[serde(deserialize_with = "folded")]
    subscription: String,
    from: Option<When>,
    until: Option<When>,
}

impl TryFrom<SubscriptionText> for TransactingText {
    type Error = String;

    fn try_from(SubscriptionText { subscription, from, until }: SubscriptionText) -> Result<Self, String> {
        interval(from, until).map(|held| Self { subscription, held })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct AssumptionsText {
    unchanged: bool,
    unchanged_until: Option<When>,
}

impl Default for AssumptionsText {
    fn default() -> Self {
        Self { unchanged: true, unchanged_until: None }
    }
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a partner id as text, or { id = \"1234567\", from = ..., until = ... }")]
enum PartnerIdText {
    Always(String),
    Dated(DatedText),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DatedText {
    id: String,
    from: Option<When>,
    until: Option<When>,
}

impl TryFrom<PartnerIdText> for PartnerId {
    type Error = String;

    fn try_from(text: PartnerIdText) -> Result<Self, String> {
        let (id, held) = match text {
            PartnerIdText::Always(id) => (id, interval(None, None)?),
            PartnerIdText::Dated(DatedText { id, from, until }) => (id, interval(from, until)?),
        };
        Ok(Self { id: id.trim().to_ascii_lowercase(), held: held.from()..held.until() })
    }
}

/// A moment as a partner file writes it: a day, which begins at 00:00 UTC, or an instant with its offset.
#[derive(Clone, Copy)]
struct When(DateTime<Utc>);

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = match toml::Value::deserialize(deserializer)? {
            toml::Value::String(text) => text,
            toml::Value::Datetime(at) => at.to_string(),
            other @ (toml::Value::Integer(_)
            | toml::Value::Float(_)
            | toml::Value::Boolean(_)
            | toml::Value::Array(_)
            | toml::Value::Table(_)) => other.type_str().to_owned(),
        };
        let day = || text.parse::<NaiveDate>().ok().map(|day| day.and_time(NaiveTime::MIN).and_utc());
        let instant = || DateTime::parse_from_rfc3339(&text).ok().map(|at| at.to_utc());
        let expected = "expected a day such as 2026-07-01, or an instant such as 2026-07-01T14:00:00Z";
        day().or_else(instant).map(Self).ok_or_else(|| serde::de::Error::custom(format!("found `{text}`, {expected}")))
    }
}

fn folded<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    String::deserialize(deserializer).map(|text| text.trim().to_ascii_lowercase())
}

fn all_folded<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    Ok(texts.into_iter().map(|text| text.trim().to_ascii_lowercase()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = "[partner]\nkind = \"direct_bill\"\ntenant_id = \"T\"\npartner_ids = [\"1\"]\n";

    #[test]
    fn a_small_file_is_enough() {
        let partner = Partner::from_toml("partner.toml", SMALL).unwrap();
        assert_eq!((partner.kind, partner.organization.tenant_id.as_str()), (PartnerKind::DirectBill, "t"));
        assert!(partner.assumptions.unchanged && partner.agreement.is_none() && partner.resellers.is_empty());
    }

    #[test]
    fn days_and_instants() {
        let more = "agreement = [{ from = 2024-01-01, until = \"2026-06-30\" }]\n\
                    [[transacting]]\nsubscription = \"S\"\nfrom = 2026-10-05T16:00:00+02:00\n\
                    [assumptions]\nunchanged_until = \"2026-11-30\"\n";
        let partner = Partner::from_toml("partner.toml", &format!("{SMALL}{more}")).unwrap();
        let agreement = partner.agreement.unwrap();
        assert!(agreement.covers("2026-06-29".parse().unwrap()) && !agreement.covers("2026-06-30".parse().unwrap()));
        let first = partner.transacting["s"].iter().next().unwrap();
        assert_eq!(first.from().to_rfc3339(), "2026-10-05T14:00:00+00:00");
        assert!(partner.assumptions.unchanged && partner.assumptions.unchanged_until.is_some());
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_line() {
        let told = |text: &str| Partner::from_toml("partner.toml", text).unwrap_err().to_string();
        let cases = [
            (SMALL.replace("direct_bill", "reseller"), "line 2: unknown variant `reseller`"),
            (SMALL.replace("[\"1\"]", "[1]"), "line 4: expected a partner id as text"),
            (SMALL.replace("tenant_id", "tenant"), "line 3: unknown field `tenant`"),
            (format!("{SMALL}agreement = [{{ from = \"soon\" }}]"), "line 5: found `soon`, expected a day"),
            ("[partner".to_owned(), "line 1: "),
            (SMALL.replace("\"1\"", "{ id = \"1\", form = \"2026-05-01\" }"), "line 4: expected a partner id as text"),
            // What ends before it begins never was, and everything would be lost for it.
            (
                SMALL.replace("\"1\"", "{ id = \"1\", from = \"2026-05-01\", until = \"2026-01-01\" }"),
                "line 4: found from 2026-05-01 00:00:00 UTC until 2026-01-01 00:00:00 UTC, expected an end after",
            ),
            (
                format!("{SMALL}agreement = [{{ from = \"2026-05-01\", until = \"2026-05-01\" }}]"),
                "line 5: found from 2026-05-01 00:00:00 UTC until 2026-05-01",
            ),
            (
                format!("{SMALL}[[transacting]]\nsubscription = \"s\"\nfrom = \"2026-05-01\"\nuntil = \"2026-01-01\""),
                "found from 2026-05-01 00:00:00 UTC until 2026-01-01",
            ),
        ];
        for (text, expected) in cases {
            assert!(told(&text).contains(expected), "{}", told(&text));
        }
    }
}
