//! What changed between two exports of access: as JSON and as text.

#![expect(
    clippy::disallowed_types,
    reason = "serde reads what is flattened through a type that knows floats; amounts are texts"
)]

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::EvidenceFacts;
use super::at_stake::{Credit, UsageAtStake};
use super::evidence::write_under;
use super::explanations::path_name;
use super::losses::MONTH_DAYS;
use super::setting::{Text, Width, heading, line, wrapped};
use super::text::{GAPS_SHOWN, cents, count, counted};
use crate::access::{
    AccessDiff, Change, Covered, ExportFacts, GrantChange, HeldGrant, NotCompared, Side, StakeKind, TimeBound,
};
use crate::eligibility::{RuleId, rule};

/// Which grants that carry PEC are gone, changed or will end, and what that costs.
///
/// Serialises to the object of `pec access diff --json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DiffReport {
    /// The old exports.
    pub old: ExportReport,
    /// The new exports.
    pub new: ExportReport,
    /// How many grants carry PEC as before, those that will end included.
    pub unchanged: usize,
    /// Grants that carried PEC and do not any more, or of which that cannot be told: the costliest first.
    pub lost: Vec<ChangeAtStake>,
    /// Grants that carry PEC and will end: the first to end first.
    pub ending: Vec<ChangeAtStake>,
    /// Grants that carry PEC and did not before.
    pub gained: Vec<ChangeAtStake>,
    /// Grants of which one of the exports shows too little.
    pub not_compared: Vec<NotCompared>,
    /// The credit at stake in all; `None` where no usage was given.
    pub usage: Option<UsageAtStake>,
}

/// One of the exports.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExportReport {
    /// What it shows in all.
    #[serde(flatten)]
    pub facts: ExportFacts,
    /// Its files.
    pub evidence: Vec<EvidenceFacts>,
}

/// A change and the potential credit of the lines it took part in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChangeAtStake {
    /// The change.
    #[serde(flatten)]
    pub change: GrantChange,
    /// Of lines that are lost, will be lost, or came back with it. Lines of several changes are in each.
    pub credit: Vec<Credit>,
    /// Of lines of which it cannot be told whether they are lost.
    pub credit_not_told: Vec<Credit>,
}

impl DiffReport {
    /// The report of a comparison, with what daily rated usage says of the credit at stake.
    #[must_use]
    pub fn new(diff: &AccessDiff, usage: Option<UsageAtStake>) -> Self {
        let rows = |kind: StakeKind, changes: &[GrantChange]| -> Vec<ChangeAtStake> {
            let of = |kind, number| usage.as_ref().map(|usage| usage.of_change(kind, number)).unwrap_or_default();
            let row = |(number, change): (usize, &GrantChange)| ChangeAtStake {
                change: change.clone(),
                credit: of(kind, number),
                credit_not_told: if kind == StakeKind::Lost { of(StakeKind::NotTold, number) } else { Vec::new() },
            };
            changes.iter().enumerate().map(row).collect()
        };
        let mut report = Self {
            old: ExportReport { facts: diff.old, evidence: Vec::new() },
            new: ExportReport { facts: diff.new, evidence: Vec::new() },
            unchanged: diff.unchanged,
            lost: rows(StakeKind::Lost, &diff.lost),
            ending: rows(StakeKind::Ending, &diff.ending),
            gained: rows(StakeKind::Gained, &diff.gained),
            not_compared: diff.not_compared.clone(),
            usage,
        };
        report.lost.sort_by_cached_key(ChangeAtStake::costliest);
        report.gained.sort_by_cached_key(ChangeAtStake::costliest);
        report.ending.sort_by_cached_key(|row| (end(&row.change.change), row.change.clone()));
        report
    }

    /// The report with what was read of access, old and new.
    #[must_use]
    pub fn with_evidence(mut self, old: Vec<EvidenceFacts>, new: Vec<EvidenceFacts>) -> Self {
        (self.old.evidence, self.new.evidence) = (old, new);
        self
    }

    /// Did a place lose the access that covered it, as far as is known?
    #[must_use]
    pub fn has_loss(&self) -> bool {
        self.lost.iter().any(|row| row.change.uncovered())
    }

    /// Is there a grant that counted and that the new exports cannot show? Its loss would not be seen.
    #[must_use]
    pub fn may_hide_loss(&self) -> bool {
        self.not_compared.iter().any(|found| found.shown_too_little == Side::New)
    }

    /// The report as text: what is lost now, what will be, what to do, and what could not be compared.
    #[must_use]
    pub fn text(&self) -> String {
        self.text_in(Width::FILE)
    }

    /// The same of this width.
    #[must_use]
    pub fn text_in(&self, width: Width) -> String {
        let mut text = Text::new(width);
        self.write_facts(&mut text);
        let (lost, replaced): (Vec<_>, Vec<_>) = self.lost.iter().partition(|row| row.change.uncovered());
        write_changes(&mut text, "Lost: it carried PEC, and nothing else covers its place", &lost);
        self.write_totals(&mut text);
        let ending: Vec<_> = self.ending.iter().collect();
        write_changes(&mut text, "Will be lost: it carries PEC until it ends", &ending);
        if let Some(usage) = &self.usage {
            write_total(&mut text, "covered only until an end", &usage.ending);
        }
        self.write_remedies(&mut text, &lost);
        write_changes(&mut text, "Lost, and its place is still covered", &replaced);
        let gained: Vec<_> = self.gained.iter().collect();
        write_changes(&mut text, "New, or back", &gained);
        if let Some(usage) = &self.usage {
            write_total(&mut text, "covered that was not", &usage.gained);
        }
        self.write_not_compared(&mut text);
        text.finish()
    }

    fn write_facts(&self, text: &mut Text) {
        heading(text, "What was compared");
        for (name, export) in [("old", &self.old), ("new", &self.new)] {
            let ExportFacts { last_taken_at, subscriptions, carrying } = export.facts;
            let taken = last_taken_at.map_or_else(|| "nothing".to_owned(), |at| format!("taken until {}", shown(at)));
            let (subscriptions, carrying) = (count(subscriptions as u64), count(carrying as u64));
            line(
                text,
                &format!("{name}: {taken}, Azure subscriptions {subscriptions}, grants that carry PEC {carrying}"),
            );
        }
        line(text, &format!("grants that carry PEC in both: {}", count(self.unchanged as u64)));
        match &self.usage {
            None => wrapped(text, "what the changes cost is not told: give daily rated usage with --usage"),
            Some(usage) => {
                let days = match (usage.first_day, usage.last_day) {
                    (Some(first), Some(last)) => format!(", {first} to {last}"),
                    _ => String::new(),
                };
                let unread = if usage.row_issues > 0 {
                    format!(", {} unreadable", count(usage.row_issues))
                } else {
                    String::new()
                };
                line(text, &format!("usage: {}{unread}{days}", counted(usage.lines, "row")));
                usage.issues.iter().for_each(|issue| line(text, &issue.to_string()));
            }
        }
        write_under(text, "What was read of access, old", &self.old.evidence);
        write_under(text, "What was read of access, new", &self.new.evidence);
        if self.lost.is_empty() && self.ending.is_empty() && self.gained.is_empty() {
            heading(text, "No grant that carries PEC changed");
        }
    }

    fn write_totals(&self, text: &mut Text) {
        let Some(usage) = &self.usage else { return };
        write_total(text, "covered before and not any more", &usage.lost);
        write_total(text, "covered before, of which it cannot be told", &usage.not_told);
        write_total(
            text,
            "of the first, lost though no listed change reaches it (see `pec explain`)",
            &usage.lost_without_change,
        );
    }

    fn write_remedies(&self, text: &mut Text, lost: &[&ChangeAtStake]) {
        let found: std::collections::BTreeSet<RuleId> =
            lost.iter().flat_map(|row| &row.change.because).map(|finding| RuleId::of(*finding)).collect();
        if found.is_empty() && self.ending.is_empty() {
            return;
        }
        heading(text, "What to do");
        for id in found {
            let rule = rule(id);
            wrapped(text, &format!("{id}: {} [{}]", rule.remedy, rule.owner));
        }
        if !self.ending.is_empty() {
            wrapped(
                text,
                "before it ends: ask the customer to extend the assignment, or to make one without an end [customer]",
            );
        }
    }

    fn write_not_compared(&self, text: &mut Text) {
        if self.not_compared.is_empty() {
            return;
        }
        heading(text, "What could not be compared: missing evidence is no absence");
        let mut groups: BTreeMap<_, Vec<&NotCompared>> = BTreeMap::new();
        for found in &self.not_compared {
            groups.entry((found.shown_too_little, &found.missing)).or_default().push(found);
        }
        for ((side, missing), found) in groups {
            let side = match side {
                Side::New => "new",
                Side::Old => "old",
            };
            let kinds: Vec<_> = missing.iter().map(|kind| kind.as_str()).collect();
            let kinds = if kinds.is_empty() { "access".to_owned() } else { kinds.join(", ") };
            let grants =
                if found.len() == 1 { "1 grant".to_owned() } else { format!("{} grants", count(found.len() as u64)) };
            wrapped(
                text,
                &format!("{grants} that the {side} exports cannot show; complete {kinds} would, such as for"),
            );
            let mut places: Vec<_> = found.iter().map(|found| found.place.as_str()).collect();
            places.dedup();
            places.iter().take(GAPS_SHOWN).for_each(|place| line(text, &format!("    {place}")));
            write_more(text, places.len());
        }
    }
}

impl ChangeAtStake {
    /// The costliest first, whatever the currency; then in the order of places.
    fn costliest(&self) -> impl Ord + use<> {
        let most = |credits: &[Credit]| std::cmp::Reverse(credits.iter().map(|credit| credit.credit).max());
        (most(&self.credit), most(&self.credit_not_told), self.change.clone())
    }
}

fn write_changes(text: &mut Text, title: &str, rows: &[&ChangeAtStake]) {
    if rows.is_empty() {
        return;
    }
    heading(text, title);
    for ChangeAtStake { change, credit, credit_not_told } in rows.iter().take(GAPS_SHOWN) {
        let money: Vec<_> = (credit.iter().map(|credit| format!("{} a month", month(credit))))
            .chain(credit_not_told.iter().map(|credit| format!("perhaps {} a month", month(credit))))
            .collect();
        let money = if money.is_empty() { String::new() } else { format!("{}: ", money.join(", ")) };
        let GrantChange { place, grant, because, covered, covered_by, .. } = change;
        let because: Vec<_> = because.iter().map(|finding| finding.as_str()).collect();
        let because = if because.is_empty() { String::new() } else { format!(" ({})", because.join(", ")) };
        let at = if *place == grant.scope { String::new() } else { format!(", at {place}") };
        let by = match (covered, covered_by.first()) {
            (Covered::Yes, Some(by)) => format!("; covered by {}", named(by)),
            (Covered::NotTold, _) => "; whether other access covers it cannot be told".to_owned(),
            (Covered::Yes | Covered::No, _) => String::new(),
        };
        wrapped(text, &format!("- {money}{}{at} {}{because}{by}", named(grant), words(&change.change)));
    }
    write_more(text, rows.len());
}

fn write_more(text: &mut Text, found: usize) {
    let more = found.saturating_sub(GAPS_SHOWN);
    if more > 0 {
        line(text, &format!("... and {} more; the JSON has all of them", count(more as u64)));
    }
}

/// A total, each line of which counts once.
fn write_total(text: &mut Text, what: &str, credits: &[Credit]) {
    for credit in credits {
        wrapped(
            text,
            &format!(
                "{} of credit a month of {MONTH_DAYS} days in all, {what}; each line counts once, though several grants may reach it",
                month(credit)
            ),
        );
    }
}

fn month(credit: &Credit) -> String {
    format!("{} {}", cents(credit.credit_per_month.unwrap_or(credit.credit)), credit.currency)
}

fn named(grant: &HeldGrant) -> String {
    let role = grant.role_name.as_deref().unwrap_or(&grant.role);
    format!("{}, {role} of {} on {}", path_name(grant.path), grant.principal, grant.scope)
}

fn shown(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// The known end of a grant that counts until then.
const fn end(change: &Change) -> Option<DateTime<Utc>> {
    match change {
        Change::Ending { until } => Some(*until),
        Change::TimeBound { until, .. } => *until,
        Change::Gone { .. }
        | Change::Downgraded { .. }
        | Change::Denied
        | Change::Unlinked
        | Change::NotCounting
        | Change::Undetermined
        | Change::New => None,
    }
}

fn words(change: &Change) -> String {
    let until = |until: &Option<DateTime<Utc>>| until.map_or_else(String::new, |at| format!(" until {}", shown(at)));
    match change {
        Change::Gone { at: None } => "is gone".to_owned(),
        Change::Gone { at: Some(at) } => format!("is gone since {}", shown(*at)),
        Change::Downgraded { now_role, now_role_name } => {
            format!("is now only {}", now_role_name.as_ref().unwrap_or(now_role))
        }
        Change::TimeBound { how: TimeBound::Activated, until: end } => format!("is now only activated{}", until(end)),
        Change::TimeBound { how: TimeBound::Eligible, until: end } => format!("is now only eligible{}", until(end)),
        Change::TimeBound { how: TimeBound::Assigned, until: end } => {
            format!("was standing and now counts only{}", until(end))
        }
        Change::Ending { until } => format!("counts only until {}", shown(*until)),
        Change::Denied => "is denied".to_owned(),
        Change::Unlinked => "has lost its partner id link".to_owned(),
        Change::NotCounting => "does not count any more".to_owned(),
        Change::Undetermined => "may not count any more".to_owned(),
        Change::New => "carries PEC".to_owned(),
    }
}
