//! Partner files and evidence written as JSON, the way golden cases hold them.

use std::ops::ControlFlow;

use pec_core::access::{Access, Comparison, Evidence};
use pec_core::engine::Engine;
use pec_core::normalise::evidence::{Manifest, read};
use pec_core::partner::Partner;
use pec_core::read::Input;
use pec_core::report::{AtStake, UsageAtStake};
use serde_json::{Map, Value};

/// The partner of a partner file whose tables and keys stand as JSON.
pub fn partner_of(partner: &Value) -> Partner {
    let text: String = (partner.as_object().expect("a partner file").iter())
        .map(|(name, value)| format!("{name} = {}\n", toml_of(value)))
        .collect();
    Partner::from_toml("partner.toml", &text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// A value of JSON as TOML writes it on one line.
fn toml_of(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let fields: Vec<_> = fields.iter().map(|(name, value)| format!("{name} = {}", toml_of(value))).collect();
            format!("{{{}}}", fields.join(", "))
        }
        Value::Array(values) => format!("[{}]", values.iter().map(toml_of).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

/// The evidence of a folder: its manifest, and the content of each file of it.
pub fn evidence_of(manifest: &Value, files: &Map<String, Value>) -> Evidence {
    evidence_with_issues(manifest, files, 0)
}

/// The same, of which so many entries cannot be read.
pub fn evidence_with_issues(manifest: &Value, files: &Map<String, Value>, unread: usize) -> Evidence {
    let manifest = Manifest::parse("manifest.json", manifest.to_string().as_bytes()).unwrap_or_else(|e| panic!("{e}"));
    let (mut evidence, mut issues) = (Evidence::new(), Vec::new());
    for file in &manifest.files {
        let content = files.get(&file.path).unwrap_or_else(|| panic!("there is no {}", file.path)).to_string();
        let summary = read(&mut evidence, &file.input(content.as_bytes())).unwrap_or_else(|error| panic!("{error}"));
        issues.extend(summary.issues);
    }
    assert_eq!(issues.len(), unread, "{issues:?}");
    assert_eq!(manifest.files.len(), files.len(), "each file stands in the manifest");
    evidence
}

/// The evidence of a folder, `{"manifest", "files", "unread"}`.
pub fn folder_of(folder: &Value) -> Evidence {
    let files = folder["files"].as_object().expect("files");
    let unread = folder["unread"].as_u64().map_or(0, |unread| usize::try_from(unread).expect("few"));
    evidence_with_issues(&folder["manifest"], files, unread)
}

/// The access that a partner file and a folder show.
pub fn access_of(partner: &Value, folder: &Value) -> Access {
    Access::new(partner_of(partner), folder_of(folder))
}

/// The credit at stake in a file of usage.
pub fn at_stake(engine: &Engine, compared: &Comparison<'_>, usage: &[u8]) -> UsageAtStake {
    let mut found = AtStake::new(compared);
    engine
        .stream(Input::new("usage.jsonl", usage), &mut |_, row| {
            found.add(row).expect("small sums fit");
            ControlFlow::Continue(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
    found.finish()
}
