//! Rows that could not be read, as many as are worth showing.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::normalise::RowIssue;

/// Row issues: all counted, the first of each input kept whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowIssues {
    /// By input, then row; at most [`RowIssues::KEPT`] for each input.
    kept: BTreeMap<(String, u64), RowIssue>,
    kept_by_file: BTreeMap<String, usize>,
    /// How many there are by column and what was expected.
    counts: BTreeMap<(String, String), u64>,
}

impl RowIssues {
    /// How many issues of one input are kept whole; the rest are counted. A file of only broken rows must not fill memory.
    pub const KEPT: usize = 10_000;

    /// The issues kept, in the order of input and row.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &RowIssue> {
        self.kept.values()
    }

    /// How many there are, kept or not.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.counts.values().sum()
    }

    /// How many there are by column and what was expected, in that order.
    pub fn counts(&self) -> impl Iterator<Item = (&str, &str, u64)> {
        self.counts.iter().map(|((column, expected), count)| (column.as_str(), expected.as_str(), *count))
    }

    pub(crate) fn record(&mut self, issue: RowIssue) {
        *self.counts.entry((issue.column.clone(), issue.expected.clone())).or_default() += 1;
        self.keep(issue);
    }

    /// Keeps the first rows of each input, whatever order they come in.
    fn keep(&mut self, issue: RowIssue) {
        let file = issue.file.to_string();
        let kept = self.kept_by_file.entry(file.clone()).or_default();
        if *kept == Self::KEPT {
            let rows = (file.clone(), 0)..=(file.clone(), u64::MAX);
            let last = self.kept.range(rows).next_back().map(|(key, _)| key.clone());
            if last.as_ref().is_none_or(|(_, row)| *row <= issue.row) {
                return;
            }
            last.and_then(|last| self.kept.remove(&last));
        } else {
            *kept += 1;
        }
        self.kept.insert((file, issue.row), issue);
    }

    /// Gives rows that were known by their order only their numbers, which must keep that order.
    pub(crate) fn number(&mut self, number: impl Fn(&str, u64) -> u64) {
        let kept = std::mem::take(&mut self.kept);
        self.kept = kept
            .into_iter()
            .map(|((file, provisional), mut issue)| {
                issue.row = number(&file, provisional);
                ((file, issue.row), issue)
            })
            .collect();
    }

    /// How many there are, where that may be untrue.
    pub(super) fn saturating_count(&self) -> u64 {
        self.counts.values().fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// The counts alone.
    pub(super) fn without_rows(&self) -> Self {
        Self { counts: self.counts.clone(), ..Self::default() }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        for (key, count) in &other.counts {
            *self.counts.entry(key.clone()).or_default() += count;
        }
        other.kept.values().for_each(|issue| self.keep(issue.clone()));
    }
}

/// The form of row issues that is saved.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    kept: Vec<RowIssue>,
    counts: Vec<(String, String, u64)>,
}

impl Serialize for RowIssues {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let counts = self.counts().map(|(column, expected, count)| (column.to_owned(), expected.to_owned(), count));
        Saved { kept: self.iter().cloned().collect(), counts: counts.collect() }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for RowIssues {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let saved = Saved::deserialize(deserializer)?;
        let counts = saved.counts.into_iter().map(|(column, expected, count)| ((column, expected), count));
        let mut issues = Self { counts: counts.collect(), ..Self::default() };
        saved.kept.into_iter().for_each(|issue| issues.keep(issue));
        Ok(issues)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issue(row: u64) -> RowIssue {
        RowIssue {
            file: "f".into(),
            row,
            column: "UnitPrice".into(),
            found: String::new(),
            expected: "a number".into(),
        }
    }

    #[test]
    fn the_first_rows_are_kept_in_any_order() {
        let most = u64::try_from(RowIssues::KEPT).unwrap();
        let (mut forward, mut backward, mut merged) =
            (RowIssues::default(), RowIssues::default(), RowIssues::default());
        (0..most + 50).for_each(|row| forward.record(issue(row)));
        (0..most + 50).rev().for_each(|row| backward.record(issue(row)));
        let mut late = RowIssues::default();
        (100..most + 50).for_each(|row| late.record(issue(row)));
        (0..100).for_each(|row| merged.record(issue(row)));
        merged.merge(&late);
        assert_eq!(forward, backward);
        assert_eq!(forward, merged);
        assert_eq!((forward.count(), forward.iter().len()), (most + 50, RowIssues::KEPT));
    }
}
