//! Cost details of Cost Management at the scopes that show a partner its invoiced prices.
//!
//! Source: MicrosoftDocs/azure-docs@06e289b5 `dataset-schema/cost-usage-details-mca-partner.md` (2025-06-26), versions
//! 2019-11-01 to 2023-12-01-preview; older spellings from `automate/understand-usage-details-fields.md` (2023-04-04) and the
//! properties of the Consumption API of 2021-10-01. Subscription and resource-group scopes have the columns of
//! `cost-usage-details-mca-partner-subscription.md` (2025-06-26): retail prices, and nothing of the credit.

use super::Column;

/// What each column is called here, the best name first.
///
/// `SubscriptionId` is the Azure subscription, in Partner Center it is the plan. `PayGPrice` is the list price; `unitPrice` is
/// what is left after discounts.
pub(super) const NAMES: [(Column, &[&str]); 30] = [
    (Column::UsageDate, &["date", "usageDate", "usageDateTime", "usageStart"]),
    (Column::EntitlementId, &["SubscriptionId", "subscriptionGuid"]),
    (Column::EntitlementDescription, &["subscriptionName"]),
    (Column::UnitPrice, &["PayGPrice", "payAsYouGoPrice", "marketPrice"]),
    (Column::Quantity, &["quantity", "usageQuantity"]),
    (Column::EffectiveUnitPrice, &["effectivePrice"]),
    (Column::PricingPreTaxTotal, &["costInPricingCurrency"]),
    (Column::PricingCurrency, &["pricingCurrency", "pricingCurrencyCode"]),
    (Column::HasPartnerEarnedCredit, &["partnerEarnedCreditApplied"]),
    (Column::PartnerEarnedCreditPercentage, &["partnerEarnedCreditRate"]),
    (Column::CustomerId, &["customerTenantId"]),
    (Column::CustomerName, &["customerName"]),
    (Column::ResellerMpnId, &["resellerMpnId"]),
    (Column::InvoiceNumber, &["invoiceId"]),
    (Column::ChargeStartDate, &["billingPeriodStartDate"]),
    (Column::ChargeEndDate, &["billingPeriodEndDate"]),
    (Column::ChargeType, &["chargeType"]),
    (Column::SubscriptionDescription, &["productOrderName"]),
    (Column::PublisherName, &["publisherName"]),
    (Column::PublisherType, &["publisherType"]),
    (Column::PricingModel, &["pricingModel"]),
    (Column::ResourceGroup, &["resourceGroupName", "resourceGroup"]),
    (Column::ResourceUri, &["ResourceId", "instanceName", "instanceId"]),
    (Column::MeterName, &["meterName"]),
    (Column::MeterSubCategory, &["meterSubCategory"]),
    (Column::ProductName, &["ProductName", "product"]),
    (Column::AdditionalInfo, &["additionalInfo"]),
    (Column::MeterId, &["meterId"]),
    (Column::ProductId, &["ProductId", "productIdentifier"]),
    (Column::BenefitType, &["benefitType"]),
];

/// Documented names that have no meaning here.
pub(super) const DOCUMENTED: [&str; 55] = [
    "accountname",
    "accountownerid",
    "availabilityzone",
    "benefitid",
    "benefitname",
    "billingaccountid",
    "billingaccountname",
    "billingcurrency",
    "billingcurrencycode",
    "billingprofileid",
    "billingprofilename",
    "consumedservice",
    "costallocationrulename",
    "costcenter",
    "costinbillingcurrency",
    "costinusd",
    "exchangerate",
    "exchangeratedate",
    "exchangeratepricingtobilling",
    "frequency",
    "invoicesectionid",
    "invoicesectionname",
    "isazurecrediteligible",
    "location",
    "metercategory",
    "meterregion",
    "partnername",
    "partnertenantid",
    "partnumber",
    "paygcostinbillingcurrency",
    "paygcostinusd",
    "planname",
    "previousinvoiceid",
    "productorderid",
    "provider",
    "publisherid",
    "reservationid",
    "reservationname",
    "resellername",
    "resourcelocation",
    "resourcelocationnormalized",
    "resourcename",
    "resourcetype",
    "servicefamily",
    "serviceinfo1",
    "serviceinfo2",
    "serviceperiodenddate",
    "serviceperiodstartdate",
    "skuid",
    "tags",
    "term",
    "unit",
    "unitofmeasure",
    "unitprice",
    "usageend",
];

/// Names that no other kind has; one of them tells.
pub(super) const TELLING: [&str; 10] = [
    "costinbillingcurrency",
    "costinpricingcurrency",
    "costinusd",
    "effectiveprice",
    "partnerearnedcreditapplied",
    "partnerearnedcreditrate",
    "payasyougoprice",
    "paygprice",
    "pretaxcost",
    "resourcerate",
];
