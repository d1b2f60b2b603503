//! Random evidence of access against the independent oracle: partner file, exports in real shapes, usage; every line compared.

mod support;

use std::collections::BTreeMap;
use std::path::Path;

use pec_core::access::{Access, Evidence};
use pec_core::eligibility::RuleId;
use pec_core::engine::Engine;
use pec_core::normalise::evidence::{EvidenceIssue, Manifest, read};
use pec_core::partner::Partner;
use pec_core::read::Input;
use pec_core::report::Report;
use serde_json::{Value, json};

use support::{json_of, worlds_of_oracle};

const SEED: u64 = 20_271_104;
const WORLDS: usize = 320;
const AT_LEAST_LINES: usize = 10_000;

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The engine with files of evidence in the order of the manifest, or turned around; a world may have no partner file.
fn engine_of(world: &Path, turned: bool) -> Engine {
    let engine = support::engine();
    if !world.join("partner.toml").exists() {
        return engine;
    }
    let partner = Partner::from_toml("partner.toml", &text(&world.join("partner.toml")))
        .unwrap_or_else(|error| panic!("{}: {error}", world.display()));
    let manifest = Manifest::parse("manifest.json", text(&world.join("evidence/manifest.json")).as_bytes())
        .unwrap_or_else(|error| panic!("{}: {error}", world.display()));
    let mut files: Vec<_> = manifest.files.iter().collect();
    if turned {
        files.reverse();
    }
    let mut evidence = Evidence::new();
    for file in files {
        let content = std::fs::read(world.join("evidence").join(&file.path)).unwrap();
        let summary =
            read(&mut evidence, &file.input(&content)).unwrap_or_else(|error| panic!("{}: {error}", world.display()));
        // Principals of deny assignments are cut off here and there.
        let cut_off = |issue: &EvidenceIssue| issue.found == "PSPrincipal";
        assert!(summary.issues.iter().all(cut_off), "{}: {:?}", world.display(), summary.issues);
    }
    engine.with_access(Access::new(partner, evidence))
}

/// The first difference of each world, of the first worlds.
fn first_of_each(different: &[(String, String)]) -> Vec<String> {
    let mut first: BTreeMap<&str, &str> = BTreeMap::new();
    for (world, text) in different {
        first.entry(world).or_insert(text);
    }
    first.into_iter().take(12).map(|(world, text)| format!("{world}\n{text}")).collect()
}

/// What the engine makes of every line, as the oracle writes it.
fn rows(engine: &Engine, usage: &str) -> Vec<Value> {
    let mut rows = Vec::new();
    engine
        .stream(Input::new("usage.csv", usage.as_bytes()), &mut |row, result| {
            let (_, decision) = result.unwrap_or_else(|issue| panic!("{issue}"));
            let findings: Vec<_> = decision.verdict.findings().map(|reason| reason.rule().as_str()).collect();
            rows.push(json!({
                "row": row,
                "outcome": format!("{:?}", decision.verdict.outcome()).to_lowercase(),
                "primary": findings.first(),
                "findings": findings,
                "standing": decision.standing,
            }));
            std::ops::ControlFlow::Continue(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
    rows
}

#[test]
fn every_line_is_what_the_oracle_says() {
    let (mut lines, mut different, mut reached) = (0, Vec::new(), BTreeMap::new());
    for world in worlds_of_oracle("access_run.py", SEED, WORLDS) {
        let name = world.file_name().unwrap().to_string_lossy().into_owned();
        let expected: Value = serde_json::from_str(&text(&world.join("expected.json"))).unwrap();
        let usage = text(&world.join("usage.csv"));
        let engine = engine_of(&world, false);
        let found = rows(&engine, &usage);
        let turned = engine_of(&world, true);
        assert_eq!(found, rows(&turned, &usage), "{name}: the order of reading evidence matters");
        let expected_rows = expected["rows"].as_array().unwrap();
        assert_eq!(found.len(), expected_rows.len(), "{name}");
        for (found, expected) in found.iter().zip(expected_rows) {
            lines += 1;
            for finding in found["findings"].as_array().unwrap() {
                *reached.entry(finding.as_str().unwrap().to_owned()).or_insert(0) += 1;
            }
            if found != expected {
                different.push((name.clone(), format!("  oracle {expected}\n  found  {found}")));
            }
        }
        let ledger = engine.reconcile([Input::new("usage.csv", usage.as_bytes())], &Default::default()).unwrap();
        let sums = json_of(&Report::new(&ledger, engine.programme()).unwrap())["sums"].take();
        if sums != expected["sums"] {
            different.push((name, format!("  sums of the oracle {}\n  found  {sums}", expected["sums"])));
        }
    }
    println!("{WORLDS} worlds, {lines} lines, {reached:?}");
    assert!(
        different.is_empty(),
        "{} differences, the first:\n{}",
        different.len(),
        first_of_each(&different).join("\n")
    );
    assert!(lines >= AT_LEAST_LINES, "{lines} lines are too few: raise the number of worlds");
    // The worlds have no price lists.
    let by_prices = [RuleId::ThirdPartyProduct, RuleId::NotInPriceList];
    for rule in pec_core::eligibility::rules().iter().filter(|rule| !by_prices.contains(&rule.id)) {
        assert!(reached.contains_key(rule.id.as_str()), "no line reaches {}", rule.id);
    }
}
