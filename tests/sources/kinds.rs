//! A month of daily rated usage, rewritten as other sources show it.

use pec_core::accrual::net_of;
use pec_core::money::{Amount, ListCost, Number, Rate};
use pec_core::product::names_spot;
use pec_core::testing::{Layout, Month};

/// A header and rows of texts.
#[derive(Clone)]
pub struct Rows {
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Rows {
    pub fn csv(&self) -> Vec<u8> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&self.header).unwrap();
        self.rows.iter().for_each(|row| writer.write_record(row).unwrap());
        writer.into_inner().unwrap()
    }

    /// Answers of the Consumption API, page after page: each record is in `properties`.
    pub fn answers(&self) -> Vec<u8> {
        let record = |row: &Vec<String>| {
            let cells = self.header.iter().zip(row).map(|(name, cell)| (name.clone(), serde_json::json!(cell)));
            let properties = serde_json::Value::Object(cells.collect());
            serde_json::json!({
                "kind": "modern", "id": "/providers/Microsoft.Billing/x", "type": "Microsoft.Consumption/usageDetails",
                "tags": {"env": "dev"}, "properties": properties,
            })
        };
        let page = |rows: &[Vec<String>]| {
            let records: Vec<_> = rows.iter().map(record).collect();
            format!("{:#}\n", serde_json::json!({"value": records, "nextLink": "https://example.invalid"}))
        };
        self.rows.chunks(700).map(page).collect::<String>().into_bytes()
    }

    fn place(&self, name: &str) -> usize {
        self.header.iter().position(|header| header == name).unwrap_or_else(|| panic!("no column {name}"))
    }

    pub fn cell<'r>(&self, row: &'r [String], name: &str) -> &'r str {
        &row[self.place(name)]
    }

    pub fn without(&self, names: &[&str]) -> Self {
        let kept: Vec<_> = (0..self.header.len()).filter(|at| !names.contains(&self.header[*at].as_str())).collect();
        let only = |row: &Vec<String>| kept.iter().map(|at| row[*at].clone()).collect();
        Self { header: only(&self.header), rows: self.rows.iter().map(only).collect() }
    }

    /// Rows of other columns, each made from a row of these.
    fn mapped<const N: usize>(&self, header: [&str; N], make: impl Fn(&dyn Fn(&str) -> String) -> [String; N]) -> Self {
        let rows = self.rows.iter().map(|row| make(&|name| self.cell(row, name).to_owned()).to_vec()).collect();
        Self { header: header.map(str::to_owned).to_vec(), rows }
    }
}

/// A month without what no other source tells: credit that is Azure credit, and rows that cannot be read.
pub fn month() -> Rows {
    let mut bytes = Vec::new();
    Month::new(7).lines(2_000).customers(4).first_day(2026, 10).layout(Layout::Csv55).write_to(&mut bytes).unwrap();
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let texts = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect::<Vec<_>>();
    let header = texts(reader.headers().unwrap());
    let rows = Rows { header, rows: reader.records().map(|record| texts(&record.unwrap())).collect() };
    let kept = rows.rows.iter().filter(|row| !rows.cell(row, "CreditType").starts_with("Azure")).cloned().collect();
    Rows { rows: kept, ..rows }
}

pub fn with_blank(rows: &Rows, names: &[&str]) -> Rows {
    let mut blank = rows.clone();
    for name in names {
        let place = rows.place(name);
        blank.rows.iter_mut().for_each(|row| row[place].clear());
    }
    blank
}

type Cell<'c> = &'c dyn Fn(&str) -> String;

fn number(text: &str) -> Number {
    text.parse().unwrap()
}

fn rate(cell: Cell<'_>) -> Rate {
    Rate::from_percent(number(&cell("PartnerEarnedCreditPercentage"))).unwrap()
}

/// What is left of the list cost; nothing where nothing was charged.
fn net(cell: Cell<'_>, price: &str) -> String {
    if number(&cell("PricingPreTaxTotal")).is_zero() {
        return "0".into();
    }
    let list = ListCost::new(number(price), number(&cell("Quantity"))).unwrap().amount();
    net_of(list, rate(cell)).unwrap().to_string()
}

/// Month first, and padded.
fn padded(date: &str) -> String {
    let [month, day, year] = date.split('/').collect::<Vec<_>>()[..] else { panic!("{date}") };
    format!("{month:0>2}/{day:0>2}/{year}")
}

fn iso(date: &str) -> String {
    let [month, day, year] = date.split('/').collect::<Vec<_>>()[..] else { panic!("{date}") };
    format!("{year}-{month:0>2}-{day:0>2}T00:00Z")
}

fn pricing_model(cell: Cell<'_>) -> String {
    let spot = ["MeterName", "SkuName", "MeterSubCategory", "ProductName"].iter().any(|name| names_spot(&cell(name)));
    match cell("BenefitType").as_str() {
        "SavingsPlan" => "SavingsPlan".into(),
        "Reservation" => "Reservation".into(),
        _ if spot => "Spot".into(),
        _ => "OnDemand".into(),
    }
}

fn charge_type(cell: Cell<'_>) -> String {
    if cell("ChargeType").eq_ignore_ascii_case("new") { "Usage".into() } else { cell("ChargeType") }
}

pub fn cost_details(rows: &Rows) -> Rows {
    let header = [
        "invoiceId",
        "resellerMpnId",
        "customerTenantId",
        "customerName",
        "billingPeriodEndDate",
        "billingPeriodStartDate",
        "date",
        "productOrderName",
        "meterId",
        "meterName",
        "meterSubCategory",
        "ProductId",
        "ProductName",
        "SubscriptionId",
        "subscriptionName",
        "publisherType",
        "publisherName",
        "resourceGroupName",
        "ResourceId",
        "effectivePrice",
        "quantity",
        "chargeType",
        "billingCurrency",
        "pricingCurrency",
        "costInBillingCurrency",
        "costInPricingCurrency",
        "isAzureCreditEligible",
        "additionalInfo",
        "partnerEarnedCreditRate",
        "partnerEarnedCreditApplied",
        "PayGPrice",
        "PricingModel",
        "unitPrice",
        "provider",
    ];
    rows.mapped(header, |cell| {
        let paid = !rate(cell).is_zero();
        let microsoft = cell("PublisherName").starts_with("Microsoft");
        [
            cell("InvoiceNumber"),
            cell("Tier2MpnId"),
            cell("CustomerId"),
            cell("CustomerName"),
            padded(&cell("ChargeEndDate")),
            padded(&cell("ChargeStartDate")),
            padded(&cell("UsageDate")),
            cell("SubscriptionDescription"),
            cell("MeterId"),
            cell("MeterName"),
            cell("MeterSubCategory"),
            cell("ProductId") + &cell("SkuId"),
            cell("ProductName"),
            cell("EntitlementId"),
            cell("EntitlementDescription"),
            if microsoft { "Microsoft" } else { "Marketplace" }.into(),
            String::new(),
            cell("ResourceGroup"),
            cell("ResourceURI"),
            cell("EffectiveUnitPrice"),
            cell("Quantity"),
            charge_type(cell),
            "EUR".into(),
            cell("PricingCurrency"),
            "9".into(),
            net(cell, &cell("UnitPrice")),
            "True".into(),
            cell("AdditionalInfo"),
            if paid { rate(cell).to_string() } else { "0".into() },
            if paid { "true" } else { "false" }.into(),
            cell("UnitPrice"),
            pricing_model(cell),
            "77.7".into(),
            "Azure".into(),
        ]
    })
}

pub fn cost_details_of_2019(rows: &Rows) -> Rows {
    let header = [
        "InvoiceId",
        "ResellerMpnId",
        "CustomerTenantId",
        "CustomerName",
        "UsageDate",
        "ProductOrderName",
        "MeterName",
        "MeterSubCategory",
        "product",
        "subscriptionGuid",
        "SubscriptionName",
        "publisherType",
        "publisherName",
        "resourceGroup",
        "InstanceName",
        "quantity",
        "chargeType",
        "pricingCurrencyCode",
        "costInPricingCurrency",
        "additionalInfo",
        "partnerEarnedCreditRate",
        "partnerEarnedCreditApplied",
        "payGPrice",
        "BenefitType",
    ];
    rows.mapped(header, |cell| {
        let microsoft = cell("PublisherName").starts_with("Microsoft");
        [
            cell("InvoiceNumber"),
            cell("Tier2MpnId"),
            cell("CustomerId"),
            cell("CustomerName"),
            padded(&cell("UsageDate")),
            cell("SubscriptionDescription"),
            cell("MeterName"),
            cell("MeterSubCategory"),
            cell("ProductName"),
            cell("EntitlementId"),
            cell("EntitlementDescription"),
            if microsoft { "firstParty" } else { "thirdPartyReseller" }.into(),
            cell("PublisherName"),
            cell("ResourceGroup"),
            cell("ResourceURI"),
            cell("Quantity"),
            charge_type(cell),
            cell("PricingCurrency"),
            net(cell, &cell("UnitPrice")),
            // The rate stands there whether it was applied or not.
            cell("AdditionalInfo"),
            "15".into(),
            if rate(cell).is_zero() { "0" } else { "1" }.into(),
            cell("UnitPrice"),
            cell("BenefitType"),
        ]
    })
}

/// An exact multiple of a price: two euros for three dollars would not end.
fn converted(price: &str, currency: &str) -> String {
    if currency == "USD" {
        return price.to_owned();
    }
    let euros: Amount = ListCost::new(number(price), number("0.9093")).unwrap().amount();
    euros.to_string()
}

pub fn focus(rows: &Rows, version: &str, currency: &str) -> Rows {
    let preview = version == "1.0-preview";
    let one_two = version == "1.2";
    let header = [
        "BilledCost",
        "BillingCurrency",
        "BillingPeriodEnd",
        "BillingPeriodStart",
        "ChargeCategory",
        if preview { "ChargeSubcategory" } else { "ChargeClass" },
        "ChargePeriodStart",
        "CommitmentDiscountType",
        if preview { "UsageQuantity" } else { "ConsumedQuantity" },
        if one_two { "InvoiceId" } else { "x_InvoiceId" },
        "ListUnitPrice",
        "PricingCategory",
        "PricingQuantity",
        "PublisherName",
        "ResourceId",
        "SubAccountId",
        "SubAccountName",
        if one_two { "SkuMeter" } else { "x_SkuMeterName" },
        "x_CustomerId",
        "x_CustomerName",
        "x_EffectiveUnitPrice",
        "x_PartnerCreditApplied",
        "x_PartnerCreditRate",
        "x_PricingSubcategory",
        "x_PublisherCategory",
        "x_ResellerId",
        "x_ResourceGroupName",
        "x_SkuDescription",
        "x_SkuDetails",
        "x_SkuMeterSubcategory",
        "x_SkuOrderName",
    ];
    rows.mapped(header, |cell| {
        let price = converted(&cell("UnitPrice"), currency);
        let (paid, model) = (!rate(cell).is_zero(), pricing_model(cell));
        let (category, subcategory, discount) = match model.as_str() {
            "Spot" => ("Dynamic", "Spot", ""),
            "Reservation" => (if preview { "Commitment-Based" } else { "Committed" }, "Committed Usage", "Reservation"),
            "SavingsPlan" => {
                (if preview { "Commitment-Based" } else { "Committed" }, "Committed Spend", "Savings Plan")
            }
            _ => (if preview { "On-Demand" } else { "Standard" }, "", ""),
        };
        let other = charge_type(cell) != "Usage";
        let class = match (preview, other) {
            (true, true) => "Refund",
            (false, true) => "Correction",
            (true, false) => "On-Demand",
            (false, false) => "",
        };
        let microsoft = cell("PublisherName").starts_with("Microsoft");
        [
            net(cell, &price),
            currency.into(),
            "2026-11-01T00:00Z".into(),
            iso(&cell("ChargeStartDate")),
            "Usage".into(),
            class.into(),
            iso(&cell("UsageDate")),
            discount.into(),
            "123456".into(),
            cell("InvoiceNumber"),
            price,
            category.into(),
            cell("Quantity"),
            if microsoft { "Microsoft".into() } else { cell("PublisherName") },
            cell("ResourceURI"),
            format!("/subscriptions/{}", cell("EntitlementId")),
            cell("EntitlementDescription"),
            cell("MeterName"),
            cell("CustomerId"),
            cell("CustomerName"),
            "0".into(),
            if paid { "True" } else { "False" }.into(),
            if paid { "15%" } else { "0" }.into(),
            subcategory.into(),
            if microsoft { "Cloud Provider" } else { "Vendor" }.into(),
            cell("Tier2MpnId"),
            cell("ResourceGroup"),
            cell("ProductName"),
            cell("AdditionalInfo"),
            cell("MeterSubCategory"),
            cell("SubscriptionDescription"),
        ]
    })
}

/// The columns of daily rated usage that hold numbers.
pub const NUMBERS: [&str; 9] = [
    "UnitPrice",
    "Quantity",
    "BillingPreTaxTotal",
    "PricingPreTaxTotal",
    "EffectiveUnitPrice",
    "PCToBCExchangeRate",
    "PartnerEarnedCreditPercentage",
    "CreditPercentage",
    "PayGPrice",
];

/// As a spreadsheet saves it, with this separator, and with decimal commas or points.
pub fn regional(rows: &Rows, separator: char, comma: bool) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().delimiter(separator as u8).from_writer(Vec::new());
    writer.write_record(&rows.header).unwrap();
    for row in &rows.rows {
        let cells = row.iter().zip(&rows.header).map(|(cell, name)| {
            if comma && NUMBERS.contains(&name.as_str()) { cell.replace('.', ",") } else { cell.clone() }
        });
        writer.write_record(cells.collect::<Vec<_>>()).unwrap();
    }
    writer.into_inner().unwrap()
}
