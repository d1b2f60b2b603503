//! One charge of one resource and meter on one day.

use crate::day::UsageDay;
use crate::ids::{CustomerId, ResellerId, SubscriptionId};
use crate::money::{Currency, ListCost, Number, Rate};
use crate::product::{ProductIds, ProductSignals};

/// A usage line: every field a domain type, borrowed from the row it was read from.
///
/// Made by [`crate::normalise`] from any file kind, or by [`crate::normalise::Record`] from names and texts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UsageLine<'a> {
    /// The customer; blank where the file does not say.
    pub customer: CustomerId<'a>,
    /// The customer's name, for people; blank where the file does not say.
    pub customer_name: &'a str,
    /// The Azure subscription (`EntitlementId`).
    pub subscription: SubscriptionId<'a>,
    /// The subscription's name, for people; blank where the file does not say.
    pub subscription_name: &'a str,
    /// The resource group; blank for charges outside groups.
    pub resource_group: &'a str,
    /// The resource's ARM path; blank for charges without a resource.
    pub resource: &'a str,
    /// The reseller of record; blank in the direct model.
    pub reseller: ResellerId<'a>,
    /// The product's name, for people; blank where the file does not say.
    pub product_name: &'a str,
    /// The SKU's name, for people; blank where the file does not say.
    pub sku_name: &'a str,
    /// The meter's name, for people; blank where the file does not say.
    pub meter_name: &'a str,
    /// The day of consumption.
    pub day: UsageDay,
    /// List price of a unit, in pricing currency.
    pub unit_price: Number,
    /// Units consumed.
    pub quantity: Number,
    /// `unit_price` x `quantity`, exactly, in pricing currency.
    pub list_cost: ListCost,
    /// The amount before tax in pricing currency as the file has it, where it does.
    pub pricing_pre_tax_total: Option<Number>,
    /// The price of a unit after adjustments, where the line has no flag of a credit; with one it is not looked at.
    pub effective_unit_price: Option<Number>,
    /// The currency of all amounts of the line.
    pub currency: Currency,
    /// What kind of charge it is.
    pub charge: ChargeType,
    /// What it was bought under.
    pub offer: Offer,
    /// It stands on an invoice. Usage of an open period has no invoice number; neither has a file without that column.
    pub invoiced: bool,
    /// What its columns tell of the product.
    pub product: ProductSignals,
    /// Which product it is.
    pub product_ids: &'a ProductIds,
    /// What it is billed in; nothing where the file does not say, or was not asked.
    pub billing: Billing,
    /// What the file says was credited.
    pub credit: CreditColumns,
    /// A drawdown of Azure credit pays all of it; set by the engine.
    pub paid_by_credit: bool,
}

/// The columns that say what a line is billed in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Billing {
    /// `BillingCurrency`.
    pub currency: Option<Currency>,
    /// `PCToBCExchangeRate`.
    pub exchange_rate: Option<Number>,
}

/// `ChargeType`, as far as it matters here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChargeType {
    /// Consumption of a day: `new`, `Usage`, or blank as in unbilled data.
    #[default]
    Usage,
    /// Anything else: credits, refunds, purchases, rounding adjustments, tax.
    Other,
}

impl ChargeType {
    /// Reads the column.
    #[must_use]
    pub fn read(text: &str) -> Self {
        match folded(text).as_str() {
            "" | "new" | "usage" | "charge" | "consumption" => Self::Usage,
            _ => Self::Other,
        }
    }
}

/// `SubscriptionDescription`: the offer a line was bought under.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Offer {
    /// The Azure plan, or the file does not say (daily rated usage holds nothing else by design).
    #[default]
    AzurePlan,
    /// Another offer by its description: legacy, licence, telco.
    Other,
    /// An invoice of the legacy commerce: its number begins with `D` (R6).
    LegacyInvoice,
}

impl Offer {
    /// Reads the description.
    #[must_use]
    pub fn read(description: &str) -> Self {
        let description = folded(description);
        if description.is_empty()
            || description.starts_with("azureplan")
            || description.starts_with("microsoftazureplan")
        {
            Self::AzurePlan
        } else {
            Self::Other
        }
    }
}

/// `BenefitType`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum BenefitType {
    /// `Charge`, blank or unknown: an ordinary charge, overage above a benefit included (R61).
    #[default]
    Charge,
    /// Covered by a savings plan (R60).
    SavingsPlan,
    /// Covered by a reservation (R56).
    Reservation,
}

impl BenefitType {
    /// Reads the column.
    #[must_use]
    pub fn read(text: &str) -> Self {
        match folded(text).as_str() {
            "savingsplan" => Self::SavingsPlan,
            "reservation" => Self::Reservation,
            _ => Self::Charge,
        }
    }
}

/// `pricingModel` of Cost Management; `PricingCategory` and `x_PricingSubcategory` of FOCUS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum PricingModel {
    /// On demand, blank, or unknown.
    #[default]
    OnDemand,
    /// Spot; `Dynamic` in FOCUS.
    Spot,
    /// A reservation; `Committed Usage` in FOCUS.
    Reservation,
    /// A savings plan; `Committed Spend` in FOCUS.
    SavingsPlan,
    /// A reservation or a savings plan.
    Committed,
}

impl PricingModel {
    /// Reads the column.
    #[must_use]
    pub fn read(text: &str) -> Self {
        match folded(text).as_str() {
            "spot" | "dynamic" => Self::Spot,
            "reservation" | "committedusage" => Self::Reservation,
            "savingsplan" | "committedspend" => Self::SavingsPlan,
            "committed" | "commitment-based" | "commitmentbased" => Self::Committed,
            _ => Self::OnDemand,
        }
    }
}

/// `CreditType`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum CreditType {
    /// Blank, or a text without meaning here.
    #[default]
    Untold,
    /// `Credit Not Applied`.
    NotApplied,
    /// `Partner Earned Credit Applied`; `PEC Applied` for one commit of the documentation in 2021.
    PartnerEarnedCredit,
    /// `Azure Credit Applied`: matched on its beginning, since its spellings conflict (R88).
    AzureCredit,
}

impl CreditType {
    /// Reads the column.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let text = folded(text);
        if text.starts_with("azurec") {
            Self::AzureCredit
        } else if text == "partnerearnedcreditapplied" || text == "pecapplied" {
            Self::PartnerEarnedCredit
        } else if text == "creditnotapplied" {
            Self::NotApplied
        } else {
            Self::Untold
        }
    }
}

/// The columns that say what was credited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CreditColumns {
    /// `PartnerEarnedCreditPercentage` and its other spellings; `None` where blank or absent.
    pub partner_earned_credit: Option<PartnerEarnedCredit>,
    /// `CreditPercentage`, `None` where blank or absent.
    pub credit: Option<Rate>,
    /// `CreditType`.
    pub credit_type: CreditType,
    /// Does any column say whether a credit was applied? Blank cells do not.
    pub told: bool,
}

impl CreditColumns {
    /// Does `CreditType` say the opposite of the partner earned credit column? The column is believed.
    ///
    /// ```
    /// use pec_core::money::Rate;
    /// use pec_core::usage::{CreditColumns, CreditType, PartnerEarnedCredit};
    /// let zero = Some(PartnerEarnedCredit::Rate(Rate::ZERO));
    /// let mut columns = CreditColumns::default();
    /// (columns.partner_earned_credit, columns.credit_type) = (zero, CreditType::PartnerEarnedCredit);
    /// assert!(columns.contradict());
    /// ```
    #[must_use]
    pub const fn contradict(&self) -> bool {
        match (self.partner_earned_credit, self.credit_type) {
            (Some(PartnerEarnedCredit::Rate(rate)), CreditType::PartnerEarnedCredit) => rate.is_zero(),
            (Some(PartnerEarnedCredit::Rate(rate)), CreditType::NotApplied) => !rate.is_zero(),
            (Some(PartnerEarnedCredit::Applied), CreditType::NotApplied) => true,
            _ => false,
        }
    }
}

/// What the partner earned credit column says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartnerEarnedCredit {
    /// A rate such as 15 %.
    Rate(Rate),
    /// Only that it was applied: the programme's rate of the day.
    Applied,
}

/// Lower case, without spaces.
fn folded(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_spellings() {
        for usage in ["", "new", "New", "Usage"] {
            assert_eq!(ChargeType::read(usage), ChargeType::Usage);
        }
        for other in ["customerCredit", "Refund", "cancelImmediate", "RoundingAdjustment", "Purchase", "tax"] {
            assert_eq!(ChargeType::read(other), ChargeType::Other);
        }
        for azure in ["Azure Credit Applied", "Azure Credit Offer", "azure consumption credit", "AzureCredit"] {
            assert_eq!(CreditType::read(azure), CreditType::AzureCredit);
        }
        for pec in ["Partner Earned Credit Applied", "PEC Applied"] {
            assert_eq!(CreditType::read(pec), CreditType::PartnerEarnedCredit);
        }
        assert_eq!(CreditType::read("Credit Not Applied"), CreditType::NotApplied);
        assert_eq!(CreditType::read(""), CreditType::Untold);
        assert_eq!(BenefitType::read("Savings Plan"), BenefitType::SavingsPlan);
        assert_eq!(BenefitType::read("Charge"), BenefitType::Charge);
        assert_eq!(Offer::read("Azure plan"), Offer::AzurePlan);
        assert_eq!(Offer::read("Teams Calling Pay-As-You-Go"), Offer::Other);
    }
}
