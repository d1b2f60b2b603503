//! The change log of the Azure CLI: `az role assignment list-changelogs`.

use super::assignments::principal_kind;
use super::document::Document;
use super::entry::Unread;
use super::reading::Reading;
use super::summary::PassedOver;
use crate::access::{Logged, LoggedOf};

pub(super) fn read(document: &Document<'_>, reading: &mut Reading<'_>) {
    reading.each(document, |reading, entry, place| {
        let action = entry.text(&["action"])?.unwrap_or_default();
        let granted = match action.to_ascii_lowercase().as_str() {
            "granted" => true,
            "revoked" => false,
            _ => return Err(Unread::new("action", action, "`Granted` or `Revoked`").into()),
        };
        if entry.told(&["principalId"]).is_none() && entry.told(&["roleDefinitionId"]).is_none() {
            return Err(PassedOver::ClassicAdministrator.into());
        }
        let (at, scope) = (entry.instant_needed(&["timestamp"])?, entry.scope(&["scope"])?);
        let (role, principal) = (entry.role()?, entry.id(&["principalId"])?);
        let kind = principal_kind(entry, &["principalType"]);
        let evidence = &mut *reading.evidence;
        let principal = evidence.principal(&principal, &entry.told(&["principalType"]).unwrap_or_default());
        let (scope, role) = (evidence.text(&scope), evidence.text(&role));
        let of = LoggedOf::Assignment { scope, role, principal, kind };
        evidence.logged.push(Logged { at, granted, of, created: None, place });
        Ok(())
    });
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::super::tests::{TAKEN_AT, issues, read_as, read_text};
    use super::*;
    use crate::access::{Evidence, EvidenceKind};
    use crate::normalise::evidence::{CannotShow, EvidenceInput};

    #[test]
    fn shapes() {
        let input = EvidenceInput::new("file.json", samples::CHANGES.as_bytes(), TAKEN_AT);
        let mut evidence = Evidence::new();
        let summary = crate::normalise::evidence::read(&mut evidence, &input.complete(true).from(TAKEN_AT)).unwrap();
        assert!(summary.complete);
        let found: Vec<_> = evidence.logged.iter().map(|fact| (fact.granted, fact.at.to_rfc3339())).collect();
        let expected = [(true, "2026-10-05T14:00:00.250+00:00"), (false, "2026-10-06T14:00:00+00:00")];
        assert_eq!(found, expected.map(|(granted, at)| (granted, at.to_owned())));
        let (_, summary) = read_text(EvidenceKind::ChangeLog, samples::CHANGES);
        assert!(!summary.complete && summary.cannot_show.contains(&CannotShow::StartOfLog));
    }

    #[test]
    fn what_is_no_fact() {
        let text = r#"[{"action": "Changed", "timestamp": "2026-10-05T14:00:00Z"}, {"action": "Granted", "principalId": null,
            "principalName": "anna@contoso.com", "roleDefinitionId": null, "roleName": "CoAdministrator"}]"#;
        let (evidence, summary) = read_as(EvidenceKind::ChangeLog, text);
        assert!(evidence.logged.is_empty());
        assert_eq!(issues(&summary), ["entry 1, `action`: found `Changed`, expected `Granted` or `Revoked`"]);
        assert_eq!(summary.passed_over.get(&PassedOver::ClassicAdministrator), Some(&1));
    }
}
