//! Access: worlds in which grants are held and lost, of which exports show a part.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use chrono::{DateTime, TimeDelta};
use pec_core::access::{Access, AccessPath, AccessStretch, Assumption, Counts, Evidence};
use pec_core::day::IntervalSet;
use pec_core::eligibility::{Group, Outcome, RuleId, Verdict, rules};
use pec_core::engine::Engine;
use pec_core::normalise::Record;
use pec_core::programme::Programme;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::support::access::{evidence_of, partner_of};
use crate::support::{engine, shuffle};

const ROLES: [&str; 4] = [
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", // Owner
    "b24988ac-6180-42a0-ab88-20f7382dd24c", // Contributor
    "acdd72a7-3385-48ef-bd42-f606fba81ae7", // Reader
    "feedfeed-0000-4000-8000-000000000001", // a custom role
];
/// A role that earns and that no grant of a world has.
const UNUSED: &str = "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"; // User Access Administrator
const SCOPES: [&str; 5] = [
    "/subscriptions/s",
    "/subscriptions/s/resourceGroups/g",
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/a",
    "/subscriptions/t",
    "/providers/Microsoft.Management/managementGroups/above",
];
const PRINCIPALS: [(&str, &str); 6] = [
    ("agents", "ForeignGroup"),
    ("reseller-agents", "ForeignGroup"),
    ("other-agents", "ForeignGroup"),
    ("user", "User"),
    ("robot", "ServicePrincipal"),
    ("group", "Group"),
];
/// What may be taken away without making more certain; without the others less is known to fail or to be asked for.
const REMOVED: [&str; 5] =
    ["role_assignments", "lighthouse_assignments", "change_log", "group_members", "management_groups"];

/// Hours since 2026-07-01.
type Hour = i64;

/// What one grant truly was.
#[derive(Clone, Debug)]
struct Grant {
    scope: &'static str,
    role: &'static str,
    principal: (&'static str, &'static str),
    /// Delegated to this tenant.
    tenant: Option<&'static str>,
    eligible_only: bool,
    conditional: bool,
    held: Range<Hour>,
}

#[derive(Clone, Debug)]
pub(crate) struct File {
    kind: &'static str,
    facts: Value,
    pub(crate) entries: Vec<Value>,
}

/// A partner file and exports.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) partner: Value,
    pub(crate) files: Vec<File>,
}

fn instant(hour: Hour) -> String {
    (DateTime::from_timestamp(1_782_864_000, 0).unwrap() + TimeDelta::hours(hour)).to_rfc3339()
}

fn grant() -> impl Strategy<Value = Grant> {
    let tenant = prop_oneof![3 => Just(None), 1 => select(vec!["ours", "resellers", "another"]).prop_map(Some)];
    let scope = select(SCOPES.to_vec());
    let kinds = (prop::bool::weighted(0.15), prop::bool::weighted(0.1));
    let held = (-400_i64..500, prop_oneof![1_i64..500, Just(9_999)]).prop_map(|(from, hours)| from..from + hours);
    (scope, select(ROLES.to_vec()), select(PRINCIPALS.to_vec()), tenant, kinds, held).prop_map(
        |(scope, role, principal, tenant, (eligible_only, conditional), held)| Grant {
            scope: if tenant.is_some() { scope.strip_prefix(SCOPES[4]).map_or(scope, |_| SCOPES[0]) } else { scope },
            role,
            principal,
            tenant,
            eligible_only: eligible_only && tenant.is_some(),
            conditional: conditional && tenant.is_none(),
            held,
        },
    )
}

/// A grant in an export; `dated`: with its creation time.
fn entry(grant: &Grant, dated: bool) -> Value {
    let Grant { scope, role, principal: (principal, kind), .. } = grant;
    let created = dated.then(|| instant(grant.held.start));
    let Some(tenant) = grant.tenant else {
        return json!({
            "scope": scope, "roleDefinitionId": format!("/providers/Microsoft.Authorization/roleDefinitions/{role}"),
            "principalId": principal, "principalType": kind, "createdOn": created,
            "condition": if grant.conditional { "@Resource[a] StringEquals 'b'" } else { "" },
        });
    };
    let field = if grant.eligible_only { "eligibleAuthorizations" } else { "authorizations" };
    let definition =
        json!({"managedByTenantId": tenant, field: [{"principalId": principal, "roleDefinitionId": role}]});
    json!({
        "id": format!("{scope}/providers/Microsoft.ManagedServices/registrationAssignments/{tenant}"),
        "properties": {"provisioningState": "Succeeded", "registrationDefinition": {"properties": definition}},
        "systemData": {"createdAt": created},
    })
}

/// A snapshot of what is held at an hour.
fn snapshot(grants: &[Grant], kind: &'static str, at: Hour, complete: bool, dated: bool) -> File {
    let listed = |grant: &&Grant| grant.tenant.is_some() == (kind == "lighthouse_assignments");
    let held = grants.iter().filter(listed).filter(|grant| grant.held.contains(&at));
    let facts = json!({"taken_at": instant(at), "complete": complete, "subscriptions": ["s", "t"]});
    File { kind, facts, entries: held.map(|grant| entry(grant, dated)).collect() }
}

/// What a log of role assignments from an hour up to another holds.
fn log(grants: &[Grant], from: Hour, taken_at: Hour) -> File {
    let mut entries = Vec::new();
    // The log of a subscription does not know what is granted above it.
    for grant in grants.iter().filter(|grant| grant.tenant.is_none() && grant.scope != SCOPES[4]) {
        for (action, at) in [("Granted", grant.held.start), ("Revoked", grant.held.end)] {
            if (from..=taken_at).contains(&at) {
                let (principal, kind) = grant.principal;
                entries.push(json!({
                    "timestamp": instant(at), "action": action, "scope": grant.scope, "principalId": principal,
                    "principalType": kind, "roleDefinitionId": grant.role,
                }));
            }
        }
    }
    let facts = json!({
        "taken_at": instant(taken_at), "from": instant(from), "complete": true, "subscriptions": ["s", "t"],
    });
    File { kind: "change_log", facts, entries }
}

fn link(identity: &str, tenant: &str, partner: &str, since: Hour) -> Value {
    json!({
        "objectId": identity, "tenantId": tenant, "partnerId": partner, "state": "Active", "version": 1,
        "createdTime": instant(since), "updatedTime": instant(since),
    })
}

fn partner() -> impl Strategy<Value = Value> {
    let assumptions = (any::<bool>(), prop::option::of(select(vec!["2026-07-25", "2026-09-01"])));
    (prop::bool::weighted(0.6), prop::bool::weighted(0.8), prop::bool::weighted(0.8), assumptions).prop_map(
        |(direct, known, resellers_known, (unchanged, until))| {
            let groups = |known: bool, group: &str| if known { json!([group]) } else { json!([]) };
            let mut assumptions = json!({"unchanged": unchanged});
            if let Some(until) = until {
                assumptions["unchanged_until"] = until.into();
            }
            let kind = if direct { "direct_bill" } else { "indirect_provider" };
            json!({
                "partner": {"kind": kind, "tenant_id": "ours", "partner_ids": ["1"], "agent_groups": groups(known, "agents")},
                "reseller": [{"tenant_id": "resellers", "partner_ids": ["2"], "agent_groups": groups(resellers_known, "reseller-agents")}],
                "assumptions": assumptions,
            })
        },
    )
}

prop_compose! {
    pub(crate) fn world()(
        partner in partner(),
        grants in prop::collection::vec(grant(), 0..6),
        snapshots in prop::collection::vec((any::<bool>(), 200_i64..900, prop::bool::weighted(0.8), prop::bool::weighted(0.8)), 0..4),
        last in prop::option::weighted(0.8, 600_i64..900),
        logged in prop::option::of((0_i64..300, 300_i64..900)),
        asked in subsequence(vec!["user", "robot"], 0..=2),
        links in prop::collection::vec((select(vec!["user", "robot"]), select(vec!["customer", "ours"]), select(vec!["1", "2", "3"]), -400_i64..500), 0..4),
        all_asked in any::<bool>(),
        members in prop::option::of(subsequence(vec!["user", "robot", "stranger"], 0..=3)),
        above in prop::option::of(select(vec!["s", "u"])),
        denied in prop::option::weighted(0.1, -400_i64..500),
    ) -> World {
        let mut seen = BTreeSet::new();
        let grants: Vec<_> =
            grants.into_iter().filter(|g| seen.insert((g.scope, g.tenant, g.tenant.is_none().then_some((g.role, g.principal))))).collect();
        let kind = |delegations| if delegations { "lighthouse_assignments" } else { "role_assignments" };
        let mut files: Vec<_> = (snapshots.into_iter())
            .map(|(delegations, at, complete, dated)| snapshot(&grants, kind(delegations), at, complete, dated))
            .collect();
        files.extend(last.into_iter().flat_map(|at| [false, true].map(|of| snapshot(&grants, kind(of), at, true, true))));
        files.extend(logged.map(|(from, until)| log(&grants, from, until)));
        let taken_at = instant(900);
        let links: Vec<_> = links.into_iter().map(|(who, tenant, partner, since)| link(who, tenant, partner, since)).collect();
        let facts = json!({"taken_at": taken_at, "complete": all_asked, "identities": asked});
        files.push(File { kind: "partner_links", facts, entries: links });
        let user = |id: &&str| json!({"@odata.type": "#microsoft.graph.user", "id": id});
        files.extend(members.map(|members| File {
            kind: "group_members",
            facts: json!({"taken_at": taken_at, "group": "group"}),
            entries: members.iter().map(user).collect(),
        }));
        files.extend(above.map(|below| File {
            kind: "management_groups",
            facts: json!({"taken_at": taken_at}),
            entries: vec![json!({
                "id": SCOPES[4], "name": "above", "type": "Microsoft.Management/managementGroups",
                "children": [{"id": format!("/subscriptions/{below}"), "name": below, "type": "/subscriptions"}],
            })],
        }));
        files.extend(denied.map(|since| File {
            kind: "deny_assignments",
            facts: json!({"taken_at": taken_at, "complete": true, "subscriptions": ["s", "t"]}),
            entries: vec![json!({
                "id": "/subscriptions/s/providers/Microsoft.Authorization/denyAssignments/d",
                "properties": {"scope": SCOPES[1], "principals": [{"id": "user"}, {"id": "agents"}], "createdOn": instant(since)},
            })],
        }));
        World { partner, files }
    }
}

impl World {
    pub(crate) fn engine(&self) -> Engine {
        self.engine_of(engine())
    }

    /// With another answer to how much of a day access must hold.
    fn engine_covering(&self, coverage: &str) -> Engine {
        let parameters =
            Programme::builtin_parameters().replace("value = \"whole_day\"", &format!("value = \"{coverage}\""));
        self.engine_of(Engine::with_programme(Programme::from_toml(&parameters, Programme::builtin_roles()).unwrap()))
    }

    fn engine_of(&self, engine: Engine) -> Engine {
        engine.with_access(Access::new(partner_of(&self.partner), self.evidence()))
    }

    pub(crate) fn evidence(&self) -> Evidence {
        let (mut listed, mut files) = (Vec::new(), serde_json::Map::new());
        for (number, file) in self.files.iter().enumerate() {
            let path = format!("{number}.json");
            let mut facts = file.facts.clone();
            facts["path"] = path.as_str().into();
            facts["kind"] = file.kind.into();
            listed.push(facts);
            files.insert(path, file.entries.clone().into());
        }
        evidence_of(&json!({"version": 1, "files": listed}), &files)
    }

    fn verdicts(&self, lines: &[Line]) -> Vec<Verdict> {
        let engine = self.engine();
        lines.iter().map(|line| line.with("", |line| engine.judge(line))).collect()
    }

    /// With one more entry, in a file of its own that proves nothing else.
    fn and(&self, kind: &'static str, entry: Value) -> Self {
        let mut world = self.clone();
        world.files.push(File { kind, facts: json!({"taken_at": instant(1_000)}), entries: vec![entry] });
        world
    }
}

/// A usage line: a day of July, a reseller, a resource.
#[derive(Clone, Debug)]
struct Line {
    day: u32,
    reseller: &'static str,
    resource: &'static str,
}

impl Line {
    fn with<T>(&self, percent: &str, of: impl FnOnce(&pec_core::usage::UsageLine<'_>) -> T) -> T {
        let day = format!("2026-07-{:02}", self.day);
        let resource = format!("/subscriptions/s/resourceGroups/{}", self.resource);
        let mut record = Record::new([
            ("UsageDate", day.as_str()),
            ("CustomerId", "customer"),
            ("EntitlementId", "s"),
            ("ResourceGroup", self.resource.split('/').next().unwrap()),
            ("ResourceURI", &resource),
            ("Tier2MpnId", self.reseller),
            ("UnitPrice", "2"),
            ("Quantity", "3"),
            ("PartnerEarnedCreditPercentage", percent),
        ])
        .unwrap();
        of(&record.line().unwrap())
    }
}

fn lines() -> impl Strategy<Value = Vec<Line>> {
    let resource =
        select(vec!["g/providers/Microsoft.Web/sites/a", "g/providers/Microsoft.Web/sites/b", "h/providers/x/y/c"]);
    let line = (1_u32..32, select(vec!["", "2", "7"]), resource);
    prop::collection::vec(line.prop_map(|(day, reseller, resource)| Line { day, reseller, resource }), 1..6)
}

fn level(verdict: &Verdict) -> u8 {
    match verdict.outcome() {
        Outcome::Ineligible => 0,
        Outcome::Undetermined => 1,
        Outcome::Eligible => 2,
    }
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
    fn prop_a_third_partners_grant_never_changes_it(world in world(), lines in lines(), delegated: bool, since in -200_i64..700) {
        let third = Grant {
            scope: "/subscriptions/s", role: ROLES[0], principal: ("third-agents", "ForeignGroup"), tenant: delegated.then_some("third"),
            eligible_only: false, conditional: false, held: since..9_999,
        };
        let mut world = world;
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
    fn prop_explanations_agree_with_verdicts(world in world(), lines in lines(), unchanged: bool) {
        let mut world = world;
        world.partner["assumptions"] = json!({"unchanged": unchanged});
        let engine = world.engine();
        for line in &lines {
            let (verdict, explained) = line.with("", |line| (engine.judge(line), engine.explain_access(line).unwrap()));
            prop_assert_eq!(verdict.outcome() == Outcome::Eligible, explained.uncovered.is_empty());
            prop_assert_eq!(verdict.has(RuleId::AccessPartOfDay) && explained.covered_minutes >= 24 * 60, false);
            prop_assert!(unchanged || !explained.assumptions.contains(&Assumption::AssumedUnchanged));
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
