//! Access: worlds in which grants are held and lost, of which exports show a part.

use std::collections::{BTreeMap, BTreeSet};

use pec_core::access::{AccessPath, AccessStretch, Assumption, Counts};
use pec_core::day::IntervalSet;
use pec_core::eligibility::{Group, Outcome, RuleId, Verdict, rules};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::support::shuffle;
use crate::worlds::{Grant, PRINCIPALS, ROLES, World, entry, lines, unclear_delegations, world};

/// A role that earns and that no grant of a world has.
const UNUSED: &str = "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"; // User Access Administrator
/// What may be taken away without making more certain; without the others less is known to fail or to be asked for.
const REMOVED: [&str; 5] =
    ["role_assignments", "lighthouse_assignments", "change_log", "group_members", "management_groups"];

fn level(verdict: &Verdict) -> u8 {
    match verdict.outcome() {
        Outcome::Ineligible => 0,
        Outcome::Undetermined => 1,
        Outcome::Eligible => 2,
    }
}

/// The world where nothing changes unseen, or where that is not taken for granted.
fn assuming(world: &World, unchanged: bool) -> World {
    let mut world = world.clone();
    world.partner["assumptions"] = json!({"unchanged": unchanged});
    world
}

fn ids(verdict: &Verdict) -> Vec<RuleId> {
    verdict.findings().map(|reason| reason.rule()).collect()
}

proptest! {
    #[test]
    fn prop_a_counting_grant_never_lowers_the_credit(world in world(), lines in lines(), since in -200_i64..700) {
        let mut world = world;
        world.partner["partner"]["agent_groups"] = json!(["agents"]);
        let scope = "/subscriptions/s";
        let counting = Grant {
            scope, role: UNUSED, principal: PRINCIPALS[0], tenant: None, eligible_only: false, conditional: false, held: since..9_999,
        };
        let more = world.and("role_assignments", entry(&counting, true));
        for (before, after) in world.verdicts(&lines).iter().zip(more.verdicts(&lines)) {
            prop_assert!(level(&after) >= level(before), "{:?} became {:?}", ids(before), ids(&after));
        }
    }

    #[test]
    fn prop_a_third_partners_grant_never_changes_it(
        world in world(), lines in lines(), delegated: bool, since in -200_i64..700, unclear in unclear_delegations(),
    ) {
        let third = Grant {
            scope: "/subscriptions/s", role: ROLES[0], principal: ("third-agents", "ForeignGroup"), tenant: delegated.then_some("third"),
            eligible_only: false, conditional: false, held: since..9_999,
        };
        let mut world = world;
        world.files.extend(unclear);
        // Were the groups of one that earns not known, the third could be it.
        world.partner["partner"]["agent_groups"] = json!(["agents"]);
        world.partner["reseller"][0]["agent_groups"] = json!(["reseller-agents"]);
        let direct = world.partner["partner"]["kind"] == "direct_bill";
        let lines: Vec<_> = lines.into_iter().filter(|line| direct || line.reseller != "7").collect();
        let more = world.and(if delegated { "lighthouse_assignments" } else { "role_assignments" }, entry(&third, true));
        for (before, after) in world.verdicts(&lines).iter().zip(more.verdicts(&lines)) {
            let seen = ids(before) == [RuleId::NoAccess] && ids(&after) == [RuleId::OnlyOtherPartnerAccess];
            prop_assert!(*before == after || seen, "{:?} became {:?}", ids(before), ids(&after));
        }
    }

    #[test]
    fn prop_less_evidence_is_only_less_certain(world in world(), lines in lines(), which: prop::sample::Index) {
        let mut world = world;
        world.partner["assumptions"] = json!({"unchanged": false});
        let may_go: Vec<_> = (0..world.files.len()).filter(|number| REMOVED.contains(&world.files[*number].kind)).collect();
        prop_assume!(!may_go.is_empty());
        let mut less = world.clone();
        less.files.remove(may_go[which.index(may_go.len())]);
        for (before, after) in world.verdicts(&lines).iter().zip(less.verdicts(&lines)) {
            // A log shows no condition, and none is assumed.
            if !before.has(RuleId::AssignmentConditional) {
                let less_certain = after.outcome() == Outcome::Undetermined || after.outcome() == before.outcome();
                prop_assert!(less_certain, "{:?} became {:?}", ids(before), ids(&after));
            }
        }
    }

    #[test]
    fn prop_the_stricter_reading_of_a_day_never_earns_more(world in world(), lines in lines()) {
        let engines = ["single_grant", "whole_day", "any_part_of_day"].map(|coverage| world.engine_covering(coverage));
        for line in &lines {
            let levels = engines.each_ref().map(|engine| level(&line.with("", |line| engine.judge(line))));
            prop_assert!(levels.is_sorted(), "{levels:?}");
        }
    }

    #[test]
    fn prop_the_order_of_evidence_changes_nothing(world in world(), lines in lines(), seed: u64) {
        let mut shuffled = world.clone();
        shuffle(&mut shuffled.files, seed);
        shuffled.files.iter_mut().for_each(|file| shuffle(&mut file.entries, seed));
        prop_assert_eq!(world.verdicts(&lines), shuffled.verdicts(&lines));
        let twice = World { files: [world.files.clone(), shuffled.files].concat(), ..world.clone() };
        prop_assert_eq!(world.verdicts(&lines), twice.verdicts(&lines), "read twice");
    }

    #[test]
    fn prop_ids_and_scopes_of_evidence_are_the_same_in_any_case(world in world(), lines in lines()) {
        let mut shouted = world.clone();
        for value in shouted.files.iter_mut().flat_map(|file| &mut file.entries) {
            shout(value);
        }
        prop_assert_eq!(world.verdicts(&lines), shouted.verdicts(&lines));
    }

    #[test]
    fn prop_the_verdict_on_access_does_not_see_what_was_paid(world in world(), lines in lines()) {
        let engine = world.engine();
        for line in &lines {
            let paid = line.with("15", |line| engine.decide(line).unwrap());
            let unpaid = line.with("0", |line| engine.decide(line).unwrap());
            prop_assert_eq!(paid.verdict, unpaid.verdict);
            prop_assert_eq!(paid.potential_credit, unpaid.potential_credit);
        }
    }

    #[test]
    fn prop_a_verdict_rests_on_an_assumption_exactly_where_it_does_not_stand_without_it(world in world(), lines in lines()) {
        let (engine, without) = (assuming(&world, true).engine(), assuming(&world, false).engine());
        for line in &lines {
            let (assuming, alone) = line.with("", |line| (engine.judge(line), without.judge(line)));
            prop_assert!(!alone.assumptions().has(Assumption::AssumedUnchanged));
            let stands = assuming.outcome() == alone.outcome();
            prop_assert_eq!(assuming.assumptions().has(Assumption::AssumedUnchanged), !stands);
        }
    }

    #[test]
    fn prop_explanations_agree_with_verdicts(world in world(), lines in lines(), unchanged: bool) {
        let engine = assuming(&world, unchanged).engine();
        for line in &lines {
            let (verdict, explained) = line.with("", |line| (engine.judge(line), engine.explain_access(line).unwrap()));
            prop_assert_eq!(verdict.outcome() == Outcome::Eligible, explained.uncovered.is_empty());
            prop_assert_eq!(verdict.has(RuleId::AccessPartOfDay) && explained.covered_minutes >= 24 * 60, false);
            prop_assert_eq!(verdict.assumptions(), explained.assumptions);
        }
    }
}

proptest! {
    #[test]
    fn prop_a_timeline_is_what_each_day_says(world in world(), lines in lines()) {
        let engine = world.engine();
        for line in &lines {
            let (explained, usage_day) =
                line.with("", |line| (engine.explain_access(line).unwrap(), line.day));
            let day = usage_day.interval();
            line.with("", |line| {
                let timeline = engine.access_timeline(line).unwrap();
                let counting = timeline.stretches.iter().filter(|stretch| stretch.counts == Counts::Yes);
                let covered: IntervalSet = counting.filter_map(AccessStretch::interval).collect();
                prop_assert_eq!(covered.covered_minutes(usage_day), explained.covered_minutes);
                for grant in &explained.grants {
                    let key = (grant.path, &*grant.scope, &*grant.role, &*grant.principal, grant.managing_tenant.as_deref());
                    let of_day = (timeline.stretches.iter())
                        .filter(|stretch| key_of(stretch) == key)
                        .filter(|stretch| stretch.interval().unwrap().from() < day.until())
                        .filter(|stretch| day.from() < stretch.interval().unwrap().until());
                    let counts: BTreeSet<_> = of_day.map(|stretch| stretch.counts).collect();
                    match grant.counts {
                        Counts::NotHeld | Counts::NotYours => prop_assert!(counts.is_empty(), "{counts:?} {grant:?}"),
                        Counts::OtherPartner => prop_assert_eq!(counts, BTreeSet::from([Counts::OtherPartner])),
                        Counts::Yes => prop_assert_eq!(counts, BTreeSet::from([Counts::Yes])),
                        Counts::No => prop_assert_eq!(counts, BTreeSet::from([Counts::No])),
                        _ => prop_assert!(!counts.is_empty(), "{grant:?}"),
                    }
                }
                Ok(())
            })?;
        }
    }

    #[test]
    fn prop_stretches_of_a_grant_do_not_overlap_and_differ_where_they_touch(world in world(), seed: u64) {
        let told = |world: &World| {
            let engine = world.engine();
            let timeline = engine.access().unwrap().timeline(engine.programme());
            let shown = |stretch: &AccessStretch<'_>| {
                let key = key_of(stretch);
                let standing = (stretch.state, stretch.assumed, stretch.counts, stretch.because);
                (format!("{key:?} {:?}", stretch.evidence().len()), stretch.span, standing)
            };
            (timeline.stretches.iter().map(shown).collect::<Vec<_>>(), timeline.not_yours)
        };
        let (stretches, _) = told(&world);
        for pair in stretches.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
            let ((_, earlier, before), (_, later, after)) = (&pair[0], &pair[1]);
            prop_assert!(earlier.until.is_some() && earlier.until <= later.from, "{pair:?}");
            prop_assert!(earlier.until < later.from || before != after, "{pair:?}");
        }
        let mut shuffled = world.clone();
        shuffled.files.iter_mut().for_each(|file| shuffle(&mut file.entries, seed));
        shuffle(&mut shuffled.files, seed);
        prop_assert_eq!(told(&world), told(&shuffled), "in any order of files and entries");
    }
}

/// What makes a grant one, in the words that are shown.
fn key_of<'a>(stretch: &AccessStretch<'a>) -> (AccessPath, &'a str, &'a str, &'a str, Option<&'a str>) {
    (stretch.path(), stretch.scope(), stretch.role(), stretch.principal(), stretch.managing_tenant())
}

/// Worlds that answer always alike would prove little.
#[test]
fn worlds_reach_every_outcome_and_reason() {
    let mut runner = TestRunner::deterministic();
    let mut reached = BTreeMap::new();
    for _ in 0..1_000 {
        let tree = (world(), lines()).new_tree(&mut runner).unwrap();
        let (world, lines) = tree.current();
        for verdict in world.verdicts(&lines) {
            ids(&verdict).into_iter().for_each(|id| *reached.entry(id.as_str()).or_insert(0) += 1);
            *reached.entry(["ineligible", "undetermined", "eligible"][usize::from(level(&verdict))]).or_insert(0) += 1;
        }
    }
    println!("{reached:?}");
    for outcome in ["ineligible", "undetermined", "eligible"] {
        assert!(reached[outcome] > 100, "{reached:?}");
    }
    for rule in rules().iter().filter(|rule| rule.group == Group::Access || rule.group == Group::Undetermined) {
        assert!(reached.contains_key(rule.id.as_str()), "{} is not reached: {reached:?}", rule.id);
    }
}

/// Ids and scopes in upper case.
fn shout(value: &mut Value) {
    const SHOUTED: [&str; 8] =
        ["id", "scope", "principalId", "roleDefinitionId", "objectId", "tenantId", "managedByTenantId", "name"];
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if SHOUTED.contains(&name.as_str()) => *text = text.to_ascii_uppercase(),
                    other => shout(other),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(shout),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
