//! One row of an invoice reconciliation file.

use crate::day::UsageDay;
use crate::ids::{AvailabilityId, CustomerId, PlanId, ProductId, SkuId};
use crate::money::{Amount, AmountError, Currency, Number};
use crate::product::is_microsoft;

use super::{Adjusted, PriceAdjustments, exchanged};

/// A line of the invoice: every field a domain type, borrowed from the row it was read from.
///
/// It is for an Azure plan, a product, SKU and availability, a group of equal adjustments and a kind of charge over a period;
/// it knows no Azure subscription, no resource and no day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InvoiceLine<'a> {
    /// The customer; blank where the file does not say.
    pub customer: CustomerId<'a>,
    /// The invoice; blank in unbilled data.
    pub invoice: &'a str,
    /// The Azure plan (`SubscriptionId`), or the subscription of a licence.
    pub plan: PlanId<'a>,
    /// The product.
    pub product: ProductId<'a>,
    /// Its SKU.
    pub sku: SkuId<'a>,
    /// Its availability.
    pub availability: AvailabilityId<'a>,
    /// The UTC day of the order, as written: credits have that of their charge.
    pub order_date: &'a str,
    /// The first and last day of the charge, where the file settles them.
    pub charge_period: Option<(UsageDay, UsageDay)>,
    /// What kind of charge it is.
    pub charge: InvoiceChargeType,
    /// What it is for.
    pub class: LineClass,
    /// A credit whose reason is an Azure credit.
    pub azure_credit: bool,
    /// Does it name a unit or a meter? Daily lines do, purchases of third-party software do not.
    pub metered: bool,
    /// List price of a unit, in pricing currency. The price of the first tier on lines of every tier.
    pub unit_price: Number,
    /// Units billed (`BillableQuantity`, which is not `Quantity`).
    pub quantity: Number,
    /// `unit_price` x `quantity`, exactly, in pricing currency.
    pub list_cost: Amount,
    /// What the adjustments amount to.
    pub adjusted: Adjusted,
    /// Amount before tax, in billing currency.
    pub subtotal: Amount,
    /// Tax, in billing currency.
    pub tax: Amount,
    /// The currency of the invoice.
    pub billing: Currency,
    /// The currency of the price list.
    pub pricing: Currency,
    /// Pricing to billing currency; 1 where blank.
    pub exchange_rate: Number,
}

/// `ChargeType` of the invoice (KV `recon-file-charge-types`, 11/08/2022).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum InvoiceChargeType {
    /// A purchase, usage included; `Purchase` in the v1 API.
    New,
    /// A renewal.
    Renew,
    /// Another cycle of a term.
    CycleCharge,
    /// More seats.
    AddQuantity,
    /// Fewer seats.
    RemoveQuantity,
    /// Seats moved.
    MoveQuantity,
    /// A cancellation; `Refund` in the v1 API.
    CancelImmediate,
    /// An upgrade.
    Convert,
    /// Another billing plan.
    ChangeBillingPlan,
    /// Credits for Azure, service levels and others.
    CustomerCredit,
    /// A longer term.
    ExtendTerm,
    /// Blank, or a text that is not documented.
    #[default]
    Other,
}

impl InvoiceChargeType {
    /// Reads the column.
    #[must_use]
    pub fn read(text: &str) -> Self {
        match text.trim().to_ascii_lowercase().as_str() {
            "new" | "purchase" => Self::New,
            "renew" => Self::Renew,
            "cyclecharge" => Self::CycleCharge,
            "addquantity" => Self::AddQuantity,
            "removequantity" => Self::RemoveQuantity,
            "movequantity" => Self::MoveQuantity,
            "cancelimmediate" | "cancel" | "refund" => Self::CancelImmediate,
            "convert" => Self::Convert,
            "changebillingplan" => Self::ChangeBillingPlan,
            "customercredit" => Self::CustomerCredit,
            "extendterm" => Self::ExtendTerm,
            _ => Self::Other,
        }
    }
}

/// Does `CreditReasonCode` name an Azure credit? Its four published texts agree in their beginning only (R88).
#[must_use]
pub fn is_azure_credit(reason_code: &str) -> bool {
    reason_code.trim().get(..7).is_some_and(|head| head.eq_ignore_ascii_case("azure c"))
}

/// What a line of the invoice is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LineClass {
    /// Usage of the Azure plan: has daily lines.
    Usage,
    /// Usage of another publisher's product: has daily lines and no partner earned credit (R58).
    Marketplace,
    /// Seats and other licences: no daily lines.
    Licence,
    /// The purchase of a reservation or a savings plan: no daily cost (R56, R60).
    Commitment,
    /// An Azure credit or another credit to the customer (R87).
    Credit,
}

/// The columns that tell what a line is for.
#[derive(Clone, Copy, Debug, Default)]
pub struct ClassColumns<'a> {
    /// `ChargeType`.
    pub charge: InvoiceChargeType,
    /// `CreditReasonCode`.
    pub credit_reason_code: &'a str,
    /// `ReservationOrderId`.
    pub reservation_order: &'a str,
    /// `TermAndBillingCycle`, `ProductName` and `SkuName`.
    pub names: [&'a str; 3],
    /// `PublisherName`.
    pub publisher: &'a str,
    /// `SubscriptionDescription`; a customer can rename a plan.
    pub description: &'a str,
    /// `UnitType` and `MeterDescription`.
    pub unit_and_meter: [&'a str; 2],
    /// `Quantity`, which is 1 for usage.
    pub quantity: Option<Number>,
}

impl LineClass {
    /// What a line with these columns is for; the first that holds.
    #[must_use]
    pub fn of(columns: &ClassColumns<'_>) -> Self {
        let names = |words: &str| columns.names.iter().any(|name| name.to_ascii_lowercase().contains(words));
        let committed = || ["savings plan", "reservation", "reserved"].into_iter().any(names);
        let publisher = columns.publisher.trim();
        if columns.charge == InvoiceChargeType::CustomerCredit || is_azure_credit(columns.credit_reason_code) {
            Self::Credit
        } else if !columns.reservation_order.trim().is_empty() && committed() {
            Self::Commitment
        } else if !publisher.is_empty() && !is_microsoft(publisher) {
            Self::Marketplace
        } else if columns.description.trim().eq_ignore_ascii_case("azure plan")
            || (columns.is_metered() && columns.quantity == Some(Number::ONE))
        {
            Self::Usage
        } else {
            Self::Licence
        }
    }
}

impl ClassColumns<'_> {
    /// Is there a unit or a meter?
    #[must_use]
    pub fn is_metered(&self) -> bool {
        self.unit_and_meter.iter().any(|text| !text.trim().is_empty())
    }
}

/// How the list cost of a usage line becomes what is billed; each part exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsageSteps {
    /// `UnitPrice` x `BillableQuantity`.
    pub list_cost: Amount,
    /// What the tier discount takes off.
    pub tiers: Amount,
    /// What the credit takes off the rest.
    pub partner_earned_credit: Amount,
    /// What is left.
    pub net: Amount,
    /// Cut to cents, in pricing currency.
    pub billable: Amount,
    /// Exchanged and cut, in billing currency: what `Subtotal` should be.
    pub billed: Amount,
}

impl UsageSteps {
    /// The steps from a list cost, by discounts, to an exchange rate and its billing currency.
    pub(crate) fn of(
        list_cost: Amount,
        discounts: PriceAdjustments,
        exchange: (Number, Currency),
    ) -> Result<Self, AmountError> {
        let tiers = list_cost.share(discounts.tier_discount)?;
        let credit = list_cost.checked_sub(tiers)?.share(discounts.partner_earned_credit)?;
        Self::with_credit(list_cost, tiers, credit, exchange)
    }

    /// The same, where the credit is known as an amount.
    pub(crate) fn with_credit(
        list_cost: Amount,
        tiers: Amount,
        partner_earned_credit: Amount,
        (exchange_rate, billing): (Number, Currency),
    ) -> Result<Self, AmountError> {
        let net = list_cost.checked_sub(tiers)?.checked_sub(partner_earned_credit)?;
        let billable = super::cut(net);
        let billed = exchanged(billable, exchange_rate, billing)?;
        Ok(Self { list_cost, tiers, partner_earned_credit, net, billable, billed })
    }
}

impl InvoiceLine<'_> {
    /// Are there daily lines of it? Of usage always; of another publisher's product where it is metered.
    #[must_use]
    pub const fn has_daily_lines(&self) -> bool {
        match self.class {
            LineClass::Usage => true,
            LineClass::Marketplace => self.metered,
            LineClass::Licence | LineClass::Commitment | LineClass::Credit => false,
        }
    }

    /// The steps of a usage line.
    ///
    /// # Errors
    ///
    /// [`AmountError`] where a step cannot be held exactly.
    pub fn steps(&self) -> Result<UsageSteps, AmountError> {
        UsageSteps::of(self.list_cost, self.adjusted.discounts, (self.exchange_rate, self.billing))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charge_types_and_credit_reasons() {
        for (text, charge) in [
            ("New", InvoiceChargeType::New),
            ("Purchase", InvoiceChargeType::New),
            ("customerCredit", InvoiceChargeType::CustomerCredit),
            ("Refund", InvoiceChargeType::CancelImmediate),
            ("changeBillingPlan", InvoiceChargeType::ChangeBillingPlan),
            ("", InvoiceChargeType::Other),
        ] {
            assert_eq!(InvoiceChargeType::read(text), charge, "{text}");
        }
        for text in ["Azure Credit Offer", "Azure Credit", "Azure Consumption Credit", "azure credit applied"] {
            assert!(is_azure_credit(text), "{text}");
        }
        assert!(!is_azure_credit("Azur") && !is_azure_credit("") && !is_azure_credit("Azure plan"));
    }

    #[test]
    fn classes_in_their_order() {
        let usage = ClassColumns { description: "azure PLAN", publisher: "Microsoft", ..ClassColumns::default() };
        assert_eq!(LineClass::of(&usage), LineClass::Usage);
        let renamed = ClassColumns { unit_and_meter: ["1 GB", ""], quantity: Some(Number::ONE), ..Default::default() };
        assert_eq!(LineClass::of(&renamed), LineClass::Usage);
        assert_eq!(LineClass::of(&ClassColumns { description: "Azure plan 2", ..usage }), LineClass::Licence);
        assert_eq!(LineClass::of(&ClassColumns { publisher: "Contoso", ..usage }), LineClass::Marketplace);
        let reserved = ClassColumns { names: ["One-Year Reservation", "", ""], ..usage };
        assert_eq!(LineClass::of(&reserved), LineClass::Usage, "without an order it is no purchase");
        assert_eq!(LineClass::of(&ClassColumns { reservation_order: "5ea0", ..reserved }), LineClass::Commitment);
        let credit = ClassColumns { credit_reason_code: "Azure Consumption Credit", ..reserved };
        assert_eq!(LineClass::of(&credit), LineClass::Credit);
    }
}
