//! The alert as Bicep: exactly these texts, and nothing in a file of evidence can break out of them.

mod support;

use pec_core::access::carrying;
use pec_core::report::Alert;
use proptest::prelude::*;
use serde_json::{Value, json};

use support::access::{evidence_of, partner_of};
use support::engine;

const OWNER: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";

fn assignment(scope: &str, role: &str, id: bool) -> Value {
    let path = format!("{scope}/providers/Microsoft.Authorization/roleAssignments/name-of-{}", scope.len());
    json!({
        "id": id.then_some(path), "scope": scope, "roleDefinitionId": role, "principalId": "agents",
        "principalType": "ForeignGroup", "createdOn": "2026-01-01T00:00:00Z",
    })
}

fn delegation(scope: &str) -> Value {
    let definition =
        json!({"managedByTenantId": "t", "authorizations": [{"principalId": "robot", "roleDefinitionId": OWNER}]});
    json!({
        "id": format!("{scope}/providers/Microsoft.ManagedServices/registrationAssignments/d1"),
        "properties": {"registrationDefinition": {"properties": definition}},
    })
}

fn alert(assignments: Vec<Value>, delegations: Vec<Value>) -> Alert {
    let partner = json!({"partner": {
        "kind": "direct_bill", "tenant_id": "t", "partner_ids": ["1"], "agent_groups": ["agents"],
    }});
    let manifest = json!({"version": 1, "taken_at": "2026-11-01", "files": [
        {"path": "roles.json", "kind": "role_assignments", "subscriptions": ["s1"]},
        {"path": "delegations.json", "kind": "lighthouse_assignments", "subscriptions": ["s1"]},
        {"path": "links.json", "kind": "partner_links"},
        {"path": "groups.json", "kind": "management_groups"},
    ]});
    let files = json!({
        "roles.json": assignments, "delegations.json": delegations,
        "links.json": [{"objectId": "robot", "tenantId": "t", "partnerId": "1", "createdTime": "2026-01-01T00:00:00Z"}],
        "groups.json": [{"id": MANAGEMENT_GROUP, "name": "mg", "type": "Microsoft.Management/managementGroups",
            "children": [{"id": "/subscriptions/s1", "name": "s1", "type": "/subscriptions"}]}],
    });
    let evidence = evidence_of(&manifest, files.as_object().unwrap());
    Alert::new(carrying(&partner_of(&partner), evidence, engine().programme()))
}

const MANAGEMENT_GROUP: &str = "/providers/Microsoft.Management/managementGroups/mg";

#[test]
fn the_file() {
    let assignments = vec![
        assignment("/subscriptions/s1", OWNER, true),
        assignment("/subscriptions/s1/resourceGroups/web", OWNER, true),
        assignment("/subscriptions/s1/resourceGroups/reader", READER, true),
        assignment("/subscriptions/s2/resourceGroups/it's ${here}", OWNER, false),
        assignment("/subscriptions/s2", OWNER, true),
        assignment(MANAGEMENT_GROUP, OWNER, true),
    ];
    let alert = alert(assignments, vec![delegation("/subscriptions/s1")]);
    let text = alert.bicep();
    check(&text).unwrap();
    insta::assert_snapshot!(text);
    let one = alert.subscription("S2").action_group("/subscriptions/s2/x").bicep();
    check(&one).unwrap();
    assert!(one.contains("param actionGroupId string = '/subscriptions/s2/x'") && !one.contains("'s1'"), "{one}");
}

#[test]
fn many_scopes_without_paths_are_one_rule() {
    let scope = |number| assignment(&format!("/subscriptions/s1/resourceGroups/g{number}"), OWNER, false);
    let text = alert((0..100).map(scope).collect(), Vec::new()).bicep();
    assert_eq!(text.matches("\nresource ").count(), 100);
    let text = alert((0..101).map(scope).collect(), Vec::new()).bicep();
    assert_eq!(text.matches("\nresource ").count(), 1);
    check(&text).unwrap();
}

proptest! {
    #[test]
    fn nothing_breaks_out_of_a_text(name in "[a-z'\\\\${}\n\r\t\u{7f}\u{2028}]{1,20}", group in "[a-z'\\\\${}\n]{0,20}") {
        prop_assume!(!name.contains('/') && !name.trim().is_empty());
        let scope = format!("/subscriptions/s1/resourceGroups/{name}x");
        let alert = alert(vec![assignment(&scope, OWNER, true), assignment("/subscriptions/s1", OWNER, true)], Vec::new());
        let text = alert.action_group(group).bicep();
        prop_assert_eq!(check(&text), Ok(1), "{}", text);
    }
}

/// Reads Bicep as far as it is written here: comments, strings with their escapes, and brackets in pairs. How many resources
/// there are.
fn check(text: &str) -> Result<usize, String> {
    let (mut open, mut resources) = (Vec::new(), 0);
    for (number, line) in (1..).zip(text.split('\n')) {
        let told = |what: &str| format!("line {number}: {what}: {line}");
        let fail = |what: &str| Err(told(what));
        if line.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
            return fail("a control character");
        }
        if line.starts_with("//") {
            continue;
        }
        resources += usize::from(line.starts_with("resource "));
        let mut rest = line.chars();
        while let Some(c) = rest.next() {
            match c {
                '{' | '[' | '(' => open.push(c),
                '}' | ']' | ')' => {
                    let pair = match c {
                        '}' => '{',
                        ']' => '[',
                        _ => '(',
                    };
                    if open.pop() != Some(pair) {
                        return fail("a bracket without its pair");
                    }
                }
                '\'' => string(&mut rest).map_err(|what| told(&what))?,
                c if c.is_ascii_alphanumeric() || " ._:=~@".contains(c) => {}
                _ => return fail("a character outside texts"),
            }
        }
    }
    if open.is_empty() { Ok(resources) } else { Err(format!("open at the end: {open:?}")) }
}

/// The rest of a string.
fn string(rest: &mut std::str::Chars<'_>) -> Result<(), String> {
    while let Some(c) = rest.next() {
        match c {
            '\'' => return Ok(()),
            '$' if rest.as_str().starts_with('{') => return Err("an expression in a string".to_owned()),
            '\\' => match rest.next() {
                Some('\\' | '\'' | '$' | 'n' | 'r' | 't') => {}
                Some('u') => {
                    let (digits, after) = rest.as_str().split_once('}').ok_or("an escape that does not end")?;
                    let digits = digits.strip_prefix('{').ok_or("an escape that does not begin")?;
                    u32::from_str_radix(digits, 16).ok().and_then(char::from_u32).ok_or("an escape of no character")?;
                    *rest = after.chars();
                }
                other => return Err(format!("the escape {other:?}")),
            },
            _ => {}
        }
    }
    Err("a string that does not end".to_owned())
}
