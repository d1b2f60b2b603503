//! Inputs that may be one usage twice: nothing in a line tells, so it is said and nothing is left out.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Serialize, Serializer};

use super::NamedFile;
use crate::day::UsageDay;
use crate::ledger::FileFacts;
use crate::money::Amount;

/// Inputs that may hold the same usage. All their lines count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SameUsage {
    /// What makes it look so.
    pub because: SameUsageBecause,
    /// The inputs, in the order of their names.
    pub files: Vec<String>,
    /// The first day that they have in common.
    pub first_day: UsageDay,
    /// The last day that they have in common.
    pub last_day: UsageDay,
}

/// Why inputs look like one usage twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum SameUsageBecause {
    /// Exports of different kinds overlap in days.
    OtherKind,
    /// Inputs of one kind have the same number of rows, first and last day and list cost.
    SameSums,
}

impl SameUsageBecause {
    /// The stable name, as in the JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OtherKind => "other_kind",
            Self::SameSums => "same_sums",
        }
    }
}

impl Serialize for SameUsageBecause {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// The days of an input with usage.
type Days = (UsageDay, UsageDay);

fn days(facts: &FileFacts) -> Option<Days> {
    facts.first_day.zip(facts.last_day)
}

/// The days that two stretches have in common.
fn common(a: Days, b: Days) -> Option<Days> {
    let (first, last) = (a.0.max(b.0), a.1.min(b.1));
    (first <= last).then_some((first, last))
}

/// All that look so, those of different kinds first.
pub(super) fn same_usage(files: &[NamedFile]) -> Vec<SameUsage> {
    let mut found = other_kinds(files);
    found.extend(same_sums(files));
    found
}

/// One entry for each pair of kinds that overlap.
fn other_kinds(files: &[NamedFile]) -> Vec<SameUsage> {
    let mut kinds: BTreeMap<&str, Vec<(&str, Days)>> = BTreeMap::new();
    for NamedFile { file, facts } in files {
        if let Some(days) = days(facts) {
            kinds.entry(&facts.kind).or_default().push((file, days));
        }
    }
    let mut found = Vec::new();
    for (kind, ones) in &kinds {
        for (_, others) in kinds.iter().filter(|(other, _)| kind < *other) {
            let mut names = BTreeSet::new();
            let mut overlap: Option<Days> = None;
            for ((one, its), (other, those)) in ones.iter().flat_map(|one| others.iter().map(move |other| (one, other)))
            {
                if let Some(days) = common(*its, *those) {
                    names.extend([*one, *other]);
                    overlap = Some(overlap.map_or(days, |so_far| (so_far.0.min(days.0), so_far.1.max(days.1))));
                }
            }
            found.extend(overlap.map(|days| entry(SameUsageBecause::OtherKind, names, days)));
        }
    }
    found
}

/// One entry for each group of inputs that are alike. Charges of nothing are alike everywhere.
fn same_sums(files: &[NamedFile]) -> Vec<SameUsage> {
    let mut alike: BTreeMap<_, BTreeSet<&str>> = BTreeMap::new();
    for NamedFile { file, facts } in files {
        let charged = facts.list_cost.values().any(|cost| !Amount::is_zero(*cost));
        if let Some(days) = days(facts).filter(|_| charged) {
            let costs: Vec<_> = facts.list_cost.iter().map(|(currency, cost)| (*currency, *cost)).collect();
            alike.entry((days, &facts.kind, facts.rows, costs)).or_default().insert(file);
        }
    }
    let several = alike.into_iter().filter(|(_, names)| names.len() > 1);
    several.map(|((days, ..), names)| entry(SameUsageBecause::SameSums, names, days)).collect()
}

fn entry(because: SameUsageBecause, names: BTreeSet<&str>, (first_day, last_day): Days) -> SameUsage {
    SameUsage { because, files: names.into_iter().map(str::to_owned).collect(), first_day, last_day }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, kind: &str, days: [u32; 2], rows: u64, cost: &str) -> NamedFile {
        let mut facts = FileFacts { kind: kind.to_owned(), rows, ..FileFacts::default() };
        let [first, last] = days.map(|day| UsageDay::from_ymd(2026, 10, day));
        (facts.first_day, facts.last_day) = (first, last);
        facts.list_cost.insert("USD".parse().unwrap(), Amount::from_number(cost.parse().unwrap()).unwrap());
        NamedFile { file: name.to_owned(), facts }
    }

    fn shown(files: &[NamedFile]) -> Vec<String> {
        let one = |same: &SameUsage| {
            format!("{} {} {} {}", same.because.as_str(), same.files.join("+"), same.first_day, same.last_day)
        };
        same_usage(files).iter().map(one).collect()
    }

    #[test]
    fn kinds_that_overlap_and_sums_that_are_equal() {
        let (daily, details) = ("daily rated usage", "Cost Management cost details");
        let files = [
            file("a", daily, [1, 9], 5, "1"),
            file("b", daily, [10, 20], 5, "1"),
            file("c", details, [9, 10], 5, "1"),
            file("d", details, [21, 22], 5, "1"),
            file("e", daily, [1, 9], 5, "1"),
            file("f", daily, [1, 9], 6, "1"),
            file("g", daily, [1, 9], 5, "1.01"),
        ];
        let expected = ["other_kind a+b+c+e+f+g 2026-10-09 2026-10-10", "same_sums a+e 2026-10-01 2026-10-09"];
        assert_eq!(shown(&files), expected);
    }

    #[test]
    fn neighbours_and_charges_of_nothing_are_not_told() {
        let (daily, focus) = ("daily rated usage", "FOCUS 1.0");
        let files =
            [file("a", daily, [1, 9], 5, "0"), file("b", daily, [1, 9], 5, "0"), file("c", focus, [10, 11], 5, "0")];
        assert_eq!(shown(&files), Vec::<String>::new());
    }
}
