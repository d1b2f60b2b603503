//! The order of the house, read from the sources: who imports whom, every rule and parameter complete, nothing that the core must
//! not know.

mod support;

#[path = "../examples/rules_page.rs"]
#[allow(dead_code, reason = "its `main` belongs to the example")]
mod rules_page;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use pec_core::eligibility::{Group, RuleId, rule, rules};
use pec_core::programme::Programme;
use serde_json::Value;

use support::folder;

/// Which modules of `pec-core` a module may import, besides its own parts. Data goes from top to bottom.
const MAY_IMPORT: [(&str, &str); 25] = [
    ("money", ""),
    // The form of bytes; what they hold stands beside what is saved.
    ("saved", "money"),
    ("ids", ""),
    ("day", ""),
    ("product", "day lookup money saved"),
    ("programme", ""),
    ("read", ""),
    ("testing", ""),
    // The published arithmetic of invoices, and their lines.
    ("invoice", "day ids money product"),
    ("partner", "day saved"),
    ("resource", "ids"),
    ("lookup", "read"),
    // Plans from figures that are given; sees no usage.
    ("credit_offer", "money partner programme"),
    ("usage", "day ids money product"),
    // Knows no usage line and no reader: what exports show, and when it held.
    ("access", "day lookup partner programme resource saved"),
    // Sees lines and what the rules found on them, never what was paid.
    ("drawdown", "credit_offer day eligibility lookup money saved usage"),
    ("normalise", "access day drawdown ids invoice lookup money product read resource usage"),
    // Without `read` and `normalise`, and blind to what was paid: `reconcile`.
    ("eligibility", "access day ids money product programme usage"),
    ("accrual", "eligibility money"),
    ("reconcile", "accrual drawdown eligibility money usage"),
    // A ledger keeps what the file shows of access, and gaps are found in ledgers: the two are one stage.
    ("observed", "day drawdown eligibility ledger lookup money reconcile saved usage"),
    ("ledger", "access day drawdown eligibility lookup money normalise observed reconcile saved usage"),
    ("tie_out", "day drawdown invoice ledger lookup money normalise product read"),
    (
        "report",
        "access credit_offer day drawdown eligibility ids ledger lookup money normalise observed partner programme reconcile resource tie_out usage",
    ),
    (
        "engine",
        "access credit_offer day drawdown eligibility ledger lookup money normalise product programme read reconcile tie_out usage",
    ),
];

/// Every Rust file under a folder.
fn sources(under: &str) -> Vec<PathBuf> {
    let (mut found, mut waiting) = (Vec::new(), vec![folder(under)]);
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "{under} has no sources");
    found
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The code of a file: without comments, and without its tests.
fn code(path: &Path) -> String {
    let text = read(path);
    let shipped = text.split("#[cfg(test)]\nmod tests").next().unwrap();
    let lines = shipped.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.map(|line| line.split(" // ").next().unwrap()).collect::<Vec<_>>().join("\n")
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
}

/// The module of `pec-core` that a file belongs to.
fn module_of(path: &Path) -> String {
    let inside = path.strip_prefix(folder("pec-core/src")).unwrap();
    let first = inside.components().next().unwrap().as_os_str().to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

/// Modules named after `crate::` in code, also inside braces.
fn imports(code: &str) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    for (at, name) in code.match_indices("crate::") {
        let rest = &code[at + name.len()..];
        let names = match rest.strip_prefix('{') {
            Some(group) => group.split('}').next().unwrap().split(',').collect(),
            None => vec![rest],
        };
        found.extend(
            names
                .into_iter()
                .filter_map(|name| words(name.trim()).next())
                .filter(|name| name.starts_with(|c: char| c.is_ascii_lowercase())),
        );
    }
    found
}

#[test]
fn imports_go_one_way() {
    let table: BTreeMap<&str, BTreeSet<&str>> =
        MAY_IMPORT.iter().map(|(module, others)| (*module, others.split_whitespace().collect())).collect();
    let mut wrong = Vec::new();
    let mut used: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for path in sources("pec-core/src") {
        let module = module_of(&path);
        if module == "lib" {
            continue;
        }
        let allowed = table
            .get(module.as_str())
            .unwrap_or_else(|| panic!("`{module}` has no line in the table: say what it may import"));
        for import in imports(&code(&path)) {
            if import != module && !allowed.contains(import) {
                wrong.push(format!("{} imports `{import}`", path.display()));
            }
            used.entry(module.clone()).or_default().insert(import.to_owned());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for module in table.keys() {
        assert!(folder("pec-core/src").join(format!("{module}.rs")).exists(), "there is no module `{module}`");
    }
    assert!(used["engine"].contains("eligibility"), "imports are seen at all");
}

#[test]
fn a_rule_imports_no_other_rule() {
    for path in sources("pec-core/src/eligibility/rules") {
        let code = code(&path);
        for id in RuleId::ALL {
            for way in ["super::", "rules::"] {
                assert!(!code.contains(&format!("{way}{id}")), "{} names the rule {id}", path.display());
            }
        }
        assert!(!code.contains("super::super::rules") && !code.contains("super::*"), "{}", path.display());
        for never in ["read", "normalise", "reconcile", "ledger", "engine", "accrual"] {
            assert!(!imports(&code).contains(never), "{} imports `{never}`", path.display());
        }
    }
}

#[test]
fn every_rule_is_complete() {
    let files: BTreeSet<String> = sources("pec-core/src/eligibility/rules")
        .iter()
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    let ids: BTreeSet<String> = RuleId::ALL.iter().map(ToString::to_string).collect();
    assert_eq!(files, ids, "a file for each rule and a rule in each file");
    assert_eq!(rules().len(), RuleId::ALL.len());
    let access_cases: Vec<_> = (std::fs::read_dir(folder("tests/golden/access")).unwrap())
        .flat_map(|file| golden_findings(&file.unwrap().path()))
        .collect();
    for id in RuleId::ALL {
        let text = read(&folder("pec-core/src/eligibility/rules").join(format!("{id}.rs")));
        for heading in ["# Why", "# Example", "# In force", "# Source"] {
            assert!(text.contains(&format!("//! {heading}\n")), "{id} has no heading `{heading}`");
        }
        assert!(text.starts_with(&format!("//! `{id}`: ")), "{id} begins with another name");
        // Rules of one column have a file of cases each; those of access are told apart by whole worlds of evidence.
        let (cases, place) = match rule(*id).group {
            Group::ByDesign => {
                let file = folder("tests/golden/eligibility").join(format!("{id}.json"));
                (golden_findings(&file), file.display().to_string())
            }
            _ => (access_cases.clone(), "tests/golden/access".to_owned()),
        };
        let flagged = cases.iter().filter(|findings| findings.contains(id.as_str())).count();
        assert!(flagged > 0, "no case in {place} is flagged {id}");
        assert!(flagged < cases.len(), "no case in {place} is nearly flagged {id}, and not");
    }
}

/// The findings of each line of a file of golden cases.
fn golden_findings(path: &Path) -> Vec<BTreeSet<String>> {
    let document: Value = serde_json::from_str(&read(path)).unwrap();
    let lines = document["cases"].as_array().unwrap().iter().flat_map(|case| match &case["expect"] {
        Value::Array(lines) => lines.clone(),
        one => vec![one.clone()],
    });
    let ids =
        |line: Value| line["findings"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect();
    lines.map(ids).collect()
}

#[test]
fn every_parameter_has_a_source_and_an_end_of_what_is_verified() {
    let text = Programme::builtin_parameters();
    let mut entries = 0;
    for block in text.split("\n[").skip(1) {
        let name = block.lines().next().unwrap().trim_matches(['[', ']']);
        if block.starts_with('[') {
            entries += 1;
            let source = block
                .lines()
                .find(|line| line.starts_with("source = {"))
                .unwrap_or_else(|| panic!("{name} has no source"));
            for part in ["document = \"", "dated = ", "location = \""] {
                assert!(source.contains(part), "the source of {name} has no {part}");
            }
            let status = ["documented", "inferred", "conflicting"].map(|status| format!("status = \"{status}\""));
            assert!(status.iter().any(|status| block.contains(status)), "{name} has no status");
            let value = block.lines().find_map(|line| line.strip_prefix("value = "));
            assert!(
                value.is_none_or(|value| !value.starts_with(|c: char| c.is_ascii_digit() || c == '-')),
                "{name}: {value:?} would pass through a float"
            );
        } else {
            assert!(block.contains("verified_through = "), "{name} does not say until when it was verified");
        }
    }
    assert!(entries >= 10, "{entries} entries are too few to be all");
}

#[test]
fn modules_are_small() {
    for path in sources("pec-core/src").into_iter().chain(sources("pec-py/src")) {
        let lines = read(&path).lines().count();
        assert!(lines <= 500, "{} has {lines} lines: split it", path.display());
    }
}

#[test]
fn the_core_knows_no_float_no_clock_and_no_files() {
    for path in sources("pec-core/src") {
        let code = code(&path);
        if let Some(float) = words(&code).find(|word| matches!(*word, "f32" | "f64")) {
            panic!("{} names {float}", path.display());
        }
        for never in [
            "std::fs",
            "std::env",
            "std::net",
            "std::process",
            "SystemTime",
            "Instant::now",
            "HashMap",
            "HashSet",
            "println!",
        ] {
            assert!(!code.contains(never), "{} names {never}", path.display());
        }
    }
}

#[test]
fn the_page_of_rules_is_not_stale() {
    let page = rules_page::page().unwrap();
    let kept = read(&folder("pec-core/docs/rules.md"));
    assert_eq!(kept, page, "run `cargo run --example rules_page > pec-core/docs/rules.md`");
}

/// Each property is one line of the table in `tests/README.md`, and the other way round.
#[test]
fn the_table_of_properties_is_whole() {
    let mut written = BTreeSet::new();
    for path in sources("tests/properties") {
        let text = read(&path);
        let mut test = false;
        for line in text.lines() {
            match line.trim().strip_prefix("fn ").and_then(|rest| words(rest).next()) {
                Some(name) if test => {
                    written.insert(format!("{}::{name}", path.file_stem().unwrap().to_string_lossy()));
                    test = false;
                }
                _ => test |= line.trim() == "#[test]",
            }
        }
    }
    let listed: BTreeSet<String> = read(&folder("tests/README.md"))
        .lines()
        .filter_map(|line| {
            line.strip_prefix("| `")?.split('`').next().filter(|name| name.contains("::")).map(str::to_owned)
        })
        .collect();
    assert_eq!(listed, written);
}
