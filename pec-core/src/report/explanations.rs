//! Why the lines of an Azure subscription earned or did not on a day, each distinct decision once.

#![expect(
    clippy::disallowed_types,
    reason = "serde reads what is flattened through a type that knows floats; amounts are texts"
)]

mod paid;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::commands::{Command, commands};
use super::setting::{Text, Width, command as write_command, heading, line as write_line, visible, wrapped};
use super::text::cents;
use crate::access::{
    AccessExplanation, AccessPath, Assumption, Contradiction, Counts, EvidenceKind, EvidencePlace, Finding,
    GrantExplanation, Says, Span,
};
use crate::day::UsageDay;
use crate::drawdown::{Cover, Drawdown, PaidByCredit};
use crate::eligibility::{Group, Outcome, Rule, RuleId, rule};
use crate::money::{AmountError, Currency};
use crate::partner::Partner;
use crate::programme::Programme;
use crate::reconcile::{Decision, Standing};
use crate::resource::ArmScope;
use crate::usage::UsageLine;

pub use paid::ExplainedStanding;

/// How many places are told of a grant; all of them are in the data.
const PLACES_SHOWN: usize = 4;
/// What to do about lines that were paid and should not have been.
const PAID_ALL_THE_SAME: &str = "To do: ask nobody for what was paid; look in the portal whether an export is wrong, \
    or lacks a grant";
/// How many contradictions are told of a grant; all of them are in the data.
const CONTRADICTIONS_SHOWN: usize = 3;

/// A decision and what it rests on, for all lines of a subscription and day that share it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Explanation {
    /// The smallest scope that holds all its lines.
    pub scope: String,
    /// The customer's tenant.
    pub customer: String,
    /// The Azure subscription.
    pub subscription: String,
    /// The reseller of record; blank in the direct model.
    pub reseller: String,
    /// The day of consumption.
    pub day: UsageDay,
    /// How many lines it decides.
    pub lines: u64,
    /// What was paid of them, by standing and currency.
    pub standings: Vec<ExplainedStanding>,
    /// May they earn?
    pub outcome: Outcome,
    /// The finding that decides; none where they may.
    pub primary: Option<RuleId>,
    /// Everything that was found, in rank order.
    pub findings: Vec<RuleId>,
    /// The types of the resources that its lines charge.
    pub resource_types: BTreeSet<String>,
    /// What Azure credits paid of the customer's usage that day, where they paid of these lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub azure_credit: Option<PaidByCredit>,
    /// What to run, filled in for the case.
    pub commands: Vec<Command>,
    /// What evidence shows of access, its fields beside these; none without evidence.
    #[serde(flatten)]
    pub access: Option<AccessExplanation>,
}

/// Gathers the decisions on one Azure subscription and day.
///
/// ```
/// use pec_core::{engine::Engine, read::Input, report::Explanations};
/// let file = "UsageDate,EntitlementId,UnitPrice,Quantity,CreditType,ResourceURI\n\
///             2026-10-04,s,1,24,,/subscriptions/s/resourceGroups/g/providers/p/t/a\n\
///             2026-10-04,s,2,24,,/subscriptions/s/resourceGroups/g/providers/p/t/b\n\
///             2026-10-05,s,1,24,,\n";
/// let engine = Engine::new()?;
/// let mut explanations = Explanations::new("s", "2026-10-04".parse()?);
/// engine.stream(Input::new("usage.csv", file.as_bytes()), &mut |_, row| {
///     if let Ok((line, decision)) = row {
///         explanations.add(line, decision, || engine.explain_access(line)).unwrap();
///     }
///     std::ops::ControlFlow::Continue(())
/// })?;
/// assert_eq!(explanations.nearest_day(), Some("2026-10-04".parse()?));
/// assert_eq!(explanations.nothing_found(), None);
/// let found = explanations.finish(None, None, engine.programme());
/// assert_eq!((found.len(), found[0].lines, found[0].scope.as_str()), (1, 2, "/subscriptions/s/resourcegroups/g"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Explanations {
    subscription: String,
    day: UsageDay,
    /// Days on which the subscription has lines.
    days: BTreeSet<UsageDay>,
    found: BTreeMap<Key, Explanation>,
}

/// What makes a decision one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    customer: String,
    reseller: String,
    findings: Vec<RuleId>,
    access: Option<AccessExplanation>,
    /// The currency, where Azure credit pays.
    paid_in: Option<Currency>,
}

impl Explanations {
    /// For this Azure subscription and day.
    #[must_use]
    pub fn new(subscription: &str, day: UsageDay) -> Self {
        Self {
            subscription: subscription.trim().to_ascii_lowercase(),
            day,
            days: BTreeSet::new(),
            found: BTreeMap::new(),
        }
    }

    /// Adds a decided line, unless it is of another subscription or day; `access` is asked for what evidence shows.
    ///
    /// # Errors
    ///
    /// [`AmountError::SumTooLarge`] where a sum does not fit.
    pub fn add(
        &mut self,
        line: &UsageLine<'_>,
        decision: &Decision,
        access: impl FnOnce() -> Option<AccessExplanation>,
    ) -> Result<(), AmountError> {
        if !line.subscription.as_str().eq_ignore_ascii_case(&self.subscription) {
            return Ok(());
        }
        self.days.insert(line.day);
        if line.day != self.day {
            return Ok(());
        }
        let key = Key {
            customer: line.customer.to_string(),
            reseller: line.reseller.to_string(),
            findings: decision.verdict.findings().map(|reason| reason.rule()).collect(),
            access: access(),
            paid_in: (decision.cover != Cover::None).then_some(line.currency),
        };
        let scope = scope_of(line);
        let found = self.found.entry(key).or_insert_with_key(|key| Explanation {
            scope: scope.clone(),
            customer: key.customer.clone(),
            subscription: self.subscription.clone(),
            reseller: key.reseller.clone(),
            day: self.day,
            lines: 0,
            standings: Vec::new(),
            outcome: decision.verdict.outcome(),
            primary: key.findings.first().copied(),
            findings: key.findings.clone(),
            resource_types: BTreeSet::new(),
            azure_credit: None,
            commands: Vec::new(),
            access: key.access.clone(),
        });
        found.lines += 1;
        found.resource_types.extend(ArmScope::parse(line.resource).ok().and_then(ArmScope::resource_type));
        found.scope = common_scope(&found.scope, &scope);
        paid::add(&mut found.standings, decision, line.currency)
    }

    /// The day with lines of the subscription that is nearest, of two the earlier; `None` where no line is of it.
    #[must_use]
    pub fn nearest_day(&self) -> Option<UsageDay> {
        self.days.iter().copied().min_by_key(|day| (day.days_since(self.day).abs(), *day))
    }

    /// What to say where no line is of the subscription and day: which day is nearest, if any; `None` where one is.
    #[must_use]
    pub fn nothing_found(&self) -> Option<String> {
        let none = format!("No lines of subscription {} on {}", visible(&self.subscription), self.day);
        match self.nearest_day() {
            Some(nearest) if nearest == self.day => None,
            Some(nearest) => Some(format!("{none}; the nearest day that has some is {nearest}\n")),
            None => Some(format!("{none}, or any other day; a line names its subscription in EntitlementId\n")),
        }
    }

    /// The decisions with the commands for this partner and what credits paid: what is excluded by design last, else the
    /// widest scope first.
    #[must_use]
    pub fn finish(
        self,
        partner: Option<&Partner>,
        drawdown: Option<&Drawdown>,
        programme: &Programme,
    ) -> Vec<Explanation> {
        let day = self.day;
        let with_credit = |(key, mut found): (Key, Explanation)| {
            found.azure_credit =
                key.paid_in.zip(drawdown).and_then(|(currency, of)| of.paid_on(&key.customer, currency, day));
            found
        };
        let mut found: Vec<_> = self.found.into_iter().map(with_credit).collect();
        if let Some(partner) = partner {
            let unpaid = found.iter_mut().filter(|one| !one.is_paid());
            unpaid.for_each(|one| one.commands = commands(one, partner, programme));
        }
        let by_design = |found: &Explanation| found.primary.is_some_and(|id| rule(id).group == Group::ByDesign);
        found.sort_by_cached_key(|found| (by_design(found), found.scope.clone(), found.findings.clone()));
        found
    }
}

/// The path of what the line charges.
pub(super) fn scope_of(line: &UsageLine<'_>) -> String {
    if !line.resource.is_empty() {
        return line.resource.to_ascii_lowercase();
    }
    let group = match line.resource_group {
        "" => String::new(),
        group => format!("/resourcegroups/{group}"),
    };
    format!("/subscriptions/{}{group}", line.subscription).to_ascii_lowercase()
}

/// The resource, the resource group or the subscription that holds both paths.
pub(super) fn common_scope(a: &str, b: &str) -> String {
    if a == b {
        return a.to_owned();
    }
    let same = |segments: usize| {
        let head = |path: &str| path.split('/').take(segments + 1).map(str::to_owned).collect::<Vec<_>>();
        let (a, b) = (head(a), head(b));
        (a == b && a.len() == segments + 1).then(|| a.join("/"))
    };
    same(4).or_else(|| same(2)).unwrap_or_default()
}

impl Explanation {
    /// The decision in sentences.
    #[must_use]
    pub fn text(&self) -> String {
        self.text_in(Width::FILE)
    }

    /// The same of this width.
    #[must_use]
    pub fn text_in(&self, width: Width) -> String {
        let mut text = Text::new(width);
        let outcome = match self.outcome {
            Outcome::Eligible => "could earn",
            Outcome::Ineligible => "could not earn",
            Outcome::Undetermined => "cannot be told",
        };
        let lines = if self.lines == 1 { "1 line".to_owned() } else { format!("{} lines", self.lines) };
        heading(&mut text, &format!("{}: {outcome} ({lines})", self.day));
        write_line(&mut text, &visible(&self.scope));
        self.standings.iter().filter_map(ExplainedStanding::text).for_each(|paid| wrapped(&mut text, &paid));
        for id in &self.findings {
            let rule = rule(*id);
            wrapped(&mut text, &format!("{id}: {} [{}].", rule.sentence, rule.source.location()));
            wrapped(&mut text, &format!("{}.", self.to_do(rule)));
            self.write_commands(&mut text, *id);
        }
        if let Some(PaidByCredit { credits, part, whole }) = &self.azure_credit {
            let (credits, part, whole) = (credits.join(", "), cents(*part), cents(*whole));
            wrapped(
                &mut text,
                &visible(&format!(
                    "Azure credit {credits} paid {part} of the {whole} that the customer's usage cost that day; each line has its share."
                )),
            );
        }
        if let Some(access) = &self.access {
            write_access(&mut text, access, &self.reseller);
        }
        text.finish()
    }
}

impl Explanation {
    /// Is it a want of access that is over? The day itself is gone (R54).
    pub(super) fn is_mended(&self, id: RuleId) -> bool {
        let back = self.access.as_ref().is_some_and(|access| access.back_since.is_some());
        let wants = [
            Finding::NoAccess,
            Finding::OnlyOtherPartnerAccess,
            Finding::RoleNotEligible,
            Finding::PartnerIdNotLinked,
            Finding::PartnerIdOfOtherOrganization,
            Finding::AccessJustInTime,
            Finding::AccessDenied,
            Finding::AccessPartOfDay,
        ];
        back && wants.map(RuleId::of).contains(&id)
    }

    /// Was every line paid, whatever was found? Then the finding is to be doubted before anybody is asked for anything.
    fn is_paid(&self) -> bool {
        let paid = |of: &ExplainedStanding| of.standing == Standing::Unexpected;
        !self.standings.is_empty() && self.standings.iter().all(paid)
    }

    /// What to do, or that there is nothing to do.
    fn to_do(&self, rule: &Rule) -> String {
        let back = self.access.as_ref().and_then(|access| access.back_since);
        match (back.filter(|_| self.is_mended(rule.id)), rule.remedy.strip_prefix("nothing to do")) {
            (_, Some(rest)) => format!("Nothing to do{rest}"),
            _ if self.is_paid() => PAID_ALL_THE_SAME.to_owned(),
            (Some(since), None) => format!("Nothing to do: access counts again from {} on", moment(since)),
            (None, None) => format!("To do: {}", rule.remedy),
        }
    }

    /// The commands that answer a finding, each on a line of its own, to be copied.
    fn write_commands(&self, text: &mut Text, id: RuleId) {
        let mut last = String::new();
        for command in self.commands.iter().filter(|command| command.answers == id) {
            let purpose = command.purpose_text();
            if purpose != last {
                wrapped(text, &format!("To {purpose}:"));
            }
            write_command(text, &command.line);
            last = purpose;
        }
    }
}

/// What evidence shows of access on a day, in sentences.
#[must_use]
pub fn explain_access(access: &AccessExplanation) -> String {
    let mut text = Text::new(Width::FILE);
    write_access(&mut text, access, "");
    text.finish()
}

fn write_access(text: &mut Text, access: &AccessExplanation, reseller: &str) {
    let (hours, minutes) = (access.covered_minutes / 60, access.covered_minutes % 60);
    wrapped(text, &format!("Access that counts held for {hours} h {minutes:02} min of 24 h (UTC)."));
    let order = |grant: &&GrantExplanation| (grant.counts, (*grant).clone());
    let mut grants: Vec<_> = access.grants.iter().collect();
    grants.sort_by_key(order);
    for grant in grants {
        write_grant(text, grant);
    }
    if access.grants.is_empty() {
        wrapped(text, "No grant reaches it.");
    }
    if access.not_known_as_yours > 0 {
        wrapped(
            text,
            &format!(
                "Grants with an eligible role whose identities are not known as yours: {}. If one is yours, link it.",
                access.not_known_as_yours
            ),
        );
    }
    if access.reseller_unknown {
        let named = if reseller.is_empty() { String::new() } else { format!(", {reseller},") };
        wrapped(
            text,
            &visible(&format!(
                "The reseller of record{named} is not in the partner file, so its access cannot be told from a third partner's: describe it there under `[[reseller]]`."
            )),
        );
    }
    if !access.lacking.is_empty() {
        wrapped(
            text,
            "The exports do not show all grants of the day: role assignments and Azure Lighthouse delegations, both complete for this subscription and taken after the day, would.",
        );
    }
    for assumption in access.assumptions.iter() {
        match assumption {
            Assumption::AssumedUnchanged => wrapped(text, &unchanged(&access.would_prove)),
            Assumption::GroupMembersAsListed => wrapped(
                text,
                "Assumed: groups had the members of their newest lists on that day, too. No export tells when they came.",
            ),
            Assumption::NoDenyAssignments => wrapped(
                text,
                "Assumed: no deny assignment but those shown: no complete export since that day lists them.",
            ),
        }
    }
}

/// What is assumed, and what would prove it.
fn unchanged(logs: &BTreeSet<EvidenceKind>) -> String {
    let named = [
        (EvidenceKind::ActivityLog, "the subscription's activity log"),
        (EvidenceKind::DelegationLog, "the managing tenant's delegation log"),
    ];
    let names: Vec<_> = named.iter().filter(|(kind, _)| logs.contains(kind)).map(|(_, name)| *name).collect();
    let assumed = "Assumed: nothing changed between and before snapshots.";
    if names.is_empty() {
        return format!(
            "{assumed} No log can prove it: none that is read shows links, deny assignments or what was given above subscriptions."
        );
    }
    format!("{assumed} What would prove it, complete for those days: {}.", names.join(" and "))
}

fn span(span: &Span) -> String {
    let from = span.from.map_or_else(String::new, |from| format!("from {} ", moment(from)));
    let until = span.until.map_or_else(|| "on".to_owned(), |until| format!("to {}", moment(until)));
    format!("{from}{until}")
}

fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S").to_string()
}

fn write_grant(text: &mut Text, grant: &GrantExplanation) {
    let counts = match grant.counts {
        Counts::Yes => "counts",
        Counts::PartOfDay => "counts for a part of the day",
        Counts::Unknown => "may count",
        Counts::No => "does not count",
        Counts::OtherPartner => "is a third partner's",
        Counts::NotYours => "is not yours",
        Counts::NotHeld => "was not held",
    };
    let because: Vec<_> = grant.because.iter().map(|finding| finding.as_str()).collect();
    let because = if because.is_empty() { String::new() } else { format!(": {}", because.join(", ")) };
    let role = grant.role_name.as_deref().unwrap_or(&grant.role);
    let path = path_name(grant.path);
    let read = read_in(&grant.evidence);
    let held: Vec<_> = grant.held.iter().map(span).collect();
    let held = if held.is_empty() { String::new() } else { format!("; held {}", held.join(", ")) };
    let places = |before: &str, places: &[EvidencePlace]| {
        let names: Vec<_> = places.iter().map(|place| format!("{} entry {}", place.file, place.entry)).collect();
        if names.is_empty() { String::new() } else { format!("; {before} {}", names.join(", ")) }
    };
    let denied = places("denied by", &grant.denied_by);
    let unread = places("perhaps denied by what cannot be read:", &grant.denies_unread)
        + &places("perhaps activated for a while by what cannot be read:", &grant.activations_unread);
    let against = against(&grant.contradicted);
    wrapped(
        text,
        &visible(&format!(
            "- {path}, {role} of {} on {} {counts}{because}{held}{read}{denied}{unread}{against}",
            grant.principal, grant.scope
        )),
    );
}

/// Where a grant was read, the first places: what proves its end may be another than what proves its beginning.
fn read_in(places: &[EvidencePlace]) -> String {
    let shown: Vec<_> =
        places.iter().take(PLACES_SHOWN).map(|place| format!("{} entry {}", place.file, place.entry)).collect();
    match places.len().saturating_sub(PLACES_SHOWN) {
        0 if shown.is_empty() => String::new(),
        0 => format!(" ({})", shown.join(", ")),
        more => format!(" ({} and {more} more)", shown.join(", ")),
    }
}

/// Exports that say otherwise, the first of them.
fn against(contradicted: &[Contradiction]) -> String {
    let said = |Contradiction { at, says, file, entry, .. }: &Contradiction| {
        let place = entry.map_or_else(|| file.clone(), |entry| format!("{file} entry {entry}"));
        let says = match says {
            Says::Revoked => "says it was revoked",
            Says::NotListed => "does not list it",
        };
        format!("; contradicted: {place} {says} at {}", moment(*at))
    };
    let shown: String = contradicted.iter().take(CONTRADICTIONS_SHOWN).map(said).collect();
    match contradicted.len().saturating_sub(CONTRADICTIONS_SHOWN) {
        0 => shown,
        more => format!("{shown}; and {more} more"),
    }
}

/// How access is given, in a word or two.
pub(super) const fn path_name(path: AccessPath) -> &'static str {
    match path {
        AccessPath::Aobo => "AOBO",
        AccessPath::Lighthouse => "Azure Lighthouse",
        AccessPath::DirectRbac => "role assignment",
    }
}
