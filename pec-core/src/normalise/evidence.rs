//! Exports of access to facts: the only place where what Azure and PowerShell write becomes [`Evidence`].
//!
//! A file is taken whole or not at all; an entry that cannot be read becomes an [`EvidenceIssue`] and its file is no longer
//! complete, since what it holds is not known. Names, sign-in names, addresses and claims of people are skipped.
//!
//! ```
//! use chrono::DateTime;
//! use pec_core::access::Evidence;
//! use pec_core::normalise::evidence::{EvidenceInput, read};
//!
//! let export = br#"[{
//!     "principalId": "6f2c1e0a-0000-4000-8000-000000000001", "principalType": "ForeignGroup",
//!     "roleDefinitionId": "/subscriptions/s1/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
//!     "scope": "/subscriptions/s1", "createdOn": "2025-03-01T09:12:44.512031+00:00"
//! }]"#;
//! let taken_at = DateTime::from_timestamp(1_793_606_400, 0).unwrap_or_default();
//! let mut evidence = Evidence::new();
//! let input = EvidenceInput::new("roles.json", export, taken_at).complete(true).subscriptions(["s1"]);
//! let summary = read(&mut evidence, &input)?;
//! assert_eq!(summary.kind.as_str(), "role_assignments");
//! assert!(summary.complete && summary.issues.is_empty());
//! # Ok::<(), pec_core::normalise::evidence::EvidenceError>(())
//! ```

mod activity;
mod aobo;
mod assignments;
mod changes;
mod definitions;
mod delegation_log;
mod delegations;
mod denies;
mod detect;
mod document;
mod entry;
mod error;
mod json;
mod links;
mod management;
mod manifest;
mod members;
mod reading;
mod schedules;
mod summary;
mod text;
mod time;

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::access::{Evidence, EvidenceKind};

pub use error::{EvidenceError, EvidenceErrorKind, ManifestError};
pub use manifest::{Manifest, ManifestFile};
pub use summary::{CannotShow, EvidenceIssue, EvidenceSummary, PassedOver};

use document::Document;
use reading::Reading;

/// A file of evidence: its content, and what the content does not say.
#[derive(Clone, Debug)]
pub struct EvidenceInput<'a> {
    name: Arc<str>,
    content: &'a [u8],
    kind: Option<EvidenceKind>,
    taken_at: DateTime<Utc>,
    complete: bool,
    subscriptions: Vec<String>,
    identities: Vec<String>,
    group: Option<String>,
    from: Option<DateTime<Utc>>,
}

impl<'a> EvidenceInput<'a> {
    /// A file, the name to report it by, and when it was taken. It proves what it lists, and no absence.
    #[must_use]
    pub fn new(name: impl Into<Arc<str>>, content: &'a [u8], taken_at: DateTime<Utc>) -> Self {
        Self {
            name: name.into(),
            content,
            kind: None,
            taken_at,
            complete: false,
            subscriptions: Vec::new(),
            identities: Vec::new(),
            group: None,
            from: None,
        }
    }

    /// What it holds; without it the content tells.
    #[must_use]
    pub fn kind(self, kind: EvidenceKind) -> Self {
        Self { kind: Some(kind), ..self }
    }

    /// Whether it lists all there is for its subscriptions.
    #[must_use]
    pub fn complete(self, complete: bool) -> Self {
        Self { complete, ..self }
    }

    /// The Azure subscriptions it is about.
    #[must_use]
    pub fn subscriptions<T: Into<String>>(self, ids: impl IntoIterator<Item = T>) -> Self {
        Self { subscriptions: ids.into_iter().map(Into::into).collect(), ..self }
    }

    /// The identities that were asked for their links.
    #[must_use]
    pub fn identities<T: Into<String>>(self, ids: impl IntoIterator<Item = T>) -> Self {
        Self { identities: ids.into_iter().map(Into::into).collect(), ..self }
    }

    /// The group whose members it lists.
    #[must_use]
    pub fn group(self, id: impl Into<String>) -> Self {
        Self { group: Some(id.into()), ..self }
    }

    /// Where a log begins.
    #[must_use]
    pub fn from(self, from: DateTime<Utc>) -> Self {
        Self { from: Some(from), ..self }
    }
}

/// Reads a file into the evidence. The order of files does not matter.
///
/// # Errors
///
/// [`EvidenceError`] where the file as a whole cannot be used; the evidence is then as it was.
pub fn read(evidence: &mut Evidence, input: &EvidenceInput<'_>) -> Result<EvidenceSummary, EvidenceError> {
    read_file(evidence, input).map_err(|kind| EvidenceError::new(&input.name, kind))
}

fn read_file(evidence: &mut Evidence, input: &EvidenceInput<'_>) -> Result<EvidenceSummary, EvidenceErrorKind> {
    let text = text::decode(input.content)?;
    let is_json = text.trim_start().starts_with(['[', '{']);
    if !is_json && (input.kind == Some(EvidenceKind::AoboChecker) || aobo::is_table(&text)) {
        return read_table(evidence, input, &text);
    }
    let document = Document::parse(&text)?;
    let kind = detect::kind(input.kind, &document)?;
    let read: fn(&Document<'_>, &mut Reading<'_>) = match kind {
        EvidenceKind::RoleAssignments => assignments::read,
        EvidenceKind::RoleDefinitions => definitions::read,
        EvidenceKind::LighthouseAssignments => delegations::read,
        EvidenceKind::PartnerLinks => links::read,
        EvidenceKind::PimAssignments | EvidenceKind::PimEligibilities => schedules::read,
        EvidenceKind::ActivityLog => activity::read,
        EvidenceKind::ChangeLog => changes::read,
        EvidenceKind::DelegationLog => delegation_log::read,
        EvidenceKind::DenyAssignments => denies::read,
        EvidenceKind::GroupMembers => {
            members::check(&document, input.group.as_deref())?;
            members::read
        }
        EvidenceKind::ManagementGroups => management::read,
        EvidenceKind::AoboChecker => return Err(EvidenceErrorKind::NoAgentGroups),
    };
    let mut reading = Reading::new(evidence, input, kind);
    read(&document, &mut reading);
    Ok(reading.finish(input))
}

/// Reads the file of the AOBO checker, the only one that is no JSON.
fn read_table(
    evidence: &mut Evidence,
    input: &EvidenceInput<'_>,
    text: &str,
) -> Result<EvidenceSummary, EvidenceErrorKind> {
    let kind = EvidenceKind::AoboChecker;
    if let Some(given) = input.kind.filter(|given| *given != kind) {
        return Err(EvidenceErrorKind::OtherKind { given, found: kind });
    }
    aobo::check(text)?;
    let mut reading = Reading::new(evidence, input, kind);
    aobo::read(text, &mut reading);
    Ok(reading.finish(input))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// When files of tests were taken: 2026-11-02.
    pub(super) const TAKEN_AT: DateTime<Utc> = match DateTime::from_timestamp(1_793_577_600, 0) {
        Some(at) => at,
        None => DateTime::UNIX_EPOCH,
    };

    /// Reads a text as a complete file of `s1`.
    pub(super) fn read_text(kind: EvidenceKind, text: &str) -> (Evidence, EvidenceSummary) {
        let input = EvidenceInput::new("file.json", text.as_bytes(), TAKEN_AT).complete(true).subscriptions(["S1"]);
        let mut evidence = Evidence::new();
        let summary = read(&mut evidence, &input.clone()).unwrap();
        assert_eq!(summary.kind, kind, "{text}");
        // What the content says must be what a manifest would say.
        assert_eq!(read(&mut Evidence::new(), &input.kind(kind)).as_ref(), Ok(&summary), "{text}");
        (evidence, summary)
    }

    /// The issues of a file, without its name.
    pub(super) fn issues(summary: &EvidenceSummary) -> Vec<String> {
        summary.issues.iter().map(|issue| issue.to_string().trim_start_matches("file.json: ").to_owned()).collect()
    }
}
