//! What was read of access, and what it cannot show.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::normalise::evidence::{EvidenceIssue, EvidenceSummary};

/// A file of evidence, what it covers and what it cannot show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct EvidenceFacts {
    /// The file.
    pub file: String,
    /// What it holds.
    pub kind: &'static str,
    /// When it was taken.
    pub taken_at: DateTime<Utc>,
    /// Nobody said so: that is the time of the file itself.
    pub taken_at_is_file_time: bool,
    /// How many entries it has.
    pub entries: u32,
    /// How many entries were passed over.
    pub passed_over: u32,
    /// It proves the absence of what it does not list.
    pub complete: bool,
    /// The Azure subscriptions it is about.
    pub subscriptions: Vec<String>,
    /// What it cannot show.
    pub cannot_show: Vec<&'static str>,
    /// Entries that cannot be read, the first of them.
    pub issues: Vec<EvidenceIssue>,
    /// How many there are.
    pub issue_count: u32,
}

impl EvidenceFacts {
    /// The facts of a file that was read.
    #[must_use]
    pub fn new(summary: &EvidenceSummary, taken_at_is_file_time: bool) -> Self {
        Self {
            file: summary.name.to_string(),
            kind: summary.kind.as_str(),
            taken_at: summary.taken_at,
            taken_at_is_file_time,
            entries: summary.entries,
            passed_over: summary.passed_over.values().sum(),
            complete: summary.complete,
            subscriptions: summary.subscriptions.clone(),
            cannot_show: summary.cannot_show.iter().map(|what| what.text()).collect(),
            issues: summary.issues.clone(),
            issue_count: summary.issue_count,
        }
    }
}
