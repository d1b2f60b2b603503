//! The decision space of access: one grant, every way it may stand, beside every partner and completeness of evidence.

use std::collections::BTreeMap;

use pec_core::access::Access;
use pec_core::eligibility::{Group, Outcome, rules};
use pec_core::normalise::Record;
use serde_json::{Map, Value, json};

use crate::support;
use crate::support::access::{evidence_of, partner_of};

/// How access may stand, and the ways in which it may.
const SPACE: [(&str, &[&str]); 9] = [
    // Of those that are evidence comes first; a partner file or a line is changed more quickly.
    ("partner", &["direct bill", "of a reseller not known", "indirect reseller", "agreement over", "transferred away"]),
    ("evidence", &["complete", "not complete"]),
    ("link", &["ours", "of another", "none", "not asked", "not asked, all others were"]),
    ("role", &["earns", "does not earn", "not listed"]),
    ("permanence", &["standing", "just in time", "conditional"]),
    ("day", &["whole", "second half", "lost before or after"]),
    ("deny", &["nobody", "everyone"]),
    ("scope", &["subscription", "another subscription", "management group", "management group not known"]),
    (
        "path",
        &[
            "none",
            "agent group",
            "agent group, ours not known",
            "agent group of another",
            "user",
            "group",
            "group of members not known",
            "delegation",
            "delegation to another",
        ],
    ),
];

const SUBSCRIPTION: &str = "/subscriptions/s";
const EARLY: &str = "2026-01-01T00:00:00Z";
const EARNS: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";

/// The ways of number `number`.
struct Ways([usize; SPACE.len()]);

impl Ways {
    fn of(mut number: usize) -> Self {
        Self(SPACE.map(|(_, ways)| {
            let way = number % ways.len();
            number /= ways.len();
            way
        }))
    }

    fn is(&self, name: &str, ways: &[&str]) -> bool {
        let at = SPACE.iter().position(|(known, _)| *known == name).unwrap_or_else(|| panic!("no {name}"));
        assert!(ways.iter().all(|way| SPACE[at].1.contains(way)), "{ways:?} of {name}");
        ways.contains(&SPACE[at].1[self.0[at]])
    }

    fn delegated(&self) -> bool {
        self.is("path", &["delegation", "delegation to another"])
    }

    fn say(&self) -> String {
        SPACE.iter().zip(self.0).map(|((name, ways), way)| format!("{name}: {}\n", ways[way])).collect()
    }

    fn partner(&self) -> Value {
        let kind = match () {
            () if self.is("partner", &["of a reseller not known"]) => "indirect_provider",
            () if self.is("partner", &["indirect reseller"]) => "indirect_reseller",
            () => "direct_bill",
        };
        let groups: &[&str] = if self.is("path", &["agent group, ours not known"]) { &[] } else { &["agents"] };
        let mut file = json!({
            "partner": {"kind": kind, "tenant_id": "ours", "partner_ids": ["1"], "agent_groups": groups},
        });
        if self.is("partner", &["agreement over"]) {
            file["partner"]["agreement"] = json!([{"until": "2026-07-15T12:00:00Z"}]);
        }
        if self.is("partner", &["transferred away"]) {
            file["transacting"] = json!([{"subscription": "s", "until": "2026-07-15T12:00:00Z"}]);
        }
        file
    }

    /// A manifest and its files. The day is 2026-07-15.
    fn evidence(&self) -> (Value, Map<String, Value>) {
        let (mut listed, mut files) = (Vec::new(), Map::new());
        let mut add = |kind: &str, taken_at: &str, more: Value, content: Value| {
            let path = format!("{kind}-{taken_at}.json");
            let mut file = json!({"path": path, "kind": kind, "taken_at": taken_at, "complete": true});
            file.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            listed.push(file);
            files.insert(path, content);
        };
        // Of which an export lists something must be named.
        let subscriptions = if self.is("scope", &["another subscription"]) { json!(["s", "t"]) } else { json!(["s"]) };
        let of = json!({"subscriptions": subscriptions});
        // What is not complete is the kind in which the grant is not.
        let incomplete = match self.delegated() {
            _ if self.is("evidence", &["complete"]) => "",
            true => "role_assignments",
            false => "lighthouse_assignments",
        };
        let (grant_kind, grant) = self.grant();
        let seen = if self.is("day", &["lost before or after"]) { "2026-07-10" } else { "2026-08-01" };
        for kind in ["role_assignments", "lighthouse_assignments", "pim_eligibilities"] {
            for taken_at in ["2026-07-10", "2026-08-01"] {
                let held = grant.iter().filter(|_| kind == grant_kind && taken_at == seen);
                let content: Vec<_> = held.cloned().collect();
                let more = if kind == incomplete {
                    json!({"subscriptions": subscriptions, "complete": false})
                } else {
                    of.clone()
                };
                // Beside one that was seen later, an earlier snapshot would show when it was not held.
                if taken_at == "2026-08-01" || !content.is_empty() {
                    add(kind, taken_at, more, content.into());
                }
            }
        }
        let identity = || json!({"identities": ["user"]});
        let linked = |to: &str| {
            let tenant = if self.delegated() { "ours" } else { "customer" };
            json!([{"objectId": "user", "tenantId": tenant, "partnerId": to, "state": "Active", "version": 1, "createdTime": EARLY, "updatedTime": EARLY}])
        };
        let (more, links) = match () {
            () if self.is("link", &["ours"]) => (identity(), linked("1")),
            () if self.is("link", &["of another"]) => (identity(), linked("2")),
            () if self.is("link", &["none"]) => (identity(), json!([])),
            () if self.is("link", &["not asked"]) => (json!({"complete": false}), json!([])),
            () => (json!({"identities": ["another user"]}), json!([])),
        };
        add("partner_links", "2026-08-01", more, links);
        if self.is("path", &["group"]) {
            let members = json!({"value": [{"@odata.type": "#microsoft.graph.user", "id": "user"}]});
            add("group_members", "2026-08-01", json!({"group": "group"}), members);
        }
        if self.is("deny", &["everyone"]) {
            let everyone = json!([{"id": "00000000-0000-0000-0000-000000000000", "type": "SystemDefined"}]);
            let properties = json!({"scope": SUBSCRIPTION, "principals": everyone, "createdOn": EARLY});
            let id = format!("{SUBSCRIPTION}/providers/Microsoft.Authorization/denyAssignments/d");
            add("deny_assignments", "2026-08-01", of, json!({"value": [{"id": id, "properties": properties}]}));
        }
        if self.is("scope", &["management group"]) {
            let child = json!({"id": SUBSCRIPTION, "name": "s", "type": "/subscriptions"});
            let id = "/providers/Microsoft.Management/managementGroups/above";
            let group = "Microsoft.Management/managementGroups";
            let tree = json!({"id": id, "name": "above", "type": group, "children": [child]});
            add("management_groups", "2026-08-01", json!({}), tree);
        }
        (json!({"version": 1, "files": listed}), files)
    }

    /// The grant as an export writes it, and the kind of that export.
    fn grant(&self) -> (&'static str, Option<Value>) {
        let scope = match () {
            () if self.is("scope", &["subscription"]) => SUBSCRIPTION,
            () if self.is("scope", &["another subscription"]) => "/subscriptions/t",
            () => "/providers/Microsoft.Management/managementGroups/above",
        };
        let role = match () {
            () if self.is("role", &["earns"]) => EARNS,
            () if self.is("role", &["does not earn"]) => READER,
            () => "custom",
        };
        let since = if self.is("day", &["second half"]) { "2026-07-15T12:00:00Z" } else { EARLY };
        let in_time = self.is("permanence", &["just in time"]);
        let (principal, kind) = match () {
            () if self.is("path", &["none"]) => return ("", None),
            () if self.is("path", &["agent group", "agent group, ours not known"]) => ("agents", "ForeignGroup"),
            () if self.is("path", &["agent group of another"]) => ("other agents", "ForeignGroup"),
            () if self.is("path", &["group", "group of members not known"]) => ("group", "Group"),
            () => ("user", "User"),
        };
        if self.delegated() {
            let tenant = if self.is("path", &["delegation"]) { "ours" } else { "another" };
            let field = if in_time { "eligibleAuthorizations" } else { "authorizations" };
            let authorizations = json!([{"principalId": principal, "roleDefinitionId": role}]);
            let definition = json!({"properties": {"managedByTenantId": tenant, field: authorizations}});
            let id = format!("{scope}/providers/Microsoft.ManagedServices/registrationAssignments/a");
            let properties = json!({"provisioningState": "Succeeded", "registrationDefinition": definition});
            let delegation = json!({"id": id, "properties": properties, "systemData": {"createdAt": since}});
            return ("lighthouse_assignments", Some(delegation));
        }
        let role = format!("/providers/Microsoft.Authorization/roleDefinitions/{role}");
        if in_time {
            let properties = json!({
                "scope": scope, "roleDefinitionId": role, "principalId": principal, "principalType": kind,
                "startDateTime": since, "endDateTime": null, "memberType": "Direct", "status": "Accepted",
            });
            return ("pim_eligibilities", Some(json!({"name": "e", "properties": properties})));
        }
        let condition = if self.is("permanence", &["conditional"]) { "@Resource[a] StringEquals 'b'" } else { "" };
        let assignment = json!({
            "id": format!("{scope}/providers/Microsoft.Authorization/roleAssignments/a"), "scope": scope,
            "roleDefinitionId": role, "principalId": principal, "principalType": kind, "createdOn": since,
            "condition": condition,
        });
        ("role_assignments", Some(assignment))
    }
}

/// The decisions, said once more: the findings of the only answer.
fn expected(ways: &Ways) -> Vec<&'static str> {
    let partner = match () {
        () if ways.is("partner", &["indirect reseller"]) => Some("partner_type_cannot_earn"),
        () if ways.is("partner", &["agreement over"]) => Some("agreement_inactive"),
        () if ways.is("partner", &["transferred away"]) => Some("not_transacting_partner"),
        () => None,
    };
    match (expected_of_access(ways), partner) {
        ((Outcome::Ineligible, access), Some(partner)) => [vec![partner], access].concat(),
        ((_, _), Some(partner)) => vec![partner],
        ((_, access), None) => access,
    }
}

fn expected_of_access(ways: &Ways) -> (Outcome, Vec<&'static str>) {
    let reaches = !ways.is("path", &["none"]) && !ways.is("scope", &["another subscription"]);
    let unknown_reseller = ways.is("partner", &["of a reseller not known"]);
    let anothers = ways.is("path", &["agent group of another", "delegation to another"]);
    let linking = ways.is("path", &["user", "group", "delegation"]);
    // A user of the customer's own, by itself or in a group.
    let customers = ways.is("path", &["user", "group"]) && ways.is("link", &["not asked, all others were"]);
    let lacking = ways.is("evidence", &["not complete"]);
    let nothing_ours = |finding| match lacking {
        true => (Outcome::Undetermined, vec!["no_access_evidence"]),
        false => (Outcome::Ineligible, vec![finding]),
    };
    if !reaches || customers {
        return nothing_ours("no_access");
    }
    if anothers && !unknown_reseller {
        return nothing_ours("only_other_partner_access");
    }
    let other_link = linking && ways.is("link", &["of another"]);
    let fails = chosen(&[
        ("role_not_eligible", ways.is("role", &["does not earn"])),
        ("partner_id_not_linked", linking && ways.is("link", &["none"])),
        ("partner_id_of_other_organization", other_link && !unknown_reseller),
        ("access_just_in_time", ways.is("permanence", &["just in time"])),
        ("access_denied", ways.is("deny", &["everyone"])),
    ]);
    let nobody_asked = ways.is("path", &["delegation"]) && ways.is("link", &["not asked, all others were"]);
    let not_asked = linking && ways.is("link", &["not asked"]);
    let unknown = chosen(&[
        ("role_unlisted", ways.is("role", &["not listed"])),
        ("assignment_conditional", ways.is("permanence", &["conditional"]) && !ways.delegated()),
        ("link_unknown", not_asked || (other_link && unknown_reseller)),
        ("group_members_unknown", ways.is("path", &["group of members not known"]) || nobody_asked),
        ("agent_groups_unknown", ways.is("path", &["agent group, ours not known"]) || anothers),
        ("management_group_unknown", ways.is("scope", &["management group not known"])),
        ("access_change_time_unknown", ways.is("day", &["lost before or after"])),
    ]);
    let whole = ways.is("day", &["whole", "lost before or after"]);
    match (fails.is_empty(), unknown.is_empty()) {
        (true, true) if whole => (Outcome::Eligible, unknown),
        (true, false) if whole && !lacking => (Outcome::Undetermined, unknown),
        (true, _) if lacking => (Outcome::Undetermined, [unknown, vec!["no_access_evidence"]].concat()),
        (true, _) => (Outcome::Ineligible, vec!["access_part_of_day"]),
        (false, _) if lacking || ways.is("day", &["lost before or after"]) => nothing_ours("no_access"),
        (false, _) => (Outcome::Ineligible, fails),
    }
}

fn chosen(table: &[(&'static str, bool)]) -> Vec<&'static str> {
    table.iter().filter(|(_, holds)| *holds).map(|(id, _)| *id).collect()
}

#[test]
fn every_way_of_access_has_exactly_one_answer() {
    let size: usize = SPACE.iter().map(|(_, ways)| ways.len()).product();
    let partners = SPACE[0].1.len();
    let engine = support::engine();
    let mut primaries = BTreeMap::new();
    for number in (0..size).step_by(partners) {
        let (manifest, files) = Ways::of(number).evidence();
        let evidence = evidence_of(&manifest, &files);
        for ways in (number..number + partners).map(Ways::of) {
            let engine = engine.clone().with_access(Access::new(partner_of(&ways.partner()), evidence.clone()));
            let mut record = Record::new([
                ("UsageDate", "2026-07-15"),
                ("CustomerId", "customer"),
                ("EntitlementId", "s"),
                ("ResourceURI", "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/a"),
                ("ResourceGroup", "g"),
                ("Tier2MpnId", "3"),
                ("UnitPrice", "2"),
                ("Quantity", "3"),
                ("CreditType", ""),
            ])
            .unwrap();
            let verdict = engine.judge(&record.line().unwrap());
            let findings: Vec<_> = verdict.findings().map(|reason| reason.rule()).collect();
            let ids: Vec<_> = findings.iter().map(|id| id.as_str()).collect();
            assert_eq!(ids, expected(&ways), "{}", ways.say());
            let groups = findings.iter().map(|id| pec_core::eligibility::rule(*id).group);
            let undetermined = groups.clone().filter(|group| *group == Group::Undetermined).count();
            let outcome = match (findings.len(), undetermined) {
                (0, _) => Outcome::Eligible,
                (all, undetermined) if all == undetermined => Outcome::Undetermined,
                (_, undetermined) => {
                    assert_eq!(undetermined, 0, "{}", ways.say());
                    Outcome::Ineligible
                }
            };
            assert_eq!(verdict.outcome(), outcome, "{}", ways.say());
            assert_eq!(verdict.primary().map(|reason| reason.rule()), findings.first().copied());
            *primaries.entry(ids.first().copied().unwrap_or("eligible")).or_insert(0_u64) += 1;
        }
    }
    for rule in rules().iter().filter(|rule| rule.group != Group::ByDesign) {
        assert!(primaries.contains_key(rule.id.as_str()), "{} is never primary", rule.id);
    }
    println!("{size} combinations: {primaries:?}");
}
