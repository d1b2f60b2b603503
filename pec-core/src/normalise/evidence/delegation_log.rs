//! The managing tenant's activity log of Azure Lighthouse delegations.

use super::activity::operation;
use super::document::Document;
use super::entry::{Entry, Unread, scope, scope_above};
use super::json::{Json, values};
use super::reading::{NoFact, Reading};
use super::summary::PassedOver;
use crate::access::{Logged, LoggedOf};

pub(super) fn read(document: &Document<'_>, reading: &mut Reading<'_>) {
    reading.each(document, |reading, entry, place| {
        let granted = registers(entry)?;
        let at = entry.instant_needed(&["eventTimestamp"])?;
        let scope = delegated(entry)?;
        let of = LoggedOf::Delegation { scope: reading.evidence.text(&scope) };
        reading.evidence.logged.push(Logged { at, granted, of, created: None, place });
        Ok(())
    });
}

/// Is a delegation registered, or unregistered? Only the end of an operation that did not fail tells.
fn registers(entry: &Entry<'_>) -> Result<bool, NoFact> {
    let granted = match operation(entry)?.as_str() {
        "microsoft.resources/tenants/register/action" => true,
        "microsoft.resources/tenants/unregister/action" => false,
        _ => return Err(PassedOver::OtherOperation.into()),
    };
    if entry.value(&["eventName"])?.is_some_and(|name| !name.eq_ignore_ascii_case("EndRequest")) {
        return Err(PassedOver::OtherOperation.into());
    }
    let status = entry.value(&["status"])?.unwrap_or_default().to_ascii_lowercase();
    if status.starts_with("fail") || status == "canceled" { Err(PassedOver::Failed.into()) } else { Ok(granted) }
}

/// The scope of the delegation, from the JSON text of the description.
fn delegated(entry: &Entry<'_>) -> Result<String, Unread> {
    let unread = |found: &str| Unread::new("description", found, "the JSON text of the delegation");
    let text = entry.text(&["description"])?.ok_or_else(|| unread(""))?;
    let told = values(&text).ok().and_then(|values| values.first().copied()).and_then(Json::object);
    let told = Entry::new(told.ok_or_else(|| unread("other text"))?);
    if let Some(path) = told.text(&["delegationResourceId"])? {
        let path = scope(path, "delegationResourceId")?;
        return Ok(scope_above(path, "microsoft.managedservices/").into_owned());
    }
    Ok(format!("/subscriptions/{}", told.id(&["subscriptionId"])?))
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::super::tests::{issues, read_as, read_text};
    use super::*;
    use crate::access::EvidenceKind;

    #[test]
    fn shapes() {
        let (evidence, summary) = read_text(EvidenceKind::DelegationLog, samples::DELEGATION_LOG);
        let words = |fact: &Logged| {
            let LoggedOf::Delegation { scope } = fact.of else { return String::new() };
            format!("{} {} {}", fact.at.to_rfc3339(), fact.granted, evidence.texts.get(scope))
        };
        let found: Vec<_> = evidence.logged.iter().map(words).collect();
        let expected = [
            "2026-10-05T14:00:00+00:00 true /subscriptions/s1/resourcegroups/web",
            "2026-10-06T14:00:00+00:00 false /subscriptions/s2",
        ];
        assert_eq!(found, expected);
        assert!(summary.complete);
        assert_eq!(summary.passed_over.get(&PassedOver::OtherOperation), Some(&1));
    }

    #[test]
    fn what_is_no_fact() {
        let text = samples::DELEGATION_LOG
            .replace("\"Succeeded\"", "\"Failed\"")
            .replace("{\\\"subscriptionT", "\\\"subscriptionT");
        let (evidence, summary) = read_as(EvidenceKind::DelegationLog, &text);
        assert!(evidence.logged.is_empty());
        assert_eq!(summary.passed_over.get(&PassedOver::Failed), Some(&1));
        let expected = ["entry 3, `description`: found `other text`, expected the JSON text of the delegation"];
        assert_eq!(issues(&summary), expected);
    }
}
