//! `manifest.json`: what the files of an evidence folder are.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::error::{EvidenceError, EvidenceErrorKind, ManifestError};
use super::{EvidenceInput, text, time};
use crate::access::EvidenceKind;
use crate::read::shorten;

/// The files of an evidence folder and what each covers, from its `manifest.json`.
///
/// ```
/// use pec_core::normalise::evidence::Manifest;
/// let text = br#"{
///     "version": 1,
///     "taken_at": "2026-11-02T08:00:00Z",
///     "files": [{"path": "contoso/roles.json", "kind": "role_assignments", "subscriptions": ["s1"], "complete": true}]
/// }"#;
/// let manifest = Manifest::parse("evidence/manifest.json", text)?;
/// let file = &manifest.files[0];
/// assert_eq!(file.path, "contoso/roles.json");
/// assert!(file.complete && file.taken_at.to_string().starts_with("2026-11-02"));
/// # Ok::<(), pec_core::normalise::evidence::EvidenceError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The files, in the order of the manifest.
    pub files: Vec<ManifestFile>,
}

/// One file of an evidence folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestFile {
    /// Its path in the folder.
    pub path: String,
    /// What it holds.
    pub kind: EvidenceKind,
    /// When it was taken.
    pub taken_at: DateTime<Utc>,
    /// It lists all there is for its subscriptions.
    pub complete: bool,
    /// The Azure subscriptions it is about.
    pub subscriptions: Vec<String>,
    /// The identities that were asked for their links.
    pub identities: Vec<String>,
    /// The group whose members it lists.
    pub group: Option<String>,
    /// Where a log begins.
    pub from: Option<DateTime<Utc>>,
}

/// The only version there is.
const VERSION: u64 = 1;

/// Read first: another version may have other fields.
#[derive(Deserialize)]
#[serde(expecting = "an object with `version` and `files`")]
struct Version {
    version: Option<serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with `version` and `files`")]
struct Text {
    #[serde(rename = "version")]
    _version: u64,
    taken_at: Option<String>,
    files: Vec<FileText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with `path` and `kind`")]
struct FileText {
    path: String,
    kind: String,
    taken_at: Option<String>,
    #[serde(default)]
    complete: bool,
    #[serde(default)]
    subscriptions: Vec<String>,
    #[serde(default)]
    identities: Vec<String>,
    group: Option<String>,
    from: Option<String>,
}

impl Manifest {
    /// Reads the manifest of an evidence folder; `name` is what errors call it.
    ///
    /// # Errors
    ///
    /// [`EvidenceError`] for what is not such a manifest: another version, a field that is unknown or cannot be read, a
    /// path that leaves the folder.
    pub fn parse(name: &str, bytes: &[u8]) -> Result<Self, EvidenceError> {
        Self::read(bytes).map_err(|kind| EvidenceError::new(&name.into(), kind))
    }

    fn read(bytes: &[u8]) -> Result<Self, EvidenceErrorKind> {
        let text = text::decode(bytes)?;
        if text.trim_start().starts_with('[') {
            let message = "found an array, expected an object with `version` and `files`".to_owned();
            return Err(EvidenceErrorKind::Manifest(ManifestError::Form { line: 1, message }));
        }
        let version: Version = parsed(&text)?;
        let found = version.version.map(|version| version.to_string()).unwrap_or_default();
        if found != VERSION.to_string() {
            return Err(EvidenceErrorKind::Manifest(ManifestError::Version { found: shorten(&found) }));
        }
        let manifest: Text = parsed(&text)?;
        let taken_at = manifest.taken_at.map(|text| instant("", "taken_at", &text)).transpose();
        let read = |taken_at: Option<_>| manifest.files.into_iter().map(|file| file.read(taken_at)).collect();
        let files = taken_at.and_then(read).map_err(EvidenceErrorKind::Manifest)?;
        Ok(Self { files })
    }
}

impl ManifestFile {
    /// The file with its content, to be [read](super::read).
    #[must_use]
    pub fn input<'a>(&self, content: &'a [u8]) -> EvidenceInput<'a> {
        EvidenceInput {
            kind: Some(self.kind),
            complete: self.complete,
            subscriptions: self.subscriptions.clone(),
            identities: self.identities.clone(),
            group: self.group.clone(),
            from: self.from,
            ..EvidenceInput::new(self.path.as_str(), content, self.taken_at)
        }
    }
}

impl FileText {
    fn read(self, taken_at: Option<DateTime<Utc>>) -> Result<ManifestFile, ManifestError> {
        let path = self.path;
        if !stays_inside(&path) {
            return Err(ManifestError::Path { path: shorten(&path) });
        }
        let Some(kind) = EvidenceKind::parse(&self.kind) else {
            return Err(ManifestError::Kind { path, found: shorten(&self.kind) });
        };
        let optional = |field, text: Option<String>| text.map(|text| instant(&path, field, &text)).transpose();
        let Some(taken_at) = optional("taken_at", self.taken_at)?.or(taken_at) else {
            return Err(field_error(&path, "taken_at", "", time::EXPECTED));
        };
        let from = optional("from", self.from)?;
        Ok(ManifestFile {
            kind,
            taken_at,
            complete: self.complete,
            subscriptions: self.subscriptions,
            identities: self.identities,
            group: self.group.filter(|group| !group.trim().is_empty()),
            from,
            path,
        })
    }
}

fn parsed<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, EvidenceErrorKind> {
    serde_json::from_str(text).map_err(|error| {
        if !error.is_data() {
            return EvidenceErrorKind::from(&error);
        }
        // What serde says ends with the place, which is told before it.
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default().to_owned();
        EvidenceErrorKind::Manifest(ManifestError::Form { line: error.line(), message })
    })
}

fn instant(path: &str, field: &'static str, text: &str) -> Result<DateTime<Utc>, ManifestError> {
    time::instant_or_day(text).ok_or_else(|| field_error(path, field, text, time::EXPECTED))
}

fn field_error(path: &str, field: &'static str, found: &str, expected: &'static str) -> ManifestError {
    ManifestError::Field { path: path.to_owned(), field, found: shorten(found), expected }
}

/// Is it a path that cannot leave the folder it is in, on any system?
fn stays_inside(path: &str) -> bool {
    let is_drive = path.as_bytes().get(1) == Some(&b':');
    let is_name = |segment: &str| !segment.is_empty() && segment != "..";
    !is_drive && !path.contains(['\\', '\0']) && path.split('/').all(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Manifest, String> {
        Manifest::parse("manifest.json", text.as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn all_fields() {
        let text = "\u{feff}{\"version\": 1, \"taken_at\": \"2026-11-02\", \"files\": [{\"path\": \"a/links.json\",
            \"kind\": \"partner_links\", \"identities\": [\"p1\"], \"group\": \" \"}, {\"path\": \"log.json\", \"kind\": \"activity_log\",
            \"taken_at\": \"2026-11-03T10:00:00+02:00\", \"from\": \"2026-08-05\", \"complete\": true, \"subscriptions\": [\"s1\"]}]}";
        let manifest = parse(text).unwrap();
        let (links, log) = (&manifest.files[0], &manifest.files[1]);
        assert_eq!((links.kind, links.complete, &links.group), (EvidenceKind::PartnerLinks, false, &None));
        assert_eq!(links.taken_at.to_rfc3339(), "2026-11-02T00:00:00+00:00");
        assert_eq!(log.taken_at.to_rfc3339(), "2026-11-03T08:00:00+00:00");
        assert_eq!(log.from.map(|from| from.to_rfc3339()).as_deref(), Some("2026-08-05T00:00:00+00:00"));
        let input = log.input(b"[]");
        assert_eq!((&*input.name, input.kind, input.complete), ("log.json", Some(EvidenceKind::ActivityLog), true));
        assert_eq!(parse("{\"version\": 1, \"files\": []}"), Ok(Manifest { files: vec![] }));
    }

    #[test]
    fn paths_stay_inside() {
        for path in ["a.json", "a/b c/d.json", "..a/b", "./a.json"] {
            assert!(stays_inside(path), "{path}");
        }
        for path in
            ["", "/etc/passwd", "../a", "a/../../b", "a/..", "a//b", "C:a", "c:/a", "a\\b", "\\\\server\\a", "a\0"]
        {
            assert!(!stays_inside(path), "{path}");
        }
    }

    #[test]
    fn what_is_wrong_is_told() {
        let of_file = |fields: &str| format!("{{\"version\": 1, \"files\": [{{\"path\": \"a.json\", {fields}}}]}}");
        for (text, expected) in [
            (String::new(), "the file is empty; export it again (an export of nothing is `[]`)"),
            ("{}".into(), "version `` is unknown, expected `1`; this release cannot read it"),
            (
                "{\"version\": 2, \"new\": 1}".into(),
                "version `2` is unknown, expected `1`; this release cannot read it",
            ),
            ("{\"version\": 1,".into(), "line 1: the JSON text ends too early, the file is cut off; export it again"),
            ("{\"version\": 1}".into(), "line 1: missing field `files`"),
            ("[1]".into(), "line 1: found an array, expected an object with `version` and `files`"),
            (
                "{\"version\": 1, \"files\": [2]}".into(),
                "line 1: invalid type: integer `2`, expected an object with `path` and `kind`",
            ),
            (
                of_file("\"kind\": \"roles\""),
                "`a.json`: kind `roles` is unknown, expected one of `role_assignments`, `role_definitions`",
            ),
            (
                of_file("\"kind\": \"activity_log\""),
                "`a.json`: `taken_at`: found ``, expected an instant such as `2026-10-04T08:30:00Z`",
            ),
            (
                of_file("\"kind\": \"activity_log\", \"taken_at\": \"today\""),
                "`a.json`: `taken_at`: found `today`, expected an instant such as `2026-10-04T08:30:00Z`",
            ),
            (of_file("\"kind\": \"activity_log\", \"subscription\": \"s\""), "line 1: unknown field `subscription`"),
            (
                "{\"version\": 1, \"files\": [{\"path\": \"../a\", \"kind\": \"x\"}]}".into(),
                "`../a` is not a path inside the folder, expected one such as `contoso/role_assignments.json`",
            ),
        ] {
            let error = parse(&text).unwrap_err();
            assert!(error.starts_with(&format!("manifest.json: {expected}")), "{text}: {error}");
        }
    }
}
