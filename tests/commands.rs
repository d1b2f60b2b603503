//! Commands that answer a decision on access: for each finding the lines to run, filled in with the ids of the case.

mod support;

use pec_core::engine::Engine;
use pec_core::normalise::Record;
use pec_core::report::{Command, Explanation, Explanations};
use serde_json::{Value, json};

use support::access::access_of;
use support::engine;

const OWNER: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";

/// A folder whose exports are complete for subscription `s`, with these entries.
fn folder(files: &[(&str, Value)]) -> Value {
    let mut listed =
        vec![("role_assignments", json!([])), ("lighthouse_assignments", json!([])), ("partner_links", json!([]))];
    for (kind, entries) in files {
        listed.retain(|(known, _)| known != kind);
        listed.push((*kind, entries.clone()));
    }
    let facts = |kind: &str| {
        let group = if kind == "group_members" { json!("group") } else { Value::Null };
        json!({"path": kind, "kind": kind, "subscriptions": ["s"], "complete": true, "from": "2026-06-01", "group": group, "identities": ["user"]})
    };
    let entries: serde_json::Map<_, _> =
        listed.iter().map(|(kind, value)| ((*kind).to_owned(), value.clone())).collect();
    let files: Vec<_> = listed.iter().map(|(kind, _)| facts(kind)).collect();
    json!({"manifest": {"version": 1, "taken_at": "2026-08-05T00:00:00Z", "files": files}, "files": entries})
}

fn assignment(role: &str, principal: &str, kind: &str) -> Value {
    json!({
        "scope": "/subscriptions/s", "roleDefinitionId": role, "principalId": principal, "principalType": kind,
        "createdOn": "2026-06-01T00:00:00Z",
    })
}

fn delegation(field: &str, role: &str) -> Value {
    json!([{
        "id": "/subscriptions/s/providers/Microsoft.ManagedServices/registrationAssignments/d",
        "properties": {"provisioningState": "Succeeded", "registrationDefinition": {"properties": {
            "managedByTenantId": "ours", field: [{"principalId": "user", "roleDefinitionId": role}],
        }}},
        "systemData": {"createdAt": "2026-06-01T00:00:00Z"},
    }])
}

fn partner(groups: &[&str]) -> Value {
    json!({"partner": {"kind": "direct_bill", "tenant_id": "ours", "partner_ids": [
        {"id": "1111111", "until": "2026-07-01"}, "2222222",
    ], "agent_groups": groups}})
}

/// Explains 4 July of a resource.
fn explained(partner: &Value, folder: &Value, resource: &str) -> Explanation {
    explained_paid(partner, folder, resource, "0")
}

/// The same of a line that was paid at this percentage.
fn explained_paid(partner: &Value, folder: &Value, resource: &str, paid: &str) -> Explanation {
    let engine: Engine = engine().with_access(access_of(partner, folder));
    let mut record = Record::new([
        ("UsageDate", "2026-07-04"),
        ("CustomerId", "customer"),
        ("EntitlementId", "s"),
        ("ResourceURI", resource),
        ("UnitPrice", "2"),
        ("Quantity", "3"),
        ("PartnerEarnedCreditPercentage", paid),
    ])
    .unwrap();
    let line = record.line().unwrap();
    let mut found = Explanations::new("s", "2026-07-04".parse().unwrap());
    found.add(&line, &engine.decide(&line).unwrap(), || engine.explain_access(&line)).unwrap();
    let found = found.finish(engine.access().map(|access| access.partner()), None, engine.programme());
    assert_eq!(found.len(), 1);
    found.into_iter().next().unwrap()
}

const VM: &str = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm";

#[test]
fn each_finding_has_its_commands() {
    let agents = ["agents"];
    let log = |at: &str, action: &str| json!({"timestamp": at, "action": action, "principalId": "agents", "principalType": "ForeignGroup", "scope": "/subscriptions/s", "roleDefinitionId": OWNER});
    let link = json!([{"objectId": "user", "tenantId": "customer", "partnerId": "9999999", "state": "Active", "version": 1, "createdTime": "2026-06-01T00:00:00Z", "updatedTime": "2026-06-01T00:00:00Z"}]);
    let deny = json!([{"id": "/subscriptions/s/providers/Microsoft.Authorization/denyAssignments/d", "properties": {"scope": "/subscriptions/s", "principals": [{"id": "agents"}], "createdOn": "2026-06-01T00:00:00Z"}}]);
    let unasked = |kind: &str| {
        let mut folder = folder(&[("role_assignments", json!([assignment(OWNER, "stranger", kind)]))]);
        folder["manifest"]["files"][1]["complete"] = false.into();
        folder
    };
    let incomplete = {
        let mut folder = folder(&[]);
        folder["manifest"]["files"][0]["complete"] = false.into();
        folder
    };
    let cases = [
        ("no access", partner(&agents), folder(&[]), VM),
        ("no access, agent group not known", partner(&[]), folder(&[]), "/subscriptions/s/resourceGroups/g"),
        (
            "the agents' role does not earn",
            partner(&agents),
            folder(&[("role_assignments", json!([assignment(READER, "agents", "ForeignGroup")]))]),
            VM,
        ),
        (
            "a user is not linked",
            partner(&agents),
            folder(&[("role_assignments", json!([assignment(OWNER, "user", "User")]))]),
            VM,
        ),
        (
            "a service principal is not linked",
            partner(&agents),
            folder(&[("role_assignments", json!([assignment(OWNER, "user", "ServicePrincipal")]))]),
            VM,
        ),
        (
            "a service principal in a group is not linked",
            partner(&agents),
            folder(&[
                ("role_assignments", json!([assignment(OWNER, "group", "Group")])),
                ("group_members", json!([{"@odata.type": "#microsoft.graph.servicePrincipal", "id": "user"}])),
            ]),
            VM,
        ),
        (
            "linked to another organization",
            partner(&agents),
            folder(&[("role_assignments", json!([assignment(OWNER, "user", "User")])), ("partner_links", link)]),
            VM,
        ),
        (
            "a delegation whose identity is not linked",
            partner(&agents),
            folder(&[("lighthouse_assignments", delegation("authorizations", OWNER))]),
            VM,
        ),
        (
            "a delegation that is only eligible",
            partner(&agents),
            folder(&[
                ("lighthouse_assignments", delegation("eligibleAuthorizations", OWNER)),
                (
                    "partner_links",
                    json!([{"objectId": "user", "tenantId": "ours", "partnerId": "2222222", "state": "Active", "version": 1, "createdTime": "2026-06-01T00:00:00Z"}]),
                ),
            ]),
            VM,
        ),
        (
            "denied",
            partner(&agents),
            folder(&[
                ("role_assignments", json!([assignment(OWNER, "agents", "ForeignGroup")])),
                ("deny_assignments", deny),
            ]),
            VM,
        ),
        (
            "lost at noon",
            partner(&agents),
            folder(&[(
                "change_log",
                json!([log("2026-06-02T00:00:00Z", "Granted"), log("2026-07-04T12:00:00Z", "Revoked")]),
            )]),
            VM,
        ),
        (
            "gained at noon",
            partner(&agents),
            folder(&[
                ("change_log", json!([log("2026-07-04T12:00:00Z", "Granted")])),
                (
                    "role_assignments",
                    json!([assignment(OWNER, "agents", "ForeignGroup")])
                        .as_array()
                        .map(|list| {
                            let mut entry = list[0].clone();
                            entry["createdOn"] = "2026-07-04T12:00:00Z".into();
                            json!([entry])
                        })
                        .unwrap(),
                ),
            ]),
            VM,
        ),
        (
            "a linked user's role does not earn",
            partner(&agents),
            folder(&[
                ("role_assignments", json!([assignment(READER, "user", "User")])),
                (
                    "partner_links",
                    json!([{"objectId": "user", "tenantId": "customer", "partnerId": "2222222", "state": "Active", "version": 1, "createdTime": "2026-06-01T00:00:00Z"}]),
                ),
            ]),
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.Quantum/workspaces/w",
        ),
        ("whether a user is linked is not known", partner(&agents), unasked("User"), VM),
        ("whether a service principal is linked is not known", partner(&agents), unasked("ServicePrincipal"), VM),
        (
            "what a management group holds is not known",
            partner(&agents),
            folder(&[(
                "role_assignments",
                json!([{
                    "scope": "/providers/Microsoft.Management/managementGroups/above", "roleDefinitionId": OWNER,
                    "principalId": "agents", "principalType": "ForeignGroup", "createdOn": "2026-06-01T00:00:00Z",
                }]),
            )]),
            VM,
        ),
        (
            "members not known",
            partner(&agents),
            folder(&[("role_assignments", json!([assignment(OWNER, "group", "Group")]))]),
            VM,
        ),
        (
            "agent groups not known",
            partner(&[]),
            folder(&[("role_assignments", json!([assignment(OWNER, "somebody", "ForeignGroup")]))]),
            VM,
        ),
        ("exports are not complete", partner(&agents), incomplete, VM),
        (
            "a path that is none",
            partner(&agents),
            folder(&[]),
            "/subscriptions/s/resourceGroups/$(rm -rf ~)/providers/a/b/c",
        ),
    ];
    let mut text = String::new();
    for (what, partner, folder, resource) in cases {
        text.push_str(&format!("# {what}\n"));
        for command in explained(&partner, &folder, resource).commands {
            text.push_str(&format!("{}: {}\n    {}\n", command.answers, command.purpose_text(), command.line));
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn commands_are_data() {
    let commands: Vec<Command> = explained(&partner(&["agents"]), &folder(&[]), VM).commands;
    let expected = json!([{
        "answers": "no_access", "purpose": "restore_aobo", "owner": "customer", "role": "Virtual Machine Contributor",
        "identity": null, "service_principal": false,
        "line": "az role assignment create --assignee-object-id agents --assignee-principal-type ForeignGroup --role 9980e02c-c2be-4d73-94e8-173b1dc7cf3c --scope /subscriptions/s/resourcegroups/g/providers/microsoft.compute/virtualmachines/vm",
    }]);
    assert_eq!(serde_json::to_value(&commands).unwrap(), expected);
}

/// Who may activate as a member of a group is known by the newest list of it.
#[test]
fn an_activation_in_a_group_rests_on_its_members() {
    let change = |action: &str, at: &str| json!({"timestamp": at, "action": action, "principalId": "user", "principalType": "User", "scope": "/subscriptions/s", "roleDefinitionId": OWNER});
    let eligible = |principal: &str| json!([{"scope": "/subscriptions/s", "roleDefinitionId": OWNER, "principalId": principal, "startDateTime": "2026-06-01T00:00:00Z"}]);
    let of = |eligibility: Value| {
        let files = [
            (
                "change_log",
                json!([change("Granted", "2026-07-04T00:00:00Z"), change("Revoked", "2026-07-05T00:00:00Z")]),
            ),
            (
                "partner_links",
                json!([{"objectId": "user", "tenantId": "customer", "partnerId": "2222222", "state": "Active", "version": 1, "createdTime": "2026-06-01T00:00:00Z"}]),
            ),
            ("group_members", json!([{"@odata.type": "#microsoft.graph.user", "id": "user"}])),
            ("pim_eligibilities", eligibility),
        ];
        let explained = explained(&partner(&["agents"]), &folder(&files), VM);
        let assumed: Vec<_> =
            explained.access.iter().flat_map(|access| access.assumptions.iter()).map(|one| one.as_str()).collect();
        (
            explained.findings.iter().map(|id| id.as_str()).collect::<Vec<_>>().join(" "),
            assumed.contains(&"group_members_as_listed"),
        )
    };
    assert_eq!(of(eligible("group")), ("access_just_in_time".to_owned(), true));
    assert_eq!(of(eligible("user")), ("access_just_in_time".to_owned(), false));
}

/// Who links today does so with the id of today, whatever was in force on the day that is explained.
#[test]
fn a_link_is_made_with_the_id_that_holds_on() {
    let folder = folder(&[("role_assignments", json!([assignment(OWNER, "user", "User")]))]);
    let ids = json!([{"id": "1111111", "until": "2026-07-10"}, {"id": "2222222", "from": "2026-07-10"}]);
    let mut partner = partner(&["agents"]);
    partner["partner"]["partner_ids"] = ids;
    let commands = explained(&partner, &folder, VM).commands;
    let lines: Vec<_> = commands.iter().map(|command| command.line.as_str()).collect();
    assert_eq!(lines, ["az login --tenant customer && az managementpartner create --partner-id 2222222"]);
}

/// What was lost is restored where it was given, whichever of its resources the decision is on.
#[test]
fn what_was_lost_is_restored_where_it_was_given() {
    let revoked = json!([{
        "timestamp": "2026-07-02T09:00:00Z", "action": "Revoked", "principalId": "agents", "scope": "/subscriptions/s",
        "roleDefinitionId": OWNER,
    }, {
        "timestamp": "2026-07-03T09:00:00Z", "action": "Revoked", "principalId": "agents",
        "scope": "/subscriptions/s/resourceGroups/g", "roleDefinitionId": READER,
    }, {
        "timestamp": "2026-07-03T10:00:00Z", "action": "Revoked", "principalId": "others", "scope": "/subscriptions/s",
        "roleDefinitionId": OWNER,
    }]);
    let folder = folder(&[("change_log", revoked)]);
    let commands = explained(&partner(&["agents"]), &folder, VM).commands;
    let lines: Vec<_> = commands.iter().map(|command| command.line.as_str()).collect();
    let expected = "az role assignment create --assignee-object-id agents --assignee-principal-type ForeignGroup \
                    --role 9980e02c-c2be-4d73-94e8-173b1dc7cf3c --scope /subscriptions/s";
    assert_eq!(lines, [expected]);
}

fn lines_of(explanation: &Explanation) -> Vec<&str> {
    explanation.commands.iter().map(|command| command.line.as_str()).collect()
}

/// A change of a role assignment on a scope.
fn change(at: &str, action: &str, principal: &str, kind: &str, scope: &str) -> Value {
    json!({
        "timestamp": at, "action": action, "principalId": principal, "principalType": kind, "scope": scope,
        "roleDefinitionId": OWNER,
    })
}

fn linked(tenant: &str) -> Value {
    json!([{
        "objectId": "user", "tenantId": tenant, "partnerId": "2222222", "state": "Active", "version": 1,
        "createdTime": "2026-06-01T00:00:00Z",
    }])
}

/// The day is gone, and the access is back: nobody is asked for it, whatever was wrong with it.
#[test]
fn what_is_back_is_asked_of_nobody() {
    let mut regained = assignment(OWNER, "agents", "ForeignGroup");
    regained["createdOn"] = "2026-07-20T09:00:00Z".into();
    let log = json!([
        change("2026-07-02T09:00:00Z", "Revoked", "agents", "ForeignGroup", "/subscriptions/s"),
        change("2026-07-20T09:00:00Z", "Granted", "agents", "ForeignGroup", "/subscriptions/s"),
    ]);
    let mended = [
        ("no_access", json!([regained.clone()])),
        ("role_not_eligible", json!([assignment(READER, "agents", "ForeignGroup"), regained.clone()])),
        ("partner_id_not_linked", json!([assignment(OWNER, "user", "User"), regained])),
    ];
    for (finding, assignments) in mended {
        let found = explained(
            &partner(&["agents"]),
            &folder(&[("role_assignments", assignments), ("change_log", log.clone())]),
            VM,
        );
        assert_eq!(found.primary.unwrap().as_str(), finding);
        assert_eq!(found.access.as_ref().unwrap().back_since, Some("2026-07-20T09:00:00Z".parse().unwrap()));
        assert_eq!(lines_of(&found), [""; 0], "{finding}");
        let text = found.text();
        assert!(text.contains("Nothing to do: access counts again from 2026-07-20 09:00:00 on."), "{text}");
        assert!(!text.contains("To do"), "{text}");
    }
}

/// Access that came back and went again, or of which the last export is silent, is not back.
#[test]
fn what_is_not_back_is_asked_for() {
    let gone = json!([
        change("2026-07-02T09:00:00Z", "Revoked", "agents", "ForeignGroup", "/subscriptions/s"),
        change("2026-07-20T09:00:00Z", "Granted", "agents", "ForeignGroup", "/subscriptions/s"),
        change("2026-07-30T09:00:00Z", "Revoked", "agents", "ForeignGroup", "/subscriptions/s"),
    ]);
    let found = explained(&partner(&["agents"]), &folder(&[("change_log", gone)]), VM);
    assert_eq!(found.access.as_ref().unwrap().back_since, None);
    assert_eq!(found.commands.len(), 1);
}

/// A user of ours that lost its role gets it again; nobody asks for AOBO that there never was.
#[test]
fn a_linked_user_gets_its_own_role_again() {
    let group = "/subscriptions/s/resourceGroups/g";
    let log = json!([change("2026-07-02T09:00:00Z", "Revoked", "user", "User", group)]);
    let found =
        explained(&partner(&["agents"]), &folder(&[("change_log", log), ("partner_links", linked("customer"))]), VM);
    let expected = "az role assignment create --assignee-object-id user --role 9980e02c-c2be-4d73-94e8-173b1dc7cf3c \
                    --scope /subscriptions/s/resourcegroups/g";
    assert_eq!(lines_of(&found), [expected]);
}

/// No command reaches further than the subscription of the case (R12).
#[test]
fn no_command_is_wider_than_the_subscription() {
    let mut above = assignment(READER, "agents", "ForeignGroup");
    above["scope"] = "/".into();
    let found = explained(&partner(&["agents"]), &folder(&[("role_assignments", json!([above]))]), VM);
    assert_eq!(found.primary.unwrap().as_str(), "role_not_eligible");
    assert!(found.commands[0].line.ends_with(" --scope /subscriptions/s"), "{}", found.commands[0].line);

    let mut delegations = delegation("authorizations", READER);
    delegations[0]["id"] =
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedServices/registrationAssignments/d".into();
    let files = [("lighthouse_assignments", delegations), ("partner_links", linked("ours"))];
    let found = explained(&partner(&["agents"]), &folder(&files), VM);
    let line = &found.commands[0].line;
    assert!(line.starts_with("az managedservices assignment create --subscription s --resource-group g "), "{line}");
}

/// Of a group the members of ours are named: it is they who sign in.
#[test]
fn who_links_is_named() {
    let members = json!([{"id": "user"}, {"id": "somebody"}]);
    let files = [("role_assignments", json!([assignment(OWNER, "group", "Group")])), ("group_members", members)];
    let found = explained(&partner(&["agents"]), &folder(&files), VM);
    let [command] = found.commands.as_slice() else { panic!("{:?}", found.commands) };
    assert_eq!((command.answers.as_str(), command.identity.as_deref()), ("partner_id_not_linked", Some("user")));
    assert!(found.text().contains("To link the identity, signed in as user (a service"), "{}", found.text());
}

/// A partner id that is held no longer is never proposed.
#[test]
fn nobody_is_linked_to_an_id_that_ended() {
    let folder = folder(&[("role_assignments", json!([assignment(OWNER, "user", "User")]))]);
    let mut partner = partner(&["agents"]);
    partner["partner"]["partner_ids"] = json!([{"id": "1111111", "until": "2026-07-20"}]);
    let found = explained(&partner, &folder, VM);
    assert_eq!(
        lines_of(&found),
        ["az login --tenant customer && az managementpartner create --partner-id <your partner id>"]
    );
}

/// What the file says was paid is told, and what to do about it.
#[test]
fn it_says_what_was_paid() {
    let held = folder(&[("role_assignments", json!([assignment(OWNER, "agents", "ForeignGroup")]))]);
    let cases = [
        (&held, "0", "missed", "Not paid: 0.90 USD for 1 line. By this evidence it should have been: claim it"),
        (&held, "15", "earned", "Paid: 0.90 USD for 1 line."),
        (&folder(&[]), "0", "lost", "Not paid: 0.90 USD for 1 line."),
        (
            &folder(&[]),
            "15",
            "unexpected",
            "Paid all the same: 0.90 USD for 1 line. The evidence or the rules are wrong",
        ),
    ];
    for (folder, paid, standing, said) in cases {
        let found = explained_paid(&partner(&["agents"]), folder, VM, paid);
        let [of] = found.standings.as_slice() else { panic!("{:?}", found.standings) };
        assert_eq!((of.standing.as_str(), of.lines), (standing, 1));
        assert!(found.text().replace("\n      ", " ").contains(said), "{}", found.text());
    }
}
