//! Azure Lighthouse: assignments and the definitions that say who may do what.

use std::collections::BTreeMap;

use super::document::Document;
use super::entry::{Entry, Names, Unread, scope_above};
use super::reading::{Reading, Taken};
use super::summary::{CannotShow, PassedOver};
use crate::access::{Delegation, Evidence, Text};

const DEFINITION_TYPE: &str = "microsoft.managedservices/registrationdefinitions";
const ASSIGNMENT_TYPE: &str = "microsoft.managedservices/registrationassignments";

/// States in which a delegation gives nothing.
const NOT_IN_FORCE: &[&str] = &["Failed", "Canceled", "Deleted"];

/// Definitions that stand beside the assignments, by their path in lower case.
type Definitions<'a> = BTreeMap<String, Entry<'a>>;

pub(super) fn read(document: &Document<'_>, reading: &mut Reading<'_>) {
    let definitions = definitions(document);
    reading.each(document, |reading, entry, place| {
        if is_definition(entry) {
            return Ok(());
        }
        match entry.told(&["provisioningState"]) {
            None => {}
            Some(state) if state.eq_ignore_ascii_case("Succeeded") => {}
            Some(state) if NOT_IN_FORCE.iter().any(|none| state.eq_ignore_ascii_case(none)) => {
                return Err(PassedOver::NotProvisioned.into());
            }
            // It is being made, changed or taken away: what was in force until then is not told.
            Some(state) => return Err(Unread::new("provisioningState", state, "`Succeeded`; export again").into()),
        }
        let scope = scope_above(entry.scope(&["id"])?, ASSIGNMENT_TYPE);
        let created = match entry.entry(&["systemData"]) {
            Some(system) => system.instant(&["createdAt"])?,
            None => None,
        };
        let beside = || definitions.get(&entry.told(&["registrationDefinitionId"])?.to_ascii_lowercase());
        let inside = entry.entry(&["registrationDefinition"]).filter(names_roles);
        let name = entry.name_in(&scope, &["id"], ASSIGNMENT_TYPE);
        let delegation = Delegation {
            name: name.map_or(0, |name| reading.evidence.text(&name)),
            scope: reading.evidence.text(&scope),
            tenant: 0,
            authorization: None,
            eligible_only: false,
            marketplace: false,
            created,
            place,
        };
        if created.is_none() {
            reading.cannot_show.insert(CannotShow::CreationTimes);
        }
        match inside.as_ref().or_else(beside) {
            Some(definition) => authorizations(definition, delegation, reading),
            None => {
                reading.cannot_show.insert(CannotShow::DelegatedRoles);
                reading.evidence.delegations.push(delegation);
                Ok(())
            }
        }
    });
}

fn definitions<'a>(document: &Document<'a>) -> Definitions<'a> {
    let mut definitions = Definitions::new();
    document.each_entry(|entry| {
        if is_definition(&entry)
            && names_roles(&entry)
            && let Some(path) = entry.told(&["id"]).map(|path| path.to_ascii_lowercase())
        {
            definitions.insert(path, entry);
        }
    });
    definitions
}

fn is_definition(entry: &Entry<'_>) -> bool {
    entry.told(&["type"]).is_some_and(|name| name.eq_ignore_ascii_case(DEFINITION_TYPE))
}

/// A definition that was not expanded is an id alone.
fn names_roles(definition: &Entry<'_>) -> bool {
    definition.get(&["authorizations", "eligibleAuthorizations"]).is_some()
}

/// One fact for each authorization; those that cannot be read are told.
fn authorizations(definition: &Entry<'_>, delegation: Delegation, reading: &mut Reading<'_>) -> Taken {
    let tenant = definition.id(&["managedByTenantId"])?;
    let delegation = Delegation {
        tenant: reading.evidence.text(&tenant),
        marketplace: definition.entry(&["plan"]).is_some_and(|plan| plan.told(&["product", "name"]).is_some()),
        ..delegation
    };
    let lists: [(Names, bool); 2] = [(&["authorizations"], false), (&["eligibleAuthorizations"], true)];
    // Who may only activate may be told by `null` to be nobody.
    if definition.has("authorizations") && definition.get(&["authorizations"]).is_none() {
        reading.note(delegation.place.entry, Err(Unread::new("authorizations", "", "an array").into()));
    }
    for (list, eligible_only) in lists {
        for (place, authorization) in definition.entries(list)?.iter().enumerate() {
            match authorized(authorization, reading.evidence) {
                Ok(authorization) => {
                    let authorization = Some(authorization);
                    reading.evidence.delegations.push(Delegation { authorization, eligible_only, ..delegation });
                }
                Err(unread) => reading.note(delegation.place.entry, Err(unread.in_part(list, place).into())),
            }
        }
    }
    Ok(())
}

/// Who may do what: principal and role.
fn authorized(authorization: &Entry<'_>, evidence: &mut Evidence) -> Result<(Text, Text), Unread> {
    let (principal, role) = (authorization.id(&["principalId"])?, authorization.role()?);
    Ok((evidence.text(&principal), evidence.text(&role)))
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::super::tests::{issues, read_as, read_text};
    use super::*;
    use crate::access::EvidenceKind;

    fn facts(evidence: &Evidence) -> Vec<String> {
        let text = |number| evidence.texts.get(number);
        let words = |fact: &Delegation| {
            let (principal, role) =
                fact.authorization.map_or(("?", "?"), |(principal, role)| (text(principal), text(role)));
            let created = fact.created.map(|created| created.to_rfc3339()).unwrap_or_default();
            let (eligible, market) = (fact.eligible_only, fact.marketplace);
            format!("{} {} {principal} {role} {eligible} {market} {created}", text(fact.scope), text(fact.tenant))
        };
        evidence.delegations.iter().map(words).collect()
    }

    #[test]
    fn definitions_inside() {
        let (evidence, summary) = read_text(EvidenceKind::LighthouseAssignments, samples::DELEGATIONS);
        let scope = "/subscriptions/s1/resourcegroups/web";
        assert_eq!(
            facts(&evidence),
            [
                format!("{scope} t9 g1 r1 false false 2025-05-01T10:00:00.123456700+00:00"),
                format!("{scope} t9 g2 r2 false false 2025-05-01T10:00:00.123456700+00:00"),
                format!("{scope} t9 g3 r3 true false 2025-05-01T10:00:00.123456700+00:00"),
            ]
        );
        assert!(summary.complete && summary.entries == 1);
        assert_eq!(evidence.texts.get(evidence.delegations[0].name), "d1");
    }

    #[test]
    fn definitions_beside() {
        let (evidence, summary) = read_text(EvidenceKind::LighthouseAssignments, samples::GRAPH_DELEGATIONS);
        assert_eq!(facts(&evidence), ["/subscriptions/s1 t9 g1 r1 false true "]);
        assert!(summary.complete);
    }

    #[test]
    fn without_definitions_the_roles_are_unknown() {
        let (start, _) = samples::GRAPH_DELEGATIONS.split_once("}}, {").unwrap();
        for text in
            [format!("{start}}}}}]}}"), format!("{start}, \"registrationDefinition\": {{\"id\": \"d9\"}}}}}}]}}")]
        {
            let (evidence, summary) = read_text(EvidenceKind::LighthouseAssignments, &text);
            assert_eq!(facts(&evidence), ["/subscriptions/s1  ? ? false false "]);
            assert!(!summary.complete && summary.cannot_show.contains(&CannotShow::DelegatedRoles));
        }
    }

    #[test]
    fn only_what_is_in_force_and_can_be_read() {
        let failed = samples::DELEGATIONS.replace("\"Succeeded\"", "\"Failed\"");
        let (evidence, summary) = read_text(EvidenceKind::LighthouseAssignments, &failed);
        assert!(evidence.delegations.is_empty() && summary.complete);
        assert_eq!(summary.passed_over.get(&PassedOver::NotProvisioned), Some(&1));
        let (evidence, summary) = read_as(
            EvidenceKind::LighthouseAssignments,
            &samples::DELEGATIONS.replace("\"Succeeded\"", "\"Deleting\""),
        );
        assert!(evidence.delegations.is_empty() && !summary.complete);
        assert_eq!(
            issues(&summary),
            ["entry 1, `provisioningState`: found `Deleting`, expected `Succeeded`; export again"]
        );
        let null = samples::DELEGATIONS.replacen("\"authorizations\": [", "\"authorizations\": null, \"x\": [", 1);
        let (evidence, summary) = read_as(EvidenceKind::LighthouseAssignments, &null);
        assert_eq!((evidence.delegations.len(), summary.complete), (1, false));
        assert_eq!(issues(&summary), ["entry 1, `authorizations`: found ``, expected an array"]);
        let broken = samples::DELEGATIONS.replace("\"g2\"", "[2]").replace("\"r3\"", "null");
        let (evidence, summary) = read_as(EvidenceKind::LighthouseAssignments, &broken);
        assert_eq!(evidence.delegations.len(), 1);
        assert_eq!(
            issues(&summary),
            [
                "entry 1, `authorizations[1].principalId`: found `an array`, expected a text",
                "entry 1, `eligibleAuthorizations[0].roleDefinitionId`: found ``, expected a role definition id",
            ]
        );
        assert!(!summary.complete);
    }
}
