//! Reasons: what a rule found, as data.

use std::fmt;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::access::Finding;
use crate::product::{ReservationSignal, SpotSignal};
use crate::usage::Offer;

macro_rules! rule_ids {
    ($($(#[$docs:meta])* $variant:ident = $id:literal),+ $(,)?) => {
        /// The public, stable id of a rule; never reused. Ids are in the order of precedence.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum RuleId { $($(#[$docs])* $variant),+ }

        impl RuleId {
            /// All ids, in rank order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The id as files and tables spell it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $id),+ }
            }
        }
    };
}

rule_ids! {
    /// The line is not consumption.
    NotUsageCharge = "not_usage_charge",
    /// Not bought under the Azure plan.
    NotAzurePlan = "not_azure_plan",
    /// Covered by a reservation.
    Reservation = "reservation",
    /// Covered by a savings plan.
    SavingsPlan = "savings_plan",
    /// A marketplace product.
    MarketplaceProduct = "marketplace_product",
    /// A product of a third party in the Azure plan's price list.
    ThirdPartyProduct = "third_party_product",
    /// A Spot virtual machine.
    SpotVirtualMachine = "spot_virtual_machine",
    /// Not in the Azure plan consumption price list.
    NotInPriceList = "not_in_price_list",
    /// Paid for by Azure credit.
    AzureCreditApplied = "azure_credit_applied",
    /// Nothing was charged.
    NothingCharged = "nothing_charged",
    /// An indirect reseller earns nothing itself.
    PartnerTypeCannotEarn = "partner_type_cannot_earn",
    /// The partner's programme agreement was not in force on that day.
    AgreementInactive = "agreement_inactive",
    /// The partner did not transact the Azure subscription for the whole day.
    NotTransactingPartner = "not_transacting_partner",
    /// No access of yours reached the resource on that day.
    NoAccess = "no_access",
    /// Only a partner that does not transact the subscription had access.
    OnlyOtherPartnerAccess = "only_other_partner_access",
    /// The role does not earn.
    RoleNotEligible = "role_not_eligible",
    /// The identity has no linked partner id.
    PartnerIdNotLinked = "partner_id_not_linked",
    /// The identity is linked to a partner id of another organization.
    PartnerIdOfOtherOrganization = "partner_id_of_other_organization",
    /// Access was only eligible for activation, or activated for a while.
    AccessJustInTime = "access_just_in_time",
    /// A deny assignment voids the access.
    AccessDenied = "access_denied",
    /// Access held for a part of the day.
    AccessPartOfDay = "access_part_of_day",
    /// The role is not on Microsoft's list.
    RoleUnlisted = "role_unlisted",
    /// The role assignment has a condition.
    AssignmentConditional = "assignment_conditional",
    /// Whether an identity with access is linked is not known.
    LinkUnknown = "link_unknown",
    /// Who is in a group with access is not known.
    GroupMembersUnknown = "group_members_unknown",
    /// Whether a foreign group or managing tenant is of your organization is not known.
    AgentGroupsUnknown = "agent_groups_unknown",
    /// Whether a management group holds the subscription is not known.
    ManagementGroupUnknown = "management_group_unknown",
    /// Access changed, or began, at a time that the exports do not tell.
    AccessChangeTimeUnknown = "access_change_time_unknown",
    /// Nothing shows who had access.
    NoAccessEvidence = "no_access_evidence",
}

impl RuleId {
    /// The rule that reports a finding of access.
    #[must_use]
    pub const fn of(finding: Finding) -> Self {
        match finding {
            Finding::PartnerTypeCannotEarn => Self::PartnerTypeCannotEarn,
            Finding::AgreementInactive => Self::AgreementInactive,
            Finding::NotTransactingPartner => Self::NotTransactingPartner,
            Finding::NoAccess => Self::NoAccess,
            Finding::OnlyOtherPartnerAccess => Self::OnlyOtherPartnerAccess,
            Finding::RoleNotEligible => Self::RoleNotEligible,
            Finding::PartnerIdNotLinked => Self::PartnerIdNotLinked,
            Finding::PartnerIdOfOtherOrganization => Self::PartnerIdOfOtherOrganization,
            Finding::AccessJustInTime => Self::AccessJustInTime,
            Finding::AccessDenied => Self::AccessDenied,
            Finding::AccessPartOfDay => Self::AccessPartOfDay,
            Finding::RoleUnlisted => Self::RoleUnlisted,
            Finding::AssignmentConditional => Self::AssignmentConditional,
            Finding::LinkUnknown => Self::LinkUnknown,
            Finding::GroupMembersUnknown => Self::GroupMembersUnknown,
            Finding::AgentGroupsUnknown => Self::AgentGroupsUnknown,
            Finding::ManagementGroupUnknown => Self::ManagementGroupUnknown,
            Finding::AccessChangeTimeUnknown => Self::AccessChangeTimeUnknown,
            Finding::NoAccessEvidence => Self::NoAccessEvidence,
        }
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl<'de> Deserialize<'de> for RuleId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let found = Self::ALL.iter().copied().find(|one| one.as_str() == name);
        found.ok_or_else(|| D::Error::custom("expected a rule"))
    }
}

impl Serialize for RuleId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// What a rule found on a line, with the signal that decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The charge type is not usage.
    NotUsageCharge,
    /// Another offer than the Azure plan.
    NotAzurePlan {
        /// Which.
        offer: Offer,
    },
    /// Covered by a reservation.
    Reservation {
        /// What shows it.
        signal: ReservationSignal,
    },
    /// Covered by a savings plan.
    SavingsPlan,
    /// From the marketplace.
    MarketplaceProduct {
        /// What shows it.
        signal: MarketplaceSignal,
    },
    /// A third party's; the tag in the price list shows it.
    ThirdPartyProduct,
    /// A Spot virtual machine.
    SpotVirtualMachine {
        /// What shows it.
        signal: SpotSignal,
    },
    /// The price lists that cover the day do not have it.
    NotInPriceList,
    /// Azure credit paid.
    AzureCreditApplied {
        /// What shows it.
        signal: CreditSignal,
    },
    /// Nothing was charged.
    NothingCharged {
        /// What shows it.
        signal: ZeroSignal,
    },
    /// Found of the partner or its access on that day.
    Access {
        /// What.
        finding: Finding,
    },
}

/// What shows that a product is from the marketplace (R58).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MarketplaceSignal {
    /// A marketplace price list has it.
    PriceList,
    /// `PublisherName` is somebody other than Microsoft.
    PublisherName,
}

/// What shows that Azure credit paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CreditSignal {
    /// The text of `CreditType`.
    CreditType,
    /// `CreditPercentage` is 100 without being partner earned credit.
    CreditPercentage,
    /// The drawdown of the credits that were given.
    Drawdown,
}

/// What shows that nothing was charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ZeroSignal {
    /// Unit price or quantity is zero.
    ListCost,
    /// The amount before tax is zero although the list cost is not: a discount of all of it.
    PricingPreTaxTotal,
}

impl Reason {
    /// The rule that found it.
    #[must_use]
    pub const fn rule(self) -> RuleId {
        match self {
            Self::NotUsageCharge => RuleId::NotUsageCharge,
            Self::NotAzurePlan { .. } => RuleId::NotAzurePlan,
            Self::Reservation { .. } => RuleId::Reservation,
            Self::SavingsPlan => RuleId::SavingsPlan,
            Self::MarketplaceProduct { .. } => RuleId::MarketplaceProduct,
            Self::ThirdPartyProduct => RuleId::ThirdPartyProduct,
            Self::NotInPriceList => RuleId::NotInPriceList,
            Self::SpotVirtualMachine { .. } => RuleId::SpotVirtualMachine,
            Self::AzureCreditApplied { .. } => RuleId::AzureCreditApplied,
            Self::NothingCharged { .. } => RuleId::NothingCharged,
            Self::Access { finding } => RuleId::of(finding),
        }
    }

    /// The column of the usage file that decided, as Microsoft spells it; `None` where it was not the file.
    #[must_use]
    pub const fn column(self) -> Option<&'static str> {
        Some(match self {
            Self::NotUsageCharge => "ChargeType",
            Self::NotAzurePlan { offer: Offer::LegacyInvoice } => "InvoiceNumber",
            Self::NotAzurePlan { .. } => "SubscriptionDescription",
            Self::Reservation { signal } => signal.column(),
            Self::SavingsPlan => "BenefitType",
            Self::MarketplaceProduct { signal: MarketplaceSignal::PublisherName } => "PublisherName",
            Self::SpotVirtualMachine { signal } => signal.column(),
            Self::AzureCreditApplied { signal: CreditSignal::CreditType } => "CreditType",
            Self::AzureCreditApplied { signal: CreditSignal::CreditPercentage } => "CreditPercentage",
            Self::NothingCharged { signal: ZeroSignal::ListCost } => "UnitPrice",
            Self::NothingCharged { signal: ZeroSignal::PricingPreTaxTotal } => "PricingPreTaxTotal",
            Self::MarketplaceProduct { signal: MarketplaceSignal::PriceList }
            | Self::AzureCreditApplied { signal: CreditSignal::Drawdown }
            | Self::ThirdPartyProduct
            | Self::NotInPriceList
            | Self::Access { .. } => return None,
        })
    }

    /// What a price list shows of the line's product on its day, where one decided.
    #[must_use]
    pub const fn price_list(self) -> Option<&'static str> {
        match self {
            Self::MarketplaceProduct { signal: MarketplaceSignal::PriceList } => Some("marketplace price list"),
            Self::ThirdPartyProduct => Some("tag ThirdParty of the price list"),
            Self::NotInPriceList => Some("absent from the price lists of that day"),
            Self::NotUsageCharge
            | Self::NotAzurePlan { .. }
            | Self::Reservation { .. }
            | Self::SavingsPlan
            | Self::MarketplaceProduct { .. }
            | Self::SpotVirtualMachine { .. }
            | Self::AzureCreditApplied { .. }
            | Self::NothingCharged { .. }
            | Self::Access { .. } => None,
        }
    }
}
