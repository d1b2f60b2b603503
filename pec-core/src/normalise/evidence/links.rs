//! Linked partner ids (PAL), one entry for each identity that was asked.

use super::document::Document;
use super::entry::{Entry, Unread};
use super::reading::Reading;
use super::summary::PassedOver;
use crate::access::{Instant, Link};

pub(super) fn read(document: &Document<'_>, reading: &mut Reading<'_>) {
    reading.each(document, |reading, entry, place| {
        let object = entry.id(&["objectId"])?;
        let object = reading.evidence.text(&object);
        // Whatever it answered, it was asked.
        reading.identities.insert(object);
        if entry.told(&["state"]).is_some_and(|state| !state.eq_ignore_ascii_case("Active")) {
            return Err(PassedOver::InactiveLink.into());
        }
        let (partner, tenant) = (entry.id(&["partnerId"])?, entry.id_if_any(&["tenantId"])?.unwrap_or_default());
        let (since, other_since) = history(entry)?;
        let (partner, tenant) = (reading.evidence.text(&partner), reading.evidence.text(&tenant));
        reading.evidence.links.push(Link { object, tenant, partner, since, other_since, place });
        Ok(())
    });
}

/// Since when it is linked with this partner id, and since when with one before. A first version has none before it; of
/// a later one, and of one that is not told, only the last change is known.
fn history(entry: &Entry<'_>) -> Result<(Option<Instant>, Option<Instant>), Unread> {
    let (created, updated) = (entry.instant(&["createdTime"])?, entry.instant(&["updatedTime"])?);
    let is_first = entry.told(&["version"]).is_some_and(|version| version == "1");
    Ok(match (created, updated) {
        (Some(created), Some(updated)) if !is_first && updated > created => (Some(updated), Some(created)),
        (created, _) => (created, None),
    })
}
