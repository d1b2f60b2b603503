//! Two exports compared.

use std::collections::{BTreeMap, BTreeSet};

use pec_core::access::{Change, Comparison, Covered, GrantChange, NotCompared, Side};
use pec_core::eligibility::Outcome;
use pec_core::money::Amount;
use pec_core::normalise::Record;
use pec_core::programme::Programme;
use pec_core::report::{Credit, DiffReport};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::json;

use crate::support::access::{at_stake, partner_of};
use crate::support::engine;
use crate::worlds::{World, world};

const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";

/// After everything that is exported.
const LATER: &str = "2027-03-01";

/// Two exports of one partner, the new ones the old with entries changed and files taken out, or others.
fn worlds() -> impl Strategy<Value = (World, World)> {
    let taken = prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 0..4);
    (world(), world(), taken, prop::bool::weighted(0.2), prop::bool::weighted(0.3)).prop_map(
        |(old, other, taken, files_too, others)| {
            let mut old = old;
            // Without it hardly any grant counts.
            old.partner["partner"]["agent_groups"] = json!(["agents"]);
            let mut new = if others { other } else { old.clone() };
            new.partner = old.partner.clone();
            for (index, changed) in taken {
                if files_too && !new.files.is_empty() {
                    new.files.remove(index.index(new.files.len()));
                    continue;
                }
                let mut files: Vec<_> = new.files.iter_mut().filter(|file| !file.entries.is_empty()).collect();
                if files.is_empty() {
                    break;
                }
                let file = files.swap_remove(index.index(files.len()));
                let place = index.index(file.entries.len());
                let role = file.entries[place].get_mut("roleDefinitionId").filter(|_| changed);
                match role {
                    Some(role) => *role = READER.into(),
                    None => drop(file.entries.remove(place)),
                }
            }
            if entries_are_even(&new) { (old, new) } else { (new, old) }
        },
    )
}

/// Half of the pairs are turned round, by what is in them.
fn entries_are_even(world: &World) -> bool {
    world.files.iter().map(|file| file.entries.len()).sum::<usize>() % 2 == 0
}

fn compared<'p>(old: &World, new: &World, programme: &'p Programme) -> Comparison<'p> {
    Comparison::new(&partner_of(&old.partner), old.evidence(), new.evidence(), programme)
}

/// Place, scope, role, principal, managing tenant of a grant.
type Named = (String, String, String, String, Option<String>);

fn names(changes: &[GrantChange]) -> BTreeSet<Named> {
    let name = |change: &GrantChange| {
        let grant = &change.grant;
        let (role, principal) = (grant.role.clone(), grant.principal.clone());
        (change.place.clone(), grant.scope.clone(), role, principal, grant.managing_tenant.clone())
    };
    changes.iter().map(name).collect()
}

fn not_shown(list: &[NotCompared], side: Side) -> Vec<&NotCompared> {
    list.iter().filter(|found| found.shown_too_little == side).collect()
}

const RESOURCES: [&str; 4] = [
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/a",
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/b",
    "/subscriptions/s/resourceGroups/h/providers/x/y/c",
    "/subscriptions/t/resourceGroups/g/providers/x/y/d",
];

/// A line of usage on each resource for each reseller, as columns; the Spot line of each earns nothing.
fn columns(day: &str) -> Vec<BTreeMap<&'static str, String>> {
    let mut lines = Vec::new();
    for (number, resource) in RESOURCES.iter().enumerate() {
        for (reseller, meter) in [("", "B1"), ("2", "B1"), ("7", "B1"), ("", "D2 Spot")] {
            let parts: Vec<_> = resource.split('/').collect();
            lines.push(BTreeMap::from([
                ("UsageDate", day.to_owned()),
                ("CustomerId", "customer".to_owned()),
                ("EntitlementId", parts[2].to_owned()),
                ("ResourceGroup", parts[4].to_owned()),
                ("ResourceURI", (*resource).to_owned()),
                ("Tier2MpnId", reseller.to_owned()),
                ("MeterName", meter.to_owned()),
                ("UnitPrice", format!("1.00{number}")),
                ("Quantity", format!("3.{}", reseller.len() + meter.len())),
                ("CreditType", "Credit Not Applied".to_owned()),
            ]));
        }
    }
    lines
}

/// What the engine says of each line, with exports that are taken to hold on.
fn judged(world: &World) -> Vec<(Outcome, Amount)> {
    let mut world = world.clone();
    world.partner["assumptions"] = json!({"unchanged": true, "unchanged_until": "2099-01-01"});
    let engine = world.engine();
    let judge = |columns| {
        let mut record = Record::new(columns).unwrap();
        let line = record.line().unwrap();
        (engine.judge(&line).outcome(), engine.decide(&line).unwrap().potential_credit)
    };
    columns(LATER).into_iter().map(judge).collect()
}

fn sum(credits: impl IntoIterator<Item = Amount>) -> Amount {
    credits.into_iter().fold(Amount::ZERO, |sum, credit| sum.checked_add(credit).unwrap())
}

fn credit_of(credits: &[Credit]) -> Amount {
    sum(credits.iter().map(|credit| credit.credit))
}

proptest! {
    #[test]
    fn prop_an_export_compared_with_itself_shows_no_change(world in world()) {
        let programme = Programme::builtin().unwrap();
        let compared = compared(&world, &world, &programme);
        let diff = compared.diff();
        prop_assert!(diff.lost.is_empty() && diff.gained.is_empty() && diff.not_compared.is_empty(), "{diff:?}");
        prop_assert!(!diff.has_loss());
        prop_assert_eq!((diff.unchanged, diff.old), (diff.new.carrying, diff.new));
    }

    #[test]
    fn prop_what_is_gone_one_way_is_new_the_other((old, new) in worlds()) {
        let programme = Programme::builtin().unwrap();
        let (there, back) = (compared(&old, &new, &programme), compared(&new, &old, &programme));
        let (there, back) = (there.diff(), back.diff());
        prop_assert_eq!(names(&there.lost), names(&back.gained));
        prop_assert_eq!(names(&there.gained), names(&back.lost));
        // Every grant that carried PEC is told of once; a part of one that is denied, besides.
        let others = there.unchanged + not_shown(&there.not_compared, Side::New).len();
        prop_assert!(others <= there.old.carrying && there.old.carrying <= others + there.lost.len());
        let of = |list: Vec<&NotCompared>| list.into_iter().map(|found| (found.place.clone(), found.grant.clone())).collect::<Vec<_>>();
        prop_assert_eq!(of(not_shown(&there.not_compared, Side::New)), of(not_shown(&back.not_compared, Side::Old)));
        for change in &there.lost {
            prop_assert_eq!(change.covered == Covered::Yes, !change.covered_by.is_empty(), "{:?}", change);
        }
    }

    #[test]
    fn prop_the_credit_at_stake_is_the_drop_that_the_engine_computes((old, new) in worlds()) {
        let engine = engine();
        let compared = compared(&old, &new, engine.programme());
        let lines: Vec<_> = columns("2026-06-05").iter().map(|line| serde_json::to_string(line).unwrap()).collect();
        let found = at_stake(&engine, &compared, lines.join("\n").as_bytes());
        let judged: Vec<_> = judged(&old).into_iter().zip(judged(&new)).collect();
        let drop = |from: Outcome, to: Outcome| {
            let fell = judged.iter().filter(|((before, _), (now, _))| (*before, *now) == (from, to));
            sum(fell.map(|((_, credit), _)| *credit))
        };
        prop_assert_eq!(credit_of(&found.lost), drop(Outcome::Eligible, Outcome::Ineligible));
        prop_assert_eq!(credit_of(&found.not_told), drop(Outcome::Eligible, Outcome::Undetermined));
        prop_assert_eq!(credit_of(&found.gained), drop(Outcome::Ineligible, Outcome::Eligible));
        let lost = credit_of(&found.lost);
        let report = DiffReport::new(compared.diff(), Some(found));
        for row in &report.lost {
            prop_assert!(!lost.checked_sub(credit_of(&row.credit)).unwrap().to_string().starts_with('-'));
            // What is still covered costs nothing.
            prop_assert!(row.change.covered != Covered::Yes || row.credit.is_empty(), "{row:?}");
        }
    }
}

/// Pairs that show always the same would prove little.
#[test]
fn two_worlds_reach_every_change() {
    let programme = Programme::builtin().unwrap();
    let (mut runner, mut reached) = (TestRunner::deterministic(), BTreeMap::new());
    for _ in 0..1_500 {
        let (old, new) = worlds().new_tree(&mut runner).unwrap().current();
        let compared = compared(&old, &new, &programme);
        let diff = compared.diff();
        for change in diff.lost.iter().chain(&diff.gained) {
            let name = match change.change {
                Change::Gone { .. } => "gone",
                Change::Downgraded { .. } => "downgraded",
                Change::TimeBound { .. } => "time_bound",
                Change::Denied => "denied",
                Change::Unlinked => "unlinked",
                Change::Undetermined => "undetermined",
                Change::New => "new",
                _ => "other",
            };
            *reached.entry(name).or_insert(0) += 1;
        }
        *reached.entry("not compared").or_insert(0) += diff.not_compared.len();
        *reached.entry("unchanged").or_insert(0) += diff.unchanged;
    }
    println!("{reached:?}");
    for name in ["gone", "downgraded", "denied", "unlinked", "new", "not compared", "unchanged"] {
        assert!(reached.get(name).is_some_and(|times| *times > 0), "{name} is not reached: {reached:?}");
    }
}
