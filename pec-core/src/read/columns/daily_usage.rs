//! Daily rated usage, billed and unbilled: names over time.
//!
//! Sources: the history of names of the Partner Center page `daily-rated-usage-recon-files` (2019-11-21 to 2022-11-08), the
//! announcement of 2023-08-14, the attribute sets of the Graph export (v1.0, 2024) and the v1 API's properties.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::normal;

macro_rules! columns {
    ($($(#[$docs:meta])* $column:ident = $name:literal $(| $alias:literal)*),+ $(,)?) => {
        /// A column of daily rated usage that has a meaning here.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Column { $($(#[$docs])* $column),+ }

        impl Column {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$column),+];
            /// How many there are.
            pub const COUNT: usize = Self::ALL.len();

            /// The name Microsoft documents today.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$column => $name),+ }
            }

            /// Other names, as [`normal`] leaves them.
            const fn aliases(self) -> &'static [&'static str] {
                match self { $(Self::$column => &[$($alias),*]),+ }
            }
        }
    };
}

columns! {
    /// The customer's tenant.
    CustomerId = "CustomerId",
    /// The customer's name.
    CustomerName = "CustomerName" | "customercompanyname",
    /// The indirect reseller of record.
    ResellerMpnId = "Tier2MpnId" | "resellermpnid" | "resellermpnid(tier2)",
    /// The invoice; empty in unbilled data.
    InvoiceNumber = "InvoiceNumber",
    /// The name of the SKU.
    SkuName = "SkuName",
    /// The name of the product.
    ProductName = "ProductName",
    /// The publisher.
    PublisherName = "PublisherName",
    /// The offer, normally `Azure plan`.
    SubscriptionDescription = "SubscriptionDescription" | "offername",
    /// Start of the billing cycle.
    ChargeStartDate = "ChargeStartDate",
    /// End of the billing cycle.
    ChargeEndDate = "ChargeEndDate",
    /// Day of consumption.
    UsageDate = "UsageDate",
    /// The meter's sub-category.
    MeterSubCategory = "MeterSubCategory",
    /// The meter's name.
    MeterName = "MeterName",
    /// The resource group.
    ResourceGroup = "ResourceGroup",
    /// The resource's ARM id.
    ResourceUri = "ResourceURI",
    /// The kind of charge.
    ChargeType = "ChargeType",
    /// List price of a unit in pricing currency.
    UnitPrice = "UnitPrice",
    /// Units consumed.
    Quantity = "Quantity" | "consumedquantity",
    /// Amount before tax in pricing currency.
    PricingPreTaxTotal = "PricingPreTaxTotal",
    /// Currency of the price list.
    PricingCurrency = "PricingCurrency",
    /// Service metadata as JSON.
    AdditionalInfo = "AdditionalInfo",
    /// The Azure subscription's id.
    EntitlementId = "EntitlementId",
    /// The Azure subscription's name.
    EntitlementDescription = "EntitlementDescription",
    /// Percent of partner earned credit.
    PartnerEarnedCreditPercentage = "PartnerEarnedCreditPercentage" | "rateofpartnerearnedcredit",
    /// The older flag of the v1 API.
    HasPartnerEarnedCredit = "hasPartnerEarnedCredit",
    /// Percent of the credit that `CreditType` names.
    CreditPercentage = "CreditPercentage" | "rateofcredit",
    /// The credit applied.
    CreditType = "CreditType",
    /// Savings plan, reservation or ordinary charge.
    BenefitType = "BenefitType",
    /// The Azure plan; not the Azure subscription, which is [`EntitlementId`](Self::EntitlementId).
    SubscriptionId = "SubscriptionId",
    /// The product's id, as price lists and invoices have it.
    ProductId = "ProductId",
    /// The SKU's id within the product.
    SkuId = "SkuId",
    /// The availability's id within the SKU.
    AvailabilityId = "AvailabilityId",
    /// The meter's id.
    MeterId = "MeterId",
    /// The currency of the invoice.
    BillingCurrency = "BillingCurrency",
    /// Pricing to billing currency.
    PcToBcExchangeRate = "PCToBCExchangeRate",
    /// The price of a unit after adjustments; no proof of a credit.
    EffectiveUnitPrice = "EffectiveUnitPrice",
    /// Microsoft or the marketplace. Cost Management and FOCUS.
    PublisherType = "PublisherType",
    /// How the meter is priced: on demand, Spot, reservation, savings plan. Cost Management and FOCUS.
    PricingModel = "PricingModel",
    /// The kind of pricing within FOCUS's `PricingCategory`.
    PricingSubcategory = "x_PricingSubcategory",
    /// Whether a FOCUS charge corrects an earlier one.
    ChargeClass = "ChargeClass",
    /// Whether a FOCUS charge is the used or the unused part of a commitment.
    CommitmentDiscountStatus = "CommitmentDiscountStatus",
}

impl Column {
    /// Without these no line can be decided.
    pub(crate) const NEEDED: [Self; 4] = [Self::UsageDate, Self::EntitlementId, Self::UnitPrice, Self::Quantity];
    /// What identifies a product. Only read where something is asked by them, such as a price list.
    pub(crate) const PRODUCT_IDS: [Self; 5] =
        [Self::SubscriptionId, Self::ProductId, Self::SkuId, Self::AvailabilityId, Self::MeterId];
    /// What a meter of an invoice is known by: needed to compare with one.
    pub(crate) const INVOICED: [Self; 4] = [Self::SubscriptionId, Self::ProductId, Self::SkuId, Self::AvailabilityId];
    /// What a line is billed in. Only read to compare with an invoice.
    pub(crate) const BILLING: [Self; 2] = [Self::BillingCurrency, Self::PcToBcExchangeRate];
    /// One of these must say what was paid.
    pub(crate) const FLAGS: [Self; 3] =
        [Self::PartnerEarnedCreditPercentage, Self::CreditType, Self::HasPartnerEarnedCredit];
    /// Amounts, which must not arrive as floats.
    #[cfg(feature = "arrow")]
    pub(crate) const AMOUNTS: [Self; 3] = [Self::UnitPrice, Self::Quantity, Self::PricingPreTaxTotal];

    /// Columns that hold days.
    #[cfg(feature = "xlsx")]
    pub(crate) const DAYS: [Self; 3] = [Self::UsageDate, Self::ChargeStartDate, Self::ChargeEndDate];
    /// Columns that hold ids which may be all digits.
    #[cfg(feature = "xlsx")]
    pub(crate) const IDS: [Self; 3] = [Self::EntitlementId, Self::CustomerId, Self::ResellerMpnId];
    /// Columns that hold numbers.
    pub(crate) const NUMBERS: [Self; 7] = [
        Self::UnitPrice,
        Self::Quantity,
        Self::PricingPreTaxTotal,
        Self::EffectiveUnitPrice,
        Self::PartnerEarnedCreditPercentage,
        Self::CreditPercentage,
        Self::PcToBcExchangeRate,
    ];

    /// Would a file without this column be told less about? Names for people, what only settles dates and ids that nothing
    /// may be asking for are not missed.
    pub(crate) const fn says_more(self) -> bool {
        !matches!(
            self,
            Self::CustomerName
                | Self::EntitlementDescription
                | Self::ChargeStartDate
                | Self::ChargeEndDate
                | Self::HasPartnerEarnedCredit
                | Self::InvoiceNumber
                | Self::SubscriptionId
                | Self::ProductId
                | Self::SkuId
                | Self::AvailabilityId
                | Self::MeterId
                | Self::BillingCurrency
                | Self::PcToBcExchangeRate
                | Self::EffectiveUnitPrice
                | Self::PublisherType
                | Self::PricingModel
                | Self::PricingSubcategory
                | Self::ChargeClass
                | Self::CommitmentDiscountStatus
        )
    }

    /// The column of daily rated usage that a header names, in any of its documented spellings.
    #[must_use]
    pub fn named(header: &str) -> Option<Self> {
        // A record given by names asks for each of its names.
        static NAMES: OnceLock<BTreeMap<String, Column>> = OnceLock::new();
        let names = NAMES.get_or_init(|| {
            let spellings = |column: Self| {
                std::iter::once(normal(column.name()).into_owned())
                    .chain(column.aliases().iter().map(|name| (*name).to_owned()))
            };
            Self::ALL.iter().flat_map(|column| spellings(*column).map(|name| (name, *column))).collect()
        });
        names.get(normal(header).as_ref()).copied()
    }
}

/// Documented names that have no meaning here.
pub(super) const DOCUMENTED: [&str; 27] = [
    "additionalinfo",
    "attributes",
    "benefitid",
    "benefitorderid",
    "billingpretax",
    "billingprovider",
    "billingpretaxtotal",
    "consumedservice",
    "customercountry",
    "customerdomainname",
    "invoicelineitemtype",
    "metercategory",
    "meterregion",
    "metertype",
    "mpnid",
    "partnerid",
    "partneridmpn",
    "partnername",
    "pctobcexchangeratedate",
    "publisherid",
    "resourcelocation",
    "serviceinfo1",
    "serviceinfo2",
    "tags",
    "unit",
    "unitofmeasure",
    "unittype",
];
