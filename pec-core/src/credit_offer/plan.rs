//! All that a request needs: its size, its prerequisites, its days.

use chrono::NaiveDate;
use serde::Serialize;

use super::CreditOfferError;
use super::agreement::Agreement;
use super::offer::{Offer, Scenario};
use super::prerequisites::{Answer, PrerequisiteFinding, findings};
use super::sizing::Sizing;
use super::timeline::Timeline;
use crate::money::Rate;
use crate::programme::InForce;

/// A request for an offer, as seen on a day.
///
/// ```
/// use pec_core::credit_offer::{Offer, Plan, Readiness};
/// use pec_core::programme::Programme;
///
/// let offer = Offer::from_toml("offer.toml", "[deal]\nincremental_acr = \"4000\"")?;
/// let plan = Plan::new(&offer, &Programme::builtin()?.on("2024-01-15".parse()?)?)?;
/// assert_eq!(plan.readiness, Readiness::NotReady); // too small, whatever the rest
/// assert_eq!(plan.timeline.windows[1].earliest.to_string(), "2024-01-16"); // the review, if submitted now
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Plan {
    /// The day.
    pub today: NaiveDate,
    /// May the request be submitted?
    pub readiness: Readiness,
    /// What the offer is for.
    pub scenario: Option<Scenario>,
    /// The credit; `None` where no ACR was given.
    pub sizing: Option<Sizing>,
    /// Every prerequisite.
    pub prerequisites: Vec<PrerequisiteFinding>,
    /// What happened so far.
    pub agreement: Agreement,
    /// What is to come.
    pub timeline: Timeline,
}

/// May a request be submitted?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Readiness {
    /// All that applies is met.
    Ready,
    /// Something is not met: the request would be rejected.
    NotReady,
    /// Nothing is known to be amiss, and something is not known.
    Unknown,
}

impl Plan {
    /// The plan of an offer; "today" is the day of `in_force`.
    ///
    /// # Errors
    ///
    /// [`CreditOfferError`] for an ACR that cannot be planned with, and for a day before the offer is known or past the calendar.
    pub fn new(offer: &Offer, in_force: &InForce<'_>) -> Result<Self, CreditOfferError> {
        let today = in_force.day();
        let sizing = offer.deal.incremental_acr.map(|acr| Sizing::new(acr, Rate::ONE, in_force)).transpose()?;
        let prerequisites = findings(offer, sizing.as_ref());
        let timeline = Timeline::new(&offer.agreement, &offer.calendar, today);
        Ok(Self {
            today,
            readiness: readiness(&prerequisites),
            scenario: offer.deal.scenario,
            sizing,
            prerequisites,
            agreement: offer.agreement.clone(),
            timeline: timeline.ok_or(CreditOfferError::EndOfCalendar(today))?,
        })
    }
}

fn readiness(findings: &[PrerequisiteFinding]) -> Readiness {
    let any = |answer| findings.iter().any(|finding| finding.answer == answer);
    if any(Answer::NotMet) {
        Readiness::NotReady
    } else if any(Answer::Unknown) {
        Readiness::Unknown
    } else {
        Readiness::Ready
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programme::Programme;

    const WHOLE: &str = r#"
        [deal]
        incremental_acr = "15000"
        scenario = "dual_cost"
        [customer]
        us_smb = true
        segment = "commercial"
        billing_details_current = true
        agreement_accepted = true
        [partner]
        kind = "indirect_reseller"
        agreement_signed = true
        customer_registered = true
        customer_agreement_confirmed = true
        reseller_relationship = true
        provider_reseller_relationship = true
        [request]
        submitted_by = "indirect_reseller"
    "#;

    fn plan(text: &str) -> Plan {
        let offer = Offer::from_toml("offer.toml", text).unwrap();
        Plan::new(&offer, &Programme::builtin().unwrap().on("2023-07-10".parse().unwrap()).unwrap()).unwrap()
    }

    #[test]
    fn ready_only_when_everything_is_met() {
        assert_eq!(plan(WHOLE).readiness, Readiness::Ready);
        assert_eq!(plan(&WHOLE.replace("us_smb = true", "")).readiness, Readiness::Unknown);
        // Each line that is turned makes the request not ready, whatever else is unknown.
        let wrong = [
            ("true", "false"),
            ("commercial\"", "education\""),
            ("submitted_by = \"indirect_reseller", "submitted_by = \"indirect_provider"),
            ("15000", "4999.99"),
        ];
        for (from, to) in wrong {
            for (at, _) in WHOLE.match_indices(from) {
                let turned = format!("{}{to}{}", &WHOLE[..at], &WHOLE[at + from.len()..]);
                assert_eq!(plan(&turned).readiness, Readiness::NotReady, "{turned}");
            }
        }
    }

    #[test]
    fn the_object_is_flat_enough_to_read() {
        let json = serde_json::to_value(plan(WHOLE)).unwrap();
        assert_eq!(json["sizing"]["credit"], "1500");
        assert_eq!(json["prerequisites"][0]["status"], "met");
        assert_eq!(json["timeline"]["windows"][0]["step"], "submit");
        assert_eq!(json["timeline"]["allowed"], serde_json::json!(["submit"]));
    }
}
