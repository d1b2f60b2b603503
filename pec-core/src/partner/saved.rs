//! Partners as bytes.

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Assumptions, Organization, Partner, PartnerId, PartnerKind};
use crate::day::{Interval, IntervalSet};
use crate::saved::{Form, SavedError};

const FORM: Form = Form::new("partner", 1);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    kind: PartnerKind,
    organization: SavedOrganization,
    resellers: Vec<SavedOrganization>,
    agreement: Option<Vec<Span>>,
    transacting: BTreeMap<String, Vec<Span>>,
    unchanged: bool,
    unchanged_until: Option<DateTime<Utc>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedOrganization {
    tenant_id: String,
    partner_ids: Vec<(String, Span)>,
    agent_groups: Vec<String>,
    identities: Vec<String>,
}

/// From, until; an end that is not told is open.
type Span = (Option<DateTime<Utc>>, Option<DateTime<Utc>>);

impl Partner {
    /// The partner as bytes, for another process: what a file says of it, without the file.
    ///
    /// ```
    /// use pec_core::partner::Partner;
    /// let text = "[partner]\nkind = \"direct_bill\"\ntenant_id = \"t\"\npartner_ids = [\"1234567\"] # ours\n";
    /// let partner = Partner::from_toml("partner.toml", text)?;
    /// assert_eq!(Partner::from_bytes(&partner.to_bytes()?)?, partner);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SavedError`] where it cannot be written; no partner is known that cannot.
    pub fn to_bytes(&self) -> Result<Vec<u8>, SavedError> {
        FORM.bytes_of(Saved {
            kind: self.kind,
            organization: SavedOrganization::of(&self.organization),
            resellers: self.resellers.iter().map(SavedOrganization::of).collect(),
            agreement: self.agreement.as_ref().map(spans),
            transacting: self.transacting.iter().map(|(of, held)| (of.clone(), spans(held))).collect(),
            unchanged: self.assumptions.unchanged,
            unchanged_until: self.assumptions.unchanged_until,
        })
    }

    /// The partner of such bytes.
    ///
    /// # Errors
    ///
    /// [`SavedError`] for other bytes, and for those of another version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SavedError> {
        let saved: Saved = FORM.content_of(bytes)?;
        Ok(Self {
            kind: saved.kind,
            organization: saved.organization.organization(),
            resellers: saved.resellers.into_iter().map(SavedOrganization::organization).collect(),
            agreement: saved.agreement.map(held),
            transacting: saved.transacting.into_iter().map(|(of, spans)| (of, held(spans))).collect(),
            assumptions: Assumptions { unchanged: saved.unchanged, unchanged_until: saved.unchanged_until },
        })
    }
}

impl SavedOrganization {
    fn of(organization: &Organization) -> Self {
        let Organization { tenant_id, partner_ids, agent_groups, identities } = organization.clone();
        let partner_ids = partner_ids.into_iter().map(|known| (known.id, span(known.held.start, known.held.end)));
        Self { tenant_id, partner_ids: partner_ids.collect(), agent_groups, identities }
    }

    fn organization(self) -> Organization {
        let Self { tenant_id, partner_ids, agent_groups, identities } = self;
        let partner_ids = partner_ids.into_iter().map(|(id, span)| PartnerId { id, held: range(span) });
        Organization { tenant_id, partner_ids: partner_ids.collect(), agent_groups, identities }
    }
}

fn span(from: DateTime<Utc>, until: DateTime<Utc>) -> Span {
    (Some(from).filter(|at| *at != DateTime::<Utc>::MIN_UTC), Some(until).filter(|at| *at != DateTime::<Utc>::MAX_UTC))
}

fn range((from, until): Span) -> Range<DateTime<Utc>> {
    from.unwrap_or(DateTime::<Utc>::MIN_UTC)..until.unwrap_or(DateTime::<Utc>::MAX_UTC)
}

fn spans(held: &IntervalSet) -> Vec<Span> {
    held.iter().map(|interval| span(interval.from(), interval.until())).collect()
}

fn held(spans: Vec<Span>) -> IntervalSet {
    let interval = |span| {
        let Range { start, end } = range(span);
        Interval::new(start, end)
    };
    spans.into_iter().filter_map(interval).collect()
}
