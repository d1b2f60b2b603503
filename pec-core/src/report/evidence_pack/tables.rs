//! The tables of a pack besides its lines.

use std::collections::{BTreeMap, BTreeSet};

use arrow_array::RecordBatch;
use arrow_schema::ArrowError;
use chrono::{DateTime, Utc};

use super::names::Names;
use super::places::Places;
use super::{DayKey, DaySums, EvidencePack};
use crate::eligibility::{RuleId, rule};
use crate::ledger::Ledger;
use crate::programme::{Coverage, InForce, Source};
use crate::report::EvidenceFacts;
use crate::report::arrow::{Columns, amount_type};
use crate::report::timeline::add_stretches;

/// The grants in the period: held, or perhaps held.
pub(super) fn grants(
    places: &Places<'_>,
    names: &mut Names,
    rules: &mut BTreeSet<RuleId>,
) -> Result<RecordBatch, ArrowError> {
    let held = places.held();
    for stretch in held.iter().map(|held| held.stretch) {
        rules.extend(stretch.because.iter().map(RuleId::of));
        for (file, _) in stretch.evidence() {
            names.of(file);
        }
    }
    let mut columns = Columns::default();
    columns.texts("subscription", held.iter().map(|held| held.subscription.as_str()));
    columns.texts("reaches", held.iter().map(|held| held.reaches.as_str()));
    let stretches: Vec<_> = held.iter().map(|held| held.stretch).collect();
    add_stretches(&mut columns, &stretches, |file| names.known(file));
    columns.batch()
}

/// Why, for each subscription and day.
pub(super) fn days(ledger: &Ledger, sums: &BTreeMap<DayKey, DaySums>) -> Result<RecordBatch, ArrowError> {
    let mut columns = Columns::default();
    columns.texts("subscription", sums.keys().map(|(subscription, ..)| subscription.as_str()));
    columns.days("usage_day", sums.keys().map(|(_, day, ..)| Some(*day)));
    columns.texts("standing", sums.keys().map(|(_, _, standing, ..)| standing.as_str()));
    columns.optional_texts("reason", sums.keys().map(|(_, _, _, reason, _)| reason.map(RuleId::as_str)));
    columns.texts("currency", sums.keys().map(|(.., currency)| currency.as_str()));
    columns.counts("lines", sums.values().map(|day| day.sums.lines));
    columns.optional_counts("covered_minutes", sums.values().map(|day| day.covered_minutes));
    columns.counts("assumed_lines", sums.values().map(|day| day.assumed.lines));
    columns.assumptions("assumptions", sums.values().map(|day| day.assumptions));
    let (decimals, _) = ledger.widest();
    let largest = sums.values().map(|day| day.sums.list_cost.abs()).max().unwrap_or_default();
    let amounts = amount_type(decimals, largest);
    columns.amounts_as("list_cost", &sums.values().map(|day| day.sums.list_cost).collect::<Vec<_>>(), &amounts)?;
    columns.amounts_as("credit", &sums.values().map(|day| day.sums.credit).collect::<Vec<_>>(), &amounts)?;
    let potential: Vec<_> = sums.values().map(|day| day.sums.potential_credit).collect();
    columns.amounts_as("potential_credit", &potential, &amounts)?;
    columns.batch()
}

/// A file that the pack rests on.
#[derive(Default)]
struct SourceRow {
    source: String,
    kind: String,
    taken_at: Option<DateTime<Utc>>,
    complete: Option<bool>,
    covers: String,
    entries: u64,
    not_read: u64,
    cannot_show: String,
    sha256: Option<String>,
}

/// Every file that was read.
pub(super) fn sources(
    pack: &mut EvidencePack<'_>,
    evidence: &[EvidenceFacts],
    sha256_of_usage: &BTreeMap<String, String>,
    sha256_of_evidence: &[String],
) -> Result<RecordBatch, ArrowError> {
    let mut rows = Vec::new();
    for (file, facts) in pack.ledger.files() {
        let covers = match (facts.first_day, facts.last_day) {
            (Some(first), Some(last)) => format!("usage of {first} to {last}"),
            _ => String::new(),
        };
        let missing: Vec<_> = facts.missing_columns.iter().map(String::as_str).collect();
        let cannot_show = if missing.is_empty() { String::new() } else { format!("columns: {}", missing.join(", ")) };
        rows.push(SourceRow {
            source: pack.names.of(file).to_owned(),
            kind: "daily_rated_usage".to_owned(),
            covers,
            entries: facts.rows,
            not_read: facts.row_issues,
            cannot_show,
            sha256: sha256_of_usage.get(file).cloned(),
            ..SourceRow::default()
        });
    }
    for (place, facts) in evidence.iter().enumerate() {
        rows.push(SourceRow {
            source: pack.names.of(&facts.file).to_owned(),
            kind: facts.kind.to_string(),
            taken_at: Some(facts.taken_at),
            complete: Some(facts.complete),
            covers: covers(facts, &pack.subscriptions),
            entries: u64::from(facts.entries),
            not_read: u64::from(facts.issue_count),
            cannot_show: facts.cannot_show.join("; "),
            sha256: sha256_of_evidence.get(place).cloned(),
        });
    }
    let mut columns = Columns::default();
    columns.texts("source", rows.iter().map(|row| row.source.as_str()));
    columns.texts("kind", rows.iter().map(|row| row.kind.as_str()));
    columns.moments("taken_at", rows.iter().map(|row| row.taken_at));
    let complete = |row: &SourceRow| row.complete.map(|complete| if complete { "yes" } else { "no" });
    columns.optional_texts("complete", rows.iter().map(complete));
    columns.texts("covers", rows.iter().map(|row| row.covers.as_str()));
    columns.counts("entries", rows.iter().map(|row| row.entries));
    columns.counts("not_read", rows.iter().map(|row| row.not_read));
    columns.texts("cannot_show", rows.iter().map(|row| row.cannot_show.as_str()));
    columns.optional_texts("sha256", rows.iter().map(|row| row.sha256.as_deref()));
    columns.batch()
}

/// The subscriptions that a file was said to be about: those of other customers are only counted.
fn covers(facts: &EvidenceFacts, subscriptions: &BTreeSet<String>) -> String {
    let (here, others): (Vec<_>, Vec<_>) = facts.subscriptions.iter().partition(|id| subscriptions.contains(*id));
    let mut parts: Vec<String> = here.into_iter().cloned().collect();
    if !others.is_empty() {
        let others = others.len();
        parts.push(format!("{others} other Azure {}", if others == 1 { "subscription" } else { "subscriptions" }));
    }
    parts.join(", ")
}

/// A rule or a value that was applied.
struct RuleRow<'a> {
    kind: &'static str,
    id: String,
    sentence: String,
    remedy: &'static str,
    source: &'a Source,
}

/// The rules that occur, the values that were applied on the days, and the incidents that touched them.
pub(super) fn rules(pack: &EvidencePack<'_>) -> Result<RecordBatch, ArrowError> {
    let of_rule = |id: &RuleId| {
        let rule = rule(*id);
        let (sentence, remedy) = (rule.sentence.to_owned(), rule.remedy);
        RuleRow { kind: "rule", id: id.to_string(), sentence, remedy, source: &rule.source }
    };
    let mut rows: Vec<_> = pack.rules.iter().map(of_rule).collect();
    let (first, last) = (pack.days.0.date(), pack.days.1.date());
    let changes = pack.programme.changes().into_iter().filter(|day| first < *day && *day <= last);
    for day in std::iter::once(first).chain(changes) {
        let Ok(programme) = pack.programme.on(day) else { continue };
        for value in values(&programme) {
            if !rows.iter().any(|row| row.id == value.id && row.sentence == value.sentence) {
                rows.push(value);
            }
        }
    }
    let incidents = pack.programme.incidents().iter();
    for incident in incidents.filter(|incident| incident.first_day() <= last && first <= incident.last_day()) {
        let sentence = format!("{} to {}: {}", incident.first_day(), incident.last_day(), incident.what());
        let (id, source) = ("reporting".to_owned(), incident.source());
        rows.push(RuleRow { kind: "incident", id, sentence, remedy: "", source });
    }
    let mut columns = Columns::default();
    columns.texts("kind", rows.iter().map(|row| row.kind));
    columns.texts("id", rows.iter().map(|row| row.id.as_str()));
    columns.texts("sentence", rows.iter().map(|row| row.sentence.as_str()));
    columns.texts("remedy", rows.iter().map(|row| row.remedy));
    columns.texts("document", rows.iter().map(|row| row.source.document()));
    let dated: Vec<_> = rows.iter().map(|row| row.source.dated().to_string()).collect();
    columns.texts("dated", dated.iter().map(String::as_str));
    columns.texts("location", rows.iter().map(|row| row.source.location()));
    columns.texts("status", rows.iter().map(|row| row.source.status().as_str()));
    columns.optional_texts("note", rows.iter().map(|row| row.source.note()));
    columns.batch()
}

/// The values of a day that a claim rests on.
fn values<'a>(programme: &InForce<'a>) -> Vec<RuleRow<'a>> {
    let row = |id: &str, sentence: String, source: &'a Source, verified: bool, through: chrono::NaiveDate| {
        let unverified = if verified { String::new() } else { format!("; verified through {through}") };
        let (id, sentence) = (id.to_owned(), format!("{sentence}{unverified}"));
        RuleRow { kind: "value", id, sentence, remedy: "", source }
    };
    let rate = programme.credit_rate();
    let coverage = programme.coverage();
    let zone = programme.usage_day_zone();
    let roles = programme.roles();
    let covers = match coverage.value {
        Coverage::WholeDay => "access must hold for the whole usage day",
        Coverage::SingleGrant => "one grant must hold for the whole usage day",
        Coverage::AnyPartOfDay => "access must hold for a part of the usage day",
    };
    let eligible = roles.value.iter().filter(|role| role.is_eligible()).count();
    let listed =
        format!("{eligible} of the {} roles in the list of {} earn", roles.value.iter().len(), roles.value.list_date());
    vec![
        row(
            "credit_rate",
            format!("the credit is {} of the list cost", rate.value),
            rate.source,
            rate.verified,
            rate.verified_through,
        ),
        row("coverage", covers.to_owned(), coverage.source, coverage.verified, coverage.verified_through),
        row(
            "usage_day_zone",
            format!("a usage day begins at midnight, UTC{}", zone.value),
            zone.source,
            zone.verified,
            zone.verified_through,
        ),
        row("roles", listed, roles.source, roles.verified, roles.verified_through),
    ]
}
