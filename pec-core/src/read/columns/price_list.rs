//! Price lists of Partner Center: the Azure plan consumption list and the marketplace list.
//!
//! Sources: the Partner Center pages `azure-plan-price-list` (2023-06-05, fields and tiers) and `get-a-price-sheet` (2019-10
//! and 2023-08-07, header rows of the API's files), in the copy kvamseek/partner-center@85eb3c40.

use crate::read::table_columns;

table_columns! {
    /// A column of a price list that has a meaning here.
    PriceColumn;
    needed: [ProductId, SkuId, UnitPrice];
    numbers: [UnitPrice, TierMin, TierMax];
    days: [EffectiveStartDate, EffectiveEndDate];
    documented: [
        "billingplan",
        "changeindicator",
        "endofsaledate",
        "erpprice",
        "metertype",
        "previousvalues",
        "producttitle",
        "segment",
        "skudescription",
        "skutitle",
    ];
    // Usage and invoices name products and prices too; read as a list they would make all else absent from it.
    elsewhere: ["billablequantity", "entitlementid", "subtotal", "usagedate"];
    advice: "export the price list with its header row (Partner Center > Pricing > Azure plan consumption pricing, or Marketplace pricing)";
    /// The product.
    ProductId = "ProductId",
    /// The SKU within the product.
    SkuId = "SkuId",
    /// Microsoft, or who sells on the marketplace.
    Publisher = "Publisher" | "publishername",
    /// What a unit is.
    UnitOfMeasure = "UnitOfMeasure",
    /// The length of a term: reservations and licences.
    TermDuration = "TermDuration",
    /// The country or region.
    Market = "Market",
    /// The currency of the price.
    Currency = "Currency",
    /// The price of a unit.
    UnitPrice = "UnitPrice",
    /// The first unit of a tier.
    TierMin = "PricingTierRangeMin",
    /// The last unit of a tier.
    TierMax = "PricingTierRangeMax",
    /// The first day of the price.
    EffectiveStartDate = "EffectiveStartDate",
    /// The last day of the price.
    EffectiveEndDate = "EffectiveEndDate",
    /// The meters.
    MeterIds = "MeterIds" | "meterid",
    /// What kind of product it is.
    Tags = "Tags" | "tag",
}
