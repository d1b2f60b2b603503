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
        let (scope, role, principal) = (evidence.text(&scope), evidence.text(&role), evidence.text(&principal));
        let of = LoggedOf::Assignment { scope, role, principal, kind };
        evidence.logged.push(Logged { at, granted, of, created: None, place });
        Ok(())
    });
}
