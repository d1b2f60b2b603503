//! Worlds in which grants are held and lost, of which exports show a part, and lines of usage in them.

use std::collections::BTreeSet;
use std::ops::Range;

use chrono::{DateTime, TimeDelta};
use pec_core::access::{Access, Evidence};
use pec_core::eligibility::Verdict;
use pec_core::engine::Engine;
use pec_core::normalise::Record;
use pec_core::programme::Programme;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

use crate::support::access::{evidence_of, partner_of};
use crate::support::engine;

pub(crate) const ROLES: [&str; 4] = [
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", // Owner
    "b24988ac-6180-42a0-ab88-20f7382dd24c", // Contributor
    "acdd72a7-3385-48ef-bd42-f606fba81ae7", // Reader
    "feedfeed-0000-4000-8000-000000000001", // a custom role
];
pub(crate) const SCOPES: [&str; 5] = [
    "/subscriptions/s",
    "/subscriptions/s/resourceGroups/g",
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/a",
    "/subscriptions/t",
    "/providers/Microsoft.Management/managementGroups/above",
];
pub(crate) const PRINCIPALS: [(&str, &str); 6] = [
    ("agents", "ForeignGroup"),
    ("reseller-agents", "ForeignGroup"),
    ("other-agents", "ForeignGroup"),
    ("user", "User"),
    ("robot", "ServicePrincipal"),
    ("group", "Group"),
];

/// Hours since 2026-07-01.
pub(crate) type Hour = i64;

/// What one grant truly was.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) scope: &'static str,
    pub(crate) role: &'static str,
    pub(crate) principal: (&'static str, &'static str),
    /// Delegated to this tenant.
    pub(crate) tenant: Option<&'static str>,
    pub(crate) eligible_only: bool,
    pub(crate) conditional: bool,
    pub(crate) held: Range<Hour>,
}

#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) kind: &'static str,
    pub(crate) facts: Value,
    pub(crate) entries: Vec<Value>,
}

/// A partner file and exports.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) partner: Value,
    pub(crate) files: Vec<File>,
}

pub(crate) fn instant(hour: Hour) -> String {
    (DateTime::from_timestamp(1_782_864_000, 0).unwrap() + TimeDelta::hours(hour)).to_rfc3339()
}

pub(crate) fn grant() -> impl Strategy<Value = Grant> {
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
pub(crate) fn entry(grant: &Grant, dated: bool) -> Value {
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
pub(crate) fn snapshot(grants: &[Grant], kind: &'static str, at: Hour, complete: bool, dated: bool) -> File {
    let listed = |grant: &&Grant| grant.tenant.is_some() == (kind == "lighthouse_assignments");
    let held = grants.iter().filter(listed).filter(|grant| grant.held.contains(&at));
    let facts = json!({"taken_at": instant(at), "complete": complete, "subscriptions": ["s", "t"]});
    File { kind, facts, entries: held.map(|grant| entry(grant, dated)).collect() }
}

/// What a log of role assignments from an hour up to another holds.
pub(crate) fn log(grants: &[Grant], from: Hour, taken_at: Hour) -> File {
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

pub(crate) fn link(identity: &str, tenant: &str, partner: &str, since: Hour) -> Value {
    json!({
        "objectId": identity, "tenantId": tenant, "partnerId": partner, "state": "Active", "version": 1,
        "createdTime": instant(since), "updatedTime": instant(since),
    })
}

pub(crate) fn partner() -> impl Strategy<Value = Value> {
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
    pub(crate) fn engine_covering(&self, coverage: &str) -> Engine {
        let parameters =
            Programme::builtin_parameters().replace("value = \"whole_day\"", &format!("value = \"{coverage}\""));
        self.engine_of(Engine::with_programme(Programme::from_toml(&parameters, Programme::builtin_roles()).unwrap()))
    }

    pub(crate) fn engine_of(&self, engine: Engine) -> Engine {
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

    pub(crate) fn verdicts(&self, lines: &[Line]) -> Vec<Verdict> {
        let engine = self.engine();
        lines.iter().map(|line| line.with("", |line| engine.judge(line))).collect()
    }

    /// With one more entry, in a file of its own that proves nothing else.
    pub(crate) fn and(&self, kind: &'static str, entry: Value) -> Self {
        let mut world = self.clone();
        world.files.push(File { kind, facts: json!({"taken_at": instant(1_000)}), entries: vec![entry] });
        world
    }
}

/// Of delegations of which nobody tells the roles: entries of the managing tenant's log, and a list without definitions.
pub(crate) fn unclear_delegations() -> impl Strategy<Value = Vec<File>> {
    let logged = (any::<bool>(), 0_i64..800).prop_map(|(registered, at)| {
        let action = if registered { "register" } else { "unregister" };
        json!({
            "eventTimestamp": instant(at), "operationName": format!("Microsoft.Resources/tenants/{action}/action"),
            "eventName": "EndRequest", "description": json!({"delegationResourceId": SCOPES[0]}).to_string(),
        })
    });
    let log = prop::option::of(prop::collection::vec(logged, 1..3)).prop_map(|entries| {
        let facts = json!({"taken_at": instant(900), "from": instant(-400), "complete": true});
        entries.map(|entries| File { kind: "delegation_log", facts, entries })
    });
    let without = prop::option::of(100_i64..900).prop_map(|at| {
        let id = format!("{}/providers/Microsoft.ManagedServices/registrationAssignments/unclear", SCOPES[0]);
        let entries = vec![json!({"id": id, "properties": {"provisioningState": "Succeeded"}})];
        at.map(|at| File { kind: "lighthouse_assignments", facts: json!({"taken_at": instant(at)}), entries })
    });
    (log, without).prop_map(|(log, without)| log.into_iter().chain(without).collect())
}

/// A usage line: a day of July, a reseller, a resource.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) day: u32,
    pub(crate) reseller: &'static str,
    pub(crate) resource: &'static str,
}

impl Line {
    pub(crate) fn with<T>(&self, percent: &str, of: impl FnOnce(&pec_core::usage::UsageLine<'_>) -> T) -> T {
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

pub(crate) fn lines() -> impl Strategy<Value = Vec<Line>> {
    let resource =
        select(vec!["g/providers/Microsoft.Web/sites/a", "g/providers/Microsoft.Web/sites/b", "h/providers/x/y/c"]);
    let line = (1_u32..32, select(vec!["", "2", "7"]), resource);
    prop::collection::vec(line.prop_map(|(day, reseller, resource)| Line { day, reseller, resource }), 1..6)
}
