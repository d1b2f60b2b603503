//! Who earns: the transacting partner, its resellers, and when they were what.
//!
//! Read from a small `partner.toml`, or put together with [`Partner::new`]. Ids and tenants compare without regard to case.

mod partner_id;
mod saved;
mod when;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize};
use toml::Spanned;

use crate::day::{Interval, IntervalSet};

pub use partner_id::PartnerId;
use partner_id::some_ids;
use when::When;

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
    #[serde(deserialize_with = "some_ids")]
    pub partner_ids: Vec<PartnerId>,
    /// Object ids of its groups AdminAgents and HelpdeskAgents (R16); empty where they are not known.
    #[serde(default, deserialize_with = "all_folded")]
    pub agent_groups: Vec<String>,
    /// Object ids of users and service principals that are its own, besides those that were asked for their link.
    #[serde(default, deserialize_with = "all_folded")]
    pub identities: Vec<String>,
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
        let failed = |at: usize, problem: String| {
            let line = text.get(..at).unwrap_or_default().matches('\n').count() + 1;
            PartnerError { file: file.to_owned(), line, problem }
        };
        let read: PartnerText = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            failed(at, error.message().replace('\n', ", "))
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
            resellers: distinct(reseller).map_err(|(at, problem)| failed(at, problem))?,
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

/// The resellers, each partner id with one of them at a time; else where the one begins that has it again, and why it cannot be.
fn distinct(resellers: Vec<Spanned<Organization>>) -> Result<Vec<Organization>, (usize, String)> {
    let mut known: Vec<&PartnerId> = Vec::new();
    for reseller in &resellers {
        let ids = &reseller.get_ref().partner_ids;
        let overlap = |one: &PartnerId, other: &PartnerId| {
            one.id == other.id && one.held.start < other.held.end && other.held.start < one.held.end
        };
        if let Some(PartnerId { id, .. }) = ids.iter().find(|id| known.iter().any(|other| overlap(id, other))) {
            let problem = format!(
                "the partner id `{id}` is that of two resellers at one time, expected each id with one of them at a time"
            );
            return Err((reseller.span().start, problem));
        }
        known.extend(ids);
    }
    Ok(resellers.into_iter().map(Spanned::into_inner).collect())
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
    reseller: Vec<Spanned<Organization>>,
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
    #[serde(deserialize_with = "some_ids")]
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
    const RESELLER: &str = "[[reseller]]\ntenant_id = \"R\"\npartner_ids = [\"2\"]\n";

    #[test]
    fn a_small_file_is_enough() {
        let partner = Partner::from_toml("partner.toml", SMALL).unwrap();
        assert_eq!((partner.kind, partner.organization.tenant_id.as_str()), (PartnerKind::DirectBill, "t"));
        assert!(partner.assumptions.unchanged && partner.agreement.is_none() && partner.resellers.is_empty());
    }

    #[test]
    fn a_partner_id_goes_from_one_reseller_to_another() {
        let dated = |dates: &str| RESELLER.replace("\"2\"", &format!("{{ id = \"2\", {dates} }}"));
        let (first, then) = (dated("until = \"2026-10-10\""), dated("from = \"2026-10-10\""));
        assert_eq!(Partner::from_toml("partner.toml", &format!("{SMALL}{first}{then}")).unwrap().resellers.len(), 2);
        let error = Partner::from_toml("partner.toml", &format!("{SMALL}{first}{RESELLER}")).unwrap_err().to_string();
        assert!(error.contains("is that of two resellers at one time"), "{error}");
    }

    #[test]
    fn a_leap_second_is_the_first_of_the_next_day() {
        for until in ["\"2026-10-31T23:59:60Z\"", "2026-10-31T23:59:60Z", "\"2026-11-01T05:29:60+05:30\""] {
            let more = format!("[[transacting]]\nsubscription = \"S\"\nuntil = {until}\n");
            let partner = Partner::from_toml("partner.toml", &format!("{SMALL}{more}")).unwrap();
            let held = partner.transacting["s"].iter().next().unwrap();
            assert_eq!(held.until().to_rfc3339(), "2026-11-01T00:00:00+00:00", "{until}");
        }
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
            (SMALL.replace("[\"1\"]", "[1]"), "line 4: invalid type: integer `1`, expected a partner id as text"),
            (SMALL.replace("[\"1\"]", "[]"), "line 4: found no partner id, expected one or more"),
            (
                SMALL.replace("\"1\"", "{ id = \"1\", from = 2026-05-01T09:00:00 }"),
                "line 4: found `2026-05-01T09:00:00`, expected a day such as 2026-07-01, or an instant such as 2026-07-01T14:00:00Z",
            ),
            (format!("{SMALL}{RESELLER}{RESELLER}"), "line 8: the partner id `2` is that of two resellers at one time"),
            (format!("{SMALL}{}", RESELLER.replace("\"2\"", "")), "line 7: found no partner id"),
            (SMALL.replace("tenant_id", "tenant"), "line 3: unknown field `tenant`"),
            (format!("{SMALL}agreement = [{{ from = \"soon\" }}]"), "line 5: found `soon`, expected a day"),
            ("[partner".to_owned(), "line 1: "),
            (
                SMALL.replace("\"1\"", "{ id = \"1\", form = \"2026-05-01\" }"),
                "line 4: unknown field `form`, expected one of `id`, `from`, `until`",
            ),
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
