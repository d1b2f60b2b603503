//! What was read of access, and what it cannot show.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::setting::{Text, heading, line, visible, wrapped};
use super::text::{ISSUES_SHOWN, counted};
use crate::normalise::evidence::{EvidenceIssue, EvidenceSummary};

/// A file of evidence, what it covers and what it cannot show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EvidenceFacts {
    /// The file.
    pub file: String,
    /// What it holds.
    pub kind: Cow<'static, str>,
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
    pub cannot_show: Vec<Cow<'static, str>>,
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
            kind: summary.kind.as_str().into(),
            taken_at: summary.taken_at,
            taken_at_is_file_time,
            entries: summary.entries,
            passed_over: summary.passed_over.values().sum(),
            complete: summary.complete,
            subscriptions: summary.subscriptions.clone(),
            cannot_show: summary.cannot_show.iter().map(|what| what.text().into()).collect(),
            issues: summary.issues.clone(),
            issue_count: summary.issue_count,
        }
    }
}

/// The files as text: by kind, since there may be thousands, and one by one only what could not be read.
pub(super) fn write(text: &mut Text, files: &[EvidenceFacts]) {
    write_under(text, "What was read of access", files);
}

/// The same under a title of its own.
pub(super) fn write_under(text: &mut Text, title: &str, files: &[EvidenceFacts]) {
    if files.is_empty() {
        return;
    }
    heading(text, title);
    let mut kinds: BTreeMap<&str, Vec<&EvidenceFacts>> = BTreeMap::new();
    files.iter().for_each(|facts| kinds.entry(&*facts.kind).or_default().push(facts));
    for (kind, files) in kinds {
        write_kind(text, kind, &files);
    }
    let mut cannot: BTreeMap<&str, u64> = BTreeMap::new();
    files.iter().flat_map(|facts| &facts.cannot_show).for_each(|what| *cannot.entry(&**what).or_default() += 1);
    for (what, files) in cannot {
        wrapped(text, &format!("{} cannot show {what}", counted(files, "file")));
    }
    let unread = files.iter().map(|facts| u64::from(facts.issue_count)).sum();
    if unread > 0 {
        line(text, &format!("{} could not be read", counted(unread, "entry")));
    }
    for issue in files.iter().flat_map(|facts| &facts.issues).take(ISSUES_SHOWN) {
        wrapped(text, &visible(&issue.to_string()));
    }
}

fn write_kind(text: &mut Text, kind: &str, files: &[&EvidenceFacts]) {
    let entries = files.iter().map(|facts| u64::from(facts.entries)).sum();
    let complete = match files.iter().filter(|facts| facts.complete).count() {
        0 => String::new(),
        all if all == files.len() => ", complete".to_owned(),
        some => format!(", {some} of them complete"),
    };
    let at = |at: Option<DateTime<Utc>>| at.map(|at| at.format("%Y-%m-%d %H:%M").to_string()).unwrap_or_default();
    let (first, last) =
        (at(files.iter().map(|facts| facts.taken_at).min()), at(files.iter().map(|facts| facts.taken_at).max()));
    let taken = if first == last { first } else { format!("{first} to {last}") };
    let own = if files.iter().any(|facts| facts.taken_at_is_file_time) { " (by the file's own time)" } else { "" };
    let (files, entries) = (counted(files.len() as u64, "file"), counted(entries, "entry"));
    line(text, &format!("{kind}: {files}, {entries}{complete}, taken {taken} UTC{own}"));
}
