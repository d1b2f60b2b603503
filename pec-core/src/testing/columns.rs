//! The 55 columns of a daily rated usage file, in file order, with their names elsewhere.

/// One column: its name in CSV, in the v1 API and in Graph exports, and where it occurs.
pub(super) struct Column {
    pub(super) csv: &'static str,
    pub(super) v1: &'static str,
    pub(super) graph: &'static str,
    /// Part of the Graph attribute set "full".
    pub(super) full: bool,
    /// Part of the Graph attribute set "basic".
    pub(super) basic: bool,
}

const fn both(csv: &'static str, v1: &'static str) -> Column {
    Column { csv, v1, graph: csv, full: true, basic: true }
}

const fn full(csv: &'static str, v1: &'static str) -> Column {
    Column { csv, v1, graph: csv, full: true, basic: false }
}

/// Number of columns.
pub(super) const COUNT: usize = 55;

/// All columns in file order.
pub(super) static COLUMNS: [Column; COUNT] = [
    both("PartnerId", "partnerId"),
    both("PartnerName", "partnerName"),
    both("CustomerId", "customerId"),
    both("CustomerName", "customerName"),
    full("CustomerDomainName", "customerDomainName"),
    full("CustomerCountry", "customerCountry"),
    full("MpnId", "mpnId"),
    full("Tier2MpnId", "resellerMpnId"),
    both("InvoiceNumber", "invoiceNumber"),
    both("ProductId", "productId"),
    both("SkuId", "skuId"),
    full("AvailabilityId", "availabilityId"),
    both("SkuName", "skuName"),
    full("ProductName", "productName"),
    both("PublisherName", "publisherName"),
    full("PublisherId", "publisherId"),
    full("SubscriptionDescription", "subscriptionDescription"),
    both("SubscriptionId", "subscriptionId"),
    both("ChargeStartDate", "chargeStartDate"),
    both("ChargeEndDate", "chargeEndDate"),
    both("UsageDate", "usageDate"),
    full("MeterType", "meterType"),
    full("MeterCategory", "meterCategory"),
    full("MeterId", "meterId"),
    full("MeterSubCategory", "meterSubCategory"),
    full("MeterName", "meterName"),
    full("MeterRegion", "meterRegion"),
    full("Unit", "unitOfMeasure"),
    full("ResourceLocation", "resourceLocation"),
    full("ConsumedService", "consumedService"),
    full("ResourceGroup", "resourceGroup"),
    both("ResourceURI", "resourceUri"),
    both("ChargeType", "chargeType"),
    both("UnitPrice", "unitPrice"),
    both("Quantity", "quantity"),
    both("UnitType", "unitType"),
    both("BillingPreTaxTotal", "billingPreTaxTotal"),
    both("BillingCurrency", "billingCurrency"),
    both("PricingPreTaxTotal", "pricingPreTaxTotal"),
    both("PricingCurrency", "pricingCurrency"),
    full("ServiceInfo1", "serviceInfo1"),
    full("ServiceInfo2", "serviceInfo2"),
    full("Tags", "tags"),
    both("AdditionalInfo", "additionalInfo"),
    both("EffectiveUnitPrice", "effectiveUnitPrice"),
    both("PCToBCExchangeRate", "pcToBCExchangeRate"),
    Column {
        csv: "PCToBCExchangeRateDate",
        v1: "pcToBCExchangeRateDate",
        graph: "PCToBCExchangeRateDate",
        full: false,
        basic: false,
    },
    both("EntitlementId", "entitlementId"),
    full("EntitlementDescription", "entitlementDescription"),
    full("PartnerEarnedCreditPercentage", "rateOfPartnerEarnedCredit"),
    both("CreditPercentage", "rateOfCredit"),
    both("CreditType", "creditType"),
    Column { csv: "BenefitOrderId", v1: "benefitOrderId", graph: "BenefitOrderID", full: true, basic: true },
    Column { csv: "BenefitId", v1: "benefitId", graph: "BenefitID", full: true, basic: false },
    both("BenefitType", "benefitType"),
];
