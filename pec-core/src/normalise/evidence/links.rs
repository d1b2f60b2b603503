//! Linked partner ids (PAL), one entry for each identity that was asked.

use std::collections::BTreeSet;

use super::document::Document;
use super::entry::{Entry, Unread};
use super::reading::Reading;
use super::summary::PassedOver;
use crate::access::{Evidence, Instant, Link, Place, Text};

pub(super) fn read(document: &Document<'_>, reading: &mut Reading<'_>) {
    let mut answered = BTreeSet::new();
    reading.each(document, |reading, entry, place| {
        let object = entry.id(&["objectId"])?;
        let object = reading.evidence.text(&object);
        // Whatever it answered, it was asked.
        reading.identities.insert(object);
        let link = link(entry, object, place, reading.evidence)?;
        answered.insert(object);
        reading.evidence.links.push(link);
        if link.active { Ok(()) } else { Err(PassedOver::InactiveLink.into()) }
    });
    if !reading.is_whole() {
        // What could not be read, or is on a page that is not there, may be the answer of any of the others.
        let place = reading.next_page().unwrap_or_else(|| reading.place(1));
        let others: Vec<_> = reading.identities.difference(&answered).copied().collect();
        reading.evidence.links.extend(others.into_iter().map(|object| unknown(object, place)));
    }
}

/// The link that an identity told.
fn link(entry: &Entry<'_>, object: Text, place: Place, evidence: &mut Evidence) -> Result<Link, Unread> {
    let active = entry.told(&["state"]).is_none_or(|state| state.eq_ignore_ascii_case("Active"));
    let partner = if active { entry.id(&["partnerId"])? } else { entry.id_if_any(&["partnerId"])?.unwrap_or_default() };
    let tenant = entry.id_if_any(&["tenantId"])?.unwrap_or_default();
    let (since, other_since) = history(entry)?;
    let (partner, tenant) = (evidence.text(&partner), evidence.text(&tenant));
    Ok(Link { object, tenant, partner, active, since, other_since, place })
}

/// Of one of which it is not known when it was linked, where, and to which id.
const fn unknown(object: Text, place: Place) -> Link {
    Link { object, tenant: 0, partner: 0, active: false, since: None, other_since: None, place }
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

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::super::tests::{TAKEN_AT, issues, read_as, read_text};
    use super::*;
    use crate::access::{Evidence, EvidenceKind};
    use crate::normalise::evidence::{CannotShow, EvidenceInput};

    fn facts(evidence: &Evidence) -> Vec<String> {
        let text = |number| evidence.texts.get(number);
        let date = |at: Option<Instant>| at.map(|at| at.date_naive().to_string()).unwrap_or_default();
        let words = |link: &Link| {
            let (object, tenant, partner) = (text(link.object), text(link.tenant), text(link.partner));
            let ended = if link.active { "" } else { " ended" };
            format!("{object} {tenant} {partner} {} {}{ended}", date(link.since), date(link.other_since))
        };
        evidence.links.iter().map(words).collect()
    }

    fn asked(evidence: &Evidence) -> Vec<&str> {
        evidence.files[0].identities.iter().map(|id| evidence.texts.get(*id)).collect()
    }

    #[test]
    fn shapes() {
        for text in [samples::LINK.to_owned(), format!("[{}]", samples::LINK)] {
            let (evidence, summary) = read_text(EvidenceKind::PartnerLinks, &text);
            assert_eq!(facts(&evidence), ["p1 t1 123456 2024-02-01 "]);
            assert!(summary.complete && summary.cannot_show.contains(&CannotShow::OtherIdentities));
        }
    }

    #[test]
    fn a_changed_link_and_an_inactive_one() {
        let (evidence, summary) = read_text(EvidenceKind::PartnerLinks, samples::REST_LINKS);
        assert_eq!(facts(&evidence), ["p2 t1 9 2024-03-01 2024-01-01", "p3 t1 9   ended"]);
        assert_eq!(asked(&evidence), ["p2", "p3"]);
        assert_eq!(summary.passed_over.get(&PassedOver::InactiveLink), Some(&1));
    }

    #[test]
    fn identities_that_were_asked_are_kept() {
        let input =
            EvidenceInput::new("file.json", b"[]", TAKEN_AT).kind(EvidenceKind::PartnerLinks).identities(["P7"]);
        let mut evidence = Evidence::new();
        crate::normalise::evidence::read(&mut evidence, &input).unwrap();
        assert_eq!(asked(&evidence), ["p7"]);
    }

    #[test]
    fn what_cannot_be_read() {
        let text = samples::LINK.replace("\"partnerId\": \"123456\"", "\"partnerId\": \"\"");
        let (evidence, summary) = read_as(EvidenceKind::PartnerLinks, &text);
        assert_eq!(issues(&summary), ["entry 1, `partnerId`: found ``, expected an object id, usually a GUID"]);
        assert_eq!(asked(&evidence), ["p1"]);
        assert_eq!(facts(&evidence), ["p1     ended"], "it may have had any link");
    }

    #[test]
    fn what_cannot_be_read_may_be_the_answer_of_anyone_asked() {
        let read = |text: &str| {
            let input =
                EvidenceInput::new("file.json", text.as_bytes(), TAKEN_AT).complete(true).identities(["P1", "p2"]);
            let mut evidence = Evidence::new();
            let input = input.kind(EvidenceKind::PartnerLinks);
            crate::normalise::evidence::read(&mut evidence, &input).unwrap();
            facts(&evidence)
        };
        let (one, unknown) = (samples::LINK, |who: &str| format!("{who}     ended"));
        let nobody = one.replace("\"objectId\": \"P1\"", "\"objectId\": null");
        assert_eq!(read(one), ["p1 t1 123456 2024-02-01 "], "the other one has no link");
        assert_eq!(read(&nobody), [unknown("p1"), unknown("p2")]);
        assert_eq!(read(&format!("{one}{nobody}")), ["p1 t1 123456 2024-02-01 ".to_owned(), unknown("p2")]);
        assert_eq!(read(r#"{"value": [], "nextLink": "https://next"}"#), [unknown("p1"), unknown("p2")]);
        assert_eq!(read(r#"{"error": {"code": "Unauthorized"}}"#), [unknown("p1"), unknown("p2")]);
    }
}
