//! Exports of access to facts: the only place where what Azure and PowerShell write becomes [`Evidence`].
//!
//! A file is taken whole or not at all; an entry that cannot be read becomes an [`EvidenceIssue`] and its file is no
//! longer complete, since what it holds is not known. Names, sign-in names, addresses and claims of people are skipped.
//!
//! ```
//! use chrono::DateTime;
//! use pec_core::access::Evidence;
//! use pec_core::normalise::evidence::{EvidenceInput, read};
//!
//! let export = br#"[{
//!     "principalId": "6f2c1e0a-0000-4000-8000-000000000001", "principalType": "ForeignGroup",
//!     "roleDefinitionId": "/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
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
mod many;
mod members;
mod reading;
#[cfg(test)]
mod samples;
mod schedules;
mod summary;
mod text;
mod time;

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::access::{Evidence, EvidenceKind};

pub use error::{EvidenceError, EvidenceErrorKind, ManifestError};
pub use manifest::{Manifest, ManifestFile};
pub use many::read_all;
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
    let text = match (text::decode(input.content), input.kind) {
        (Err(EvidenceErrorKind::Empty), Some(kind)) => return Ok(read_nothing(evidence, input, kind)),
        (text, _) => text?,
    };
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

/// An empty file among others, as PowerShell writes of an empty list: it is told, and nothing is exported by it.
fn read_nothing(evidence: &mut Evidence, input: &EvidenceInput<'_>, kind: EvidenceKind) -> EvidenceSummary {
    let mut reading = Reading::new(evidence, input, kind);
    let nothing = entry::Unread::new("", "", "what was exported, `[]` for nothing; the file is empty, export it again");
    reading.note(1, Err(nothing.into()));
    let summary = reading.finish(input);
    evidence.files.pop();
    summary
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
    use proptest::prelude::*;

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

    /// Reads a text as a complete file of `s1`, of a kind that it need not show.
    pub(super) fn read_as(kind: EvidenceKind, text: &str) -> (Evidence, EvidenceSummary) {
        let input = EvidenceInput::new("file.json", text.as_bytes(), TAKEN_AT).complete(true).subscriptions(["s1"]);
        let mut evidence = Evidence::new();
        let summary = read(&mut evidence, &input.kind(kind)).unwrap();
        (evidence, summary)
    }

    /// The issues of a file, without its name.
    pub(super) fn issues(summary: &EvidenceSummary) -> Vec<String> {
        summary.issues.iter().map(|issue| issue.to_string().trim_start_matches("file.json: ").to_owned()).collect()
    }

    #[test]
    fn names_of_people_are_not_kept() {
        for (kind, text) in samples::ALL {
            assert!(text.to_lowercase().contains("anna"), "{kind}");
            let (evidence, summary) = read_as(kind, text);
            let kept = format!("{evidence:?}{summary:?}").to_lowercase();
            assert!(!kept.contains("anna") && !kept.contains("203.0.113.7"), "{kind}: {kept}");
            assert!(summary.issues.is_empty() && summary.entries > 0, "{summary:?}");
        }
    }

    #[test]
    fn encodings_and_kinds() {
        for (kind, text) in samples::ALL {
            let (expected, _) = read_text(kind, text);
            let utf_16 = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
            for content in [format!("\u{feff}{text}").into_bytes(), utf_16] {
                let mut evidence = Evidence::new();
                let input = EvidenceInput::new("file.json", &content, TAKEN_AT).complete(true).subscriptions(["s1"]);
                read(&mut evidence, &input).unwrap();
                assert_eq!(format!("{evidence:?}"), format!("{expected:?}"), "{kind}");
            }
            for given in EvidenceKind::ALL.iter().copied().filter(|given| *given != kind) {
                let input = EvidenceInput::new("file.json", text.as_bytes(), TAKEN_AT).kind(given).group("g");
                let mut evidence = Evidence::new();
                let error = read(&mut evidence, &input).unwrap_err();
                let expected =
                    format!("file.json: said to be `{given}`, but it holds `{kind}`; correct the kind or the file");
                assert_eq!(error.to_string(), expected);
                assert!(evidence.is_empty());
            }
        }
    }

    #[test]
    fn nothing_is_fine_where_the_kind_is_known() {
        for kind in EvidenceKind::ALL.iter().copied().filter(|kind| *kind != EvidenceKind::AoboChecker) {
            for text in ["[]", "{\"value\": []}", "{\"data\": [], \"skip_token\": null}"] {
                let (_, summary) = read_as(kind, text);
                assert_eq!((summary.entries, summary.complete), (0, kind != EvidenceKind::ChangeLog), "{kind}");
            }
        }
        let error = read(&mut Evidence::new(), &EvidenceInput::new("file.json", b"[]", TAKEN_AT)).unwrap_err();
        assert_eq!(*error.kind(), EvidenceErrorKind::UnknownKind);
    }

    #[test]
    fn a_single_file_proves_what_it_lists() {
        let input = EvidenceInput::new("roles.json", samples::ASSIGNMENTS.as_bytes(), TAKEN_AT);
        let summary = read(&mut Evidence::new(), &input).unwrap();
        assert!(!summary.complete && summary.cannot_show.contains(&CannotShow::Absence));
    }

    #[test]
    fn an_empty_file_is_told_and_not_exported() {
        for kind in EvidenceKind::ALL {
            for content in [&b""[..], b"\xef\xbb\xbf", b"\xff\xfe", b" \r\n"] {
                let input = EvidenceInput::new("file.json", content, TAKEN_AT).complete(true).identities(["p1"]);
                let mut evidence = Evidence::new();
                let summary = read(&mut evidence, &input.clone().kind(*kind)).unwrap();
                assert!(evidence.is_empty() && !summary.complete && summary.entries == 0, "{kind}");
                let expected = "entry 1, ``: found ``, expected what was exported, `[]` for nothing; the file is empty, \
                                export it again";
                assert_eq!(issues(&summary), [expected], "{kind}");
                assert_eq!(*read(&mut evidence, &input).unwrap_err().kind(), EvidenceErrorKind::Empty);
            }
        }
    }

    #[test]
    fn entries_of_other_subscriptions_alone_are_told() {
        let read = |text: &str, subscriptions: &[&str]| {
            let input = EvidenceInput::new("file.json", text.as_bytes(), TAKEN_AT).complete(true);
            let mut evidence = Evidence::new();
            let summary = read(&mut evidence, &input.subscriptions(subscriptions.iter().copied())).unwrap();
            let told = summary.cannot_show.contains(&CannotShow::OtherSubscriptions);
            assert_eq!((summary.complete, evidence.files[0].subscriptions.is_empty()), (!told, told));
            assert_eq!(summary.subscriptions.len(), subscriptions.len(), "what it was said to be about");
            told
        };
        let one = samples::ASSIGNMENTS;
        let above = one.replace("\"/subscriptions/S1\"", "\"/\"");
        let both = format!("{one}{above}");
        assert!(!read(one, &["S1"]) && !read(one, &["s2", "s1"]) && read(one, &["s2"]));
        assert!(!read(&both, &["S1"]) && read(&both, &["s2"]) && !read(&above, &["s2"]));
        // The managing tenant's log is of all its customers.
        assert!(!read(samples::DELEGATION_LOG, &["s3"]) && read(samples::ACTIVITY, &["s3"]));
    }

    #[test]
    fn several_kinds() {
        let text = format!("{}{}", samples::ASSIGNMENTS, samples::DEFINITIONS);
        let error = read(&mut Evidence::new(), &EvidenceInput::new("all.json", text.as_bytes(), TAKEN_AT)).unwrap_err();
        let expected = "all.json: this file holds `role_assignments`, `role_definitions`; say which to read";
        assert_eq!(error.to_string(), expected);
        let (evidence, summary) = read_as(EvidenceKind::RoleDefinitions, &text);
        assert_eq!((evidence.role_names.len(), summary.entries), (1, 2));
    }

    #[test]
    fn many_assignments() {
        let one = |number| {
            let id = format!("\"principalId\": \"p{number}\", \"scope\": \"/subscriptions/s{}\"", number % 100);
            samples::ASSIGNMENTS
                .replace("\"principalId\": \"P1\"", &id)
                .replace("\"scope\": \"/subscriptions/S1\",", "")
        };
        let many: Vec<_> = (0..100_000).map(|number| one(number).trim_matches(['[', ']']).to_owned()).collect();
        let (evidence, summary) = read_text(EvidenceKind::RoleAssignments, &format!("[{}]", many.join(",")));
        assert_eq!((evidence.assignments.len(), summary.entries), (100_000, 100_000));
        assert!(summary.complete && summary.issues.is_empty());
    }

    /// Reads bytes as every kind and as one that is not told; what fails must leave nothing.
    fn read_any(content: &[u8]) {
        for kind in EvidenceKind::ALL.iter().copied().map(Some).chain([None]) {
            let mut evidence = Evidence::new();
            let input = EvidenceInput { kind, ..EvidenceInput::new("soup", content, TAKEN_AT).group("g") };
            if read(&mut evidence, &input).is_err() {
                let facts =
                    [evidence.assignments.len(), evidence.logged.len(), evidence.members.len(), evidence.files.len()];
                assert_eq!(facts, [0; 4]);
            }
        }
        let _ = Manifest::parse("soup", content);
    }

    proptest! {
        #[test]
        fn prop_bytes_never_panic(content in proptest::collection::vec(any::<u8>(), 0..80)) {
            read_any(&content);
        }

        #[test]
        fn prop_json_never_panics(text in "[\\[\\]{}:, \"a1\\\\u/\n]{0,60}") {
            read_any(text.as_bytes());
        }

        #[test]
        fn prop_broken_samples_never_panic(
            sample in 0..samples::ALL.len(),
            edits in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..6),
            end in any::<proptest::sample::Index>(),
        ) {
            let mut content = samples::ALL[sample].1.as_bytes().to_vec();
            for (at, byte) in edits {
                let at = at.index(content.len());
                content[at] = byte;
            }
            read_any(&content);
            read_any(&content[..end.index(content.len())]);
        }
    }
}
