//! Azure Lighthouse: assignments and the definitions that say who may do what.

use std::collections::BTreeMap;

use super::document::Document;
use super::entry::{Entry, Names, Unread, scope_above};
use super::reading::{Reading, Taken};
use super::summary::{CannotShow, PassedOver};
use crate::access::{Delegation, Evidence, Text};

const DEFINITION_TYPE: &str = "microsoft.managedservices/registrationdefinitions";
const ASSIGNMENT_TYPE: &str = "microsoft.managedservices/registrationassignments";

/// Definitions that stand beside the assignments, by their path in lower case.
type Definitions<'a> = BTreeMap<String, Entry<'a>>;

pub(super) fn read(document: &Document<'_>, reading: &mut Reading<'_>) {
    let definitions = definitions(document);
    reading.each(document, |reading, entry, place| {
        if is_definition(entry) {
            return Ok(());
        }
        if entry.told(&["provisioningState"]).is_some_and(|state| !state.eq_ignore_ascii_case("Succeeded")) {
            return Err(PassedOver::NotProvisioned.into());
        }
        let scope = scope_above(entry.scope(&["id"])?, ASSIGNMENT_TYPE);
        let created = match entry.entry(&["systemData"]) {
            Some(system) => system.instant(&["createdAt"])?,
            None => None,
        };
        let beside = || definitions.get(&entry.told(&["registrationDefinitionId"])?.to_ascii_lowercase());
        let inside = entry.entry(&["registrationDefinition"]).filter(names_roles);
        let delegation = Delegation {
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
    definition.get(&["authorizations"]).or_else(|| definition.get(&["eligibleAuthorizations"])).is_some()
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
