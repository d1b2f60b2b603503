//! Role definitions, for the names of custom roles.

use super::document::Document;
use super::entry::{id, last_segment};
use super::reading::Reading;

pub(super) fn read(document: &Document<'_>, reading: &mut Reading<'_>) {
    reading.each(document, |reading, entry, _| {
        let role = id(last_segment(entry.text(&["id"])?.unwrap_or_default()), "id")?;
        // Under `name` the Azure CLI has the id once more, PowerShell the name.
        let Some(name) = entry.text(&["roleName", "name"])? else { return Ok(()) };
        let role = reading.evidence.text(&role);
        let known = reading.evidence.role_names.entry(role).or_insert_with(|| name.clone().into_owned());
        // Of two names the first in the alphabet is taken, so that the order of files does not matter.
        if *name < **known {
            *known = name.into_owned();
        }
        Ok(())
    });
}
