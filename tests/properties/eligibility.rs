//! Verdicts: blind to what was paid, complete, one primary.

use std::collections::BTreeSet;

use pec_core::eligibility::{Group, Outcome, RuleId, rule, rules};
use pec_core::engine::Engine;
use pec_core::money::Amount;
use pec_core::normalise::Record;
use pec_core::reconcile::Decision;
use proptest::prelude::*;

use crate::strategies::{Cells, record};
use crate::support::{engine, folder};

fn decide(engine: &Engine, cells: &Cells) -> Decision {
    let mut record = Record::new(cells.iter().map(|(name, text)| (*name, text.as_str()))).unwrap();
    engine.decide(&record.line().unwrap()).unwrap()
}

proptest! {
    #[test]
    fn prop_findings_are_in_rank_order_and_the_first_is_primary(cells in record()) {
        let decision = decide(&engine(), &cells);
        let findings: Vec<RuleId> = decision.verdict.findings().map(|reason| reason.rule()).collect();
        let ranks: Vec<u8> = findings.iter().map(|id| rule(*id).rank).collect();
        prop_assert!(ranks.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", findings);
        prop_assert_eq!(decision.verdict.primary().map(|reason| reason.rule()), findings.first().copied());
        let by_design = findings.iter().any(|id| rule(*id).group == Group::ByDesign);
        prop_assert_eq!(decision.verdict.outcome() == Outcome::Ineligible, by_design);
        prop_assert_eq!(findings.contains(&RuleId::NoAccessEvidence), !by_design);
    }

    #[test]
    fn prop_the_verdict_does_not_see_what_was_paid(cells in record(), percent in "0|15|10|") {
        let mut otherwise = cells.clone();
        otherwise.insert("PartnerEarnedCreditPercentage", percent);
        let engine = engine();
        prop_assert_eq!(decide(&engine, &cells).verdict, decide(&engine, &otherwise).verdict);
    }

    #[test]
    fn prop_credit_is_nothing_or_the_rate_of_the_list_cost(cells in record()) {
        let mut record = Record::new(cells.iter().map(|(name, text)| (*name, text.as_str()))).unwrap();
        let line = record.line().unwrap();
        let decision = engine().decide(&line).unwrap();
        prop_assert_eq!(decision.list_cost, line.list_cost.amount());
        prop_assert_eq!(decision.credit, line.list_cost.share(decision.paid));
        prop_assert_eq!(decision.credit == Amount::ZERO, decision.paid.is_zero());
        let design = decision.verdict.outcome() == Outcome::Ineligible;
        let fifteen = pec_core::money::Rate::from_percent("15".parse().unwrap()).unwrap();
        let possible = if design { Amount::ZERO } else { line.list_cost.share(fifteen) };
        prop_assert_eq!(decision.potential_credit, possible);
    }

    #[test]
    fn prop_every_finding_names_its_column(cells in record()) {
        for reason in decide(&engine(), &cells).verdict.findings() {
            match reason.column() {
                Some("UnitPrice") => prop_assert!(["UnitPrice", "Quantity"].iter().any(|name| cells[name].bytes().all(|b| b"-0.".contains(&b)))),
                Some(column) => prop_assert!(!cells[column].is_empty(), "{column} is blank"),
                None => prop_assert_eq!(reason.rule(), RuleId::NoAccessEvidence),
            }
        }
    }
}

#[test]
fn every_reason_is_reached_by_a_golden_case() {
    let mut reached = BTreeSet::new();
    let files = |stage: &str| std::fs::read_dir(folder("tests/golden").join(stage)).unwrap();
    for file in files("eligibility").chain(files("access")) {
        let document: serde_json::Value =
            serde_json::from_slice(&std::fs::read(file.unwrap().path()).unwrap()).unwrap();
        for case in document["cases"].as_array().unwrap() {
            // Cases of access expect something of each of their lines.
            let lines = case["expect"].as_array().map_or(std::slice::from_ref(&case["expect"]), Vec::as_slice);
            reached.extend(lines.iter().filter_map(|line| line["primary"].as_str().map(str::to_owned)));
        }
    }
    let all: BTreeSet<String> = rules().iter().map(|rule| rule.id.to_string()).collect();
    assert_eq!(reached, all);
}
