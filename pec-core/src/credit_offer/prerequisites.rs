//! What must be so before a request is submitted: "If requirements listed above are not met, ACO through CSP requests cannot be
//! processed and will be rejected" (deck, Pre-requisites).

use std::borrow::Cow;
use std::fmt;

use chrono::NaiveDate;
use serde::{Serialize, Serializer};

use super::offer::{Offer, Segment};
use super::sizing::Sizing;
use crate::partner::PartnerKind;
use crate::programme::{Source, Status};

/// A prerequisite: what must be so, who sees to it, and where it is written.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Prerequisite {
    /// Its stable id.
    pub id: PrerequisiteId,
    /// What must be so.
    pub sentence: &'static str,
    /// Who can see to it.
    pub owner: Owner,
    /// How.
    pub remedy: &'static str,
    /// Where it is written.
    pub source: Source,
}

/// Who can see to a prerequisite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Owner {
    /// The customer.
    Customer,
    /// The partner that works with the customer: direct-bill, or the indirect reseller.
    Partner,
    /// That partner's indirect provider.
    IndirectProvider,
    /// Nobody: the offer is not for this deal.
    Nobody,
}

/// Is a prerequisite met?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It is.
    Met,
    /// It is not: the request would be rejected.
    NotMet,
    /// It was not told.
    Unknown,
    /// It does not concern this deal.
    NotApplicable,
}

/// A prerequisite and its answer.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct PrerequisiteFinding {
    /// The prerequisite.
    pub prerequisite: &'static Prerequisite,
    /// Is it met?
    pub answer: Answer,
}

macro_rules! prerequisites {
    ($($id:ident $word:literal $owner:ident $sentence:literal, $remedy:literal, $page:literal;)+) => {
        /// The ids of the prerequisites.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum PrerequisiteId {
            $(#[doc = concat!("`", $word, "`: ", $sentence, ".")] $id),+
        }

        impl PrerequisiteId {
            /// The id as files and tables spell it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$id => $word),+ }
            }
        }

        static PREREQUISITES: &[Prerequisite] = &[$(Prerequisite {
            id: PrerequisiteId::$id,
            sentence: $sentence,
            owner: Owner::$owner,
            remedy: $remedy,
            source: deck($page),
        }),+];
    };
}

prerequisites! {
    DealSize "deal_size" Nobody "the estimated incremental ACR of 12 months reaches the threshold",
        "sell more than is estimated now, or do without the offer; do not count usage that is there already", "ACO4, Program Guidance";
    ScenarioNamed "scenario_named" Partner "the deal is one of the scenarios that the offer serves",
        "say which: dual_cost, production_trial, acceleration or competition, and how the offer helps the customer", "Program Guidance";
    CustomerUsSmb "customer_us_smb" Nobody "the customer is a small or medium business in the United States",
        "look up the account in Partner Center; for other customers there is no offer", "ACO5, Pre-requisites";
    CustomerCommercial "customer_commercial" Nobody "the customer is a commercial customer",
        "none: the offer is not for non-profit, education or government cloud customers", "ACO5, Pre-requisites";
    BillingDetailsCurrent "billing_details_current" Customer "the customer's Microsoft billing account has current details",
        "update tax id, registration number and address in the Microsoft admin center, under billing accounts", "Pre-requisites";
    CustomerAgreementAccepted "customer_agreement_accepted" Customer "the customer has accepted the Microsoft Customer Agreement",
        "accept the Microsoft Customer Agreement; a customer on legacy CSP cannot get the offer", "ACO5, Pre-requisites";
    PartnerAgreementSigned "partner_agreement_signed" Partner "the partner has signed the Microsoft Partner Agreement",
        "sign the Microsoft Partner Agreement in Partner Center", "ACO5, Pre-requisites";
    CustomerRegistered "customer_registered" Partner "the customer's account is in the partner's Partner Center",
        "add the customer in Partner Center", "Pre-requisites";
    CustomerAgreementConfirmed "customer_agreement_confirmed" Partner "the partner has confirmed that the customer accepted the Microsoft Customer Agreement",
        "confirm the customer's acceptance in Partner Center", "Pre-requisites";
    ResellerRelationship "reseller_relationship" Partner "the partner has a reseller relationship with the customer",
        "send the customer a request for a reseller relationship from Partner Center", "ACO5, Pre-requisites";
    ProviderResellerRelationship "provider_reseller_relationship" IndirectProvider "the reseller's indirect provider has a reseller relationship with the customer, too",
        "have the customer accept the invitation that names both the reseller and its indirect provider", "ACO5, Pre-requisites";
    RequestByTransactingPartner "request_by_transacting_partner" Partner "the partner that works with the customer submits the request itself",
        "let the direct-bill partner or the indirect reseller submit it; an indirect provider cannot do so for its reseller, no exceptions", "ACO3, Application & Approval";
}

const fn deck(location: &'static str) -> Source {
    // The deck bears no day; its date is read as the first day of the fiscal year, as in `parameters.toml`.
    let dated = match NaiveDate::from_ymd_opt(2023, 7, 1) {
        Some(date) => date,
        None => NaiveDate::MIN,
    };
    let document = Cow::Borrowed("Microsoft deck, Azure Credit Offer: FY24 ACO through CSP, US SMB");
    Source::new(document, dated, Cow::Borrowed(location), Status::Documented, None)
}

/// All prerequisites: the deal's, the customer's, the partner's, the request's.
#[must_use]
pub fn prerequisites() -> &'static [Prerequisite] {
    PREREQUISITES
}

/// Every prerequisite with its answer for an offer.
pub(super) fn findings(offer: &Offer, sizing: Option<&Sizing>) -> Vec<PrerequisiteFinding> {
    let answered = |prerequisite: &'static Prerequisite| PrerequisiteFinding {
        prerequisite,
        answer: answer(prerequisite.id, offer, sizing),
    };
    prerequisites().iter().map(answered).collect()
}

fn answer(id: PrerequisiteId, offer: &Offer, sizing: Option<&Sizing>) -> Answer {
    let Offer { deal, customer, partner, request, .. } = offer;
    match id {
        PrerequisiteId::DealSize => told(sizing.map(|sizing| sizing.eligible)),
        PrerequisiteId::ScenarioNamed => told(deal.scenario.map(|_| true)),
        PrerequisiteId::CustomerUsSmb => told(customer.us_smb),
        PrerequisiteId::CustomerCommercial => told(customer.segment.map(|segment| segment == Segment::Commercial)),
        PrerequisiteId::BillingDetailsCurrent => told(customer.billing_details_current),
        PrerequisiteId::CustomerAgreementAccepted => told(customer.agreement_accepted),
        PrerequisiteId::PartnerAgreementSigned => told(partner.agreement_signed),
        PrerequisiteId::CustomerRegistered => told(partner.customer_registered),
        PrerequisiteId::CustomerAgreementConfirmed => told(partner.customer_agreement_confirmed),
        PrerequisiteId::ResellerRelationship => told(partner.reseller_relationship),
        PrerequisiteId::ProviderResellerRelationship => match partner.kind {
            Some(PartnerKind::DirectBill) => Answer::NotApplicable,
            Some(PartnerKind::IndirectProvider | PartnerKind::IndirectReseller) => {
                told(partner.provider_reseller_relationship)
            }
            // Who has none yet may turn out to sell directly.
            None => told(partner.provider_reseller_relationship.filter(|there| *there)),
        },
        PrerequisiteId::RequestByTransactingPartner => submitter(partner.kind, request.submitted_by),
    }
}

/// Whatever the deal: a provider never submits, and each other partner only for its own.
fn submitter(partner: Option<PartnerKind>, submitted_by: Option<PartnerKind>) -> Answer {
    match (partner, submitted_by) {
        (_, Some(PartnerKind::IndirectProvider)) => Answer::NotMet,
        (_, None) | (None, Some(_)) => Answer::Unknown,
        (Some(partner), Some(by)) => {
            let direct = [partner, by].map(|kind| kind == PartnerKind::DirectBill);
            told(Some(direct[0] == direct[1]))
        }
    }
}

const fn told(fact: Option<bool>) -> Answer {
    match fact {
        Some(true) => Answer::Met,
        Some(false) => Answer::NotMet,
        None => Answer::Unknown,
    }
}

impl Owner {
    /// The word as files and tables spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Partner => "partner",
            Self::IndirectProvider => "indirect_provider",
            Self::Nobody => "nobody",
        }
    }
}

impl Answer {
    /// The word as files and tables spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::NotMet => "not_met",
            Self::Unknown => "unknown",
            Self::NotApplicable => "not_applicable",
        }
    }
}

impl fmt::Display for PrerequisiteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[derive(Serialize)]
struct Shown {
    id: &'static str,
    status: Answer,
    sentence: &'static str,
    owner: Owner,
    remedy: &'static str,
    source: String,
}

impl Serialize for PrerequisiteFinding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Prerequisite { id, sentence, owner, remedy, source } = self.prerequisite;
        let (id, owner, status) = (id.as_str(), *owner, self.answer);
        Shown { id, status, sentence, owner, remedy, source: source.to_string() }.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_sources_are_complete() {
        let mut ids: Vec<_> = prerequisites().iter().map(|known| known.id).collect();
        assert!(ids.is_sorted());
        ids.dedup();
        assert_eq!(ids.len(), prerequisites().len());
        for known in prerequisites() {
            assert!(known.source.dated() > NaiveDate::MIN && !known.source.location().is_empty());
            assert!(!known.sentence.ends_with('.') && !known.remedy.ends_with('.'), "{}", known.id);
        }
    }

    #[test]
    fn what_is_not_told_is_unknown() {
        let found = findings(&Offer::default(), None);
        assert!(found.iter().all(|finding| finding.answer == Answer::Unknown));
    }

    #[test]
    fn only_the_partner_that_works_with_the_customer_submits() {
        use PartnerKind::{DirectBill, IndirectProvider, IndirectReseller};
        let cases = [
            (Some(DirectBill), Some(DirectBill), Answer::Met),
            (Some(IndirectReseller), Some(IndirectReseller), Answer::Met),
            (Some(IndirectProvider), Some(IndirectReseller), Answer::Met),
            (Some(IndirectReseller), Some(IndirectProvider), Answer::NotMet),
            (Some(IndirectProvider), Some(IndirectProvider), Answer::NotMet),
            (Some(DirectBill), Some(IndirectReseller), Answer::NotMet),
            (Some(IndirectReseller), Some(DirectBill), Answer::NotMet),
            (None, Some(IndirectProvider), Answer::NotMet),
            (None, Some(IndirectReseller), Answer::Unknown),
            (Some(DirectBill), None, Answer::Unknown),
        ];
        for (partner, by, expected) in cases {
            assert_eq!(submitter(partner, by), expected, "{partner:?} by {by:?}");
        }
    }

    #[test]
    fn the_provider_needs_a_relationship_in_the_indirect_model_only() {
        let id = PrerequisiteId::ProviderResellerRelationship;
        let of = |kind, there| {
            let mut offer = Offer::default();
            offer.partner.kind = kind;
            offer.partner.provider_reseller_relationship = there;
            answer(id, &offer, None)
        };
        assert_eq!(of(Some(PartnerKind::DirectBill), Some(false)), Answer::NotApplicable);
        assert_eq!(of(Some(PartnerKind::IndirectReseller), Some(false)), Answer::NotMet);
        assert_eq!(of(Some(PartnerKind::IndirectReseller), None), Answer::Unknown);
        assert_eq!(of(None, Some(false)), Answer::Unknown);
        assert_eq!(of(None, Some(true)), Answer::Met);
    }
}
