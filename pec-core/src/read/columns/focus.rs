//! Microsoft's exports by the FinOps Open Cost and Usage Specification (FOCUS).
//!
//! Sources: MicrosoftDocs/azure-docs@09ceb1fb `dataset-schema/cost-usage-details-focus.md` (2025-01-24), versions 1.0-preview(v1),
//! 1.0, 1.0r2 and 1.2-preview; microsoft/finops-toolkit@3324953e `docs-mslearn/focus/mapping.md` (2026-04-01) for what each
//! column is in cost details.

use super::Column;

/// What each column is called here, the best name first.
///
/// Prices and costs are in the billing currency. `ListUnitPrice` is the price of a `PricingUnit`, so it is multiplied by
/// `PricingQuantity`; the other quantities only stand in for it.
pub(super) const NAMES: [(Column, &[&str]); 33] = [
    (Column::UsageDate, &["ChargePeriodStart"]),
    (Column::EntitlementId, &["SubAccountId"]),
    (Column::EntitlementDescription, &["SubAccountName"]),
    (Column::UnitPrice, &["ListUnitPrice"]),
    (Column::Quantity, &["PricingQuantity", "ConsumedQuantity", "UsageQuantity"]),
    (Column::EffectiveUnitPrice, &["x_EffectiveUnitPrice"]),
    (Column::PricingPreTaxTotal, &["BilledCost"]),
    (Column::PricingCurrency, &["BillingCurrency"]),
    (Column::HasPartnerEarnedCredit, &["x_PartnerCreditApplied"]),
    (Column::PartnerEarnedCreditPercentage, &["x_PartnerCreditRate"]),
    (Column::CustomerId, &["x_CustomerId"]),
    (Column::CustomerName, &["x_CustomerName"]),
    (Column::ResellerMpnId, &["x_ResellerId"]),
    (Column::InvoiceNumber, &["InvoiceId", "x_InvoiceId"]),
    (Column::ChargeStartDate, &["BillingPeriodStart"]),
    (Column::ChargeEndDate, &["BillingPeriodEnd"]),
    (Column::ChargeType, &["ChargeCategory"]),
    (Column::ChargeClass, &["ChargeClass", "ChargeSubcategory"]),
    (Column::SubscriptionDescription, &["x_SkuOrderName"]),
    (Column::PublisherName, &["PublisherName"]),
    (Column::PublisherType, &["x_PublisherCategory"]),
    (Column::PricingModel, &["PricingCategory"]),
    (Column::PricingSubcategory, &["x_PricingSubcategory"]),
    (Column::BenefitType, &["CommitmentDiscountType"]),
    (Column::CommitmentDiscountStatus, &["CommitmentDiscountStatus"]),
    (Column::ResourceGroup, &["x_ResourceGroupName"]),
    (Column::ResourceUri, &["ResourceId"]),
    (Column::MeterName, &["SkuMeter", "x_SkuMeterName"]),
    (Column::MeterSubCategory, &["x_SkuMeterSubcategory"]),
    (Column::ProductName, &["x_SkuDescription", "ChargeDescription"]),
    (Column::AdditionalInfo, &["x_SkuDetails", "SkuPriceDetails"]),
    (Column::MeterId, &["x_SkuMeterId"]),
    (Column::ProductId, &["SkuId"]),
];

/// Every name of the specification and of Microsoft's extensions begins with one of these: new versions add columns, and none is
/// a stranger.
pub(super) fn documented(name: &str) -> bool {
    const WORDS: [&str; 16] = [
        "x",
        "billed",
        "billing",
        "capacityreservation",
        "charge",
        "commitmentdiscount",
        "consumed",
        "contracted",
        "effective",
        "invoice",
        "list",
        "pricing",
        "resource",
        "service",
        "sku",
        "subaccount",
    ];
    const NAMES: [&str; 9] = [
        "availabilityzone",
        "providername",
        "publishername",
        "region",
        "regionid",
        "regionname",
        "tags",
        "usagequantity",
        "usageunit",
    ];
    NAMES.contains(&name) || WORDS.iter().any(|word| name.starts_with(word))
}
