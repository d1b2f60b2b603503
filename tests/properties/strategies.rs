//! Random records of daily rated usage, and the same records in every spelling.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::select;

/// The cells of a record, by the column's name of today. All records of a file have all columns.
pub type Cells = BTreeMap<&'static str, String>;

/// Names of today, of 2019 and of the v1 API.
pub const COLUMNS: [(&str, &str, &str); 21] = [
    ("CustomerId", "Customer Id", "customerId"),
    ("Tier2MpnId", "Reseller MPNID", "resellerMpnId"),
    ("InvoiceNumber", "Invoice Number", "invoiceNumber"),
    ("SkuName", "SKU Name", "skuName"),
    ("ProductName", "Product Name", "productName"),
    ("PublisherName", "Publisher Name", "publisherName"),
    ("SubscriptionDescription", "Subscription Description", "subscriptionDescription"),
    ("ChargeStartDate", "Charge Start Date", "chargeStartDate"),
    ("UsageDate", "Usage Date", "usageDate"),
    ("MeterId", "Meter Id", "meterId"),
    ("MeterName", "Meter Name", "meterName"),
    ("ResourceGroup", "Resource Group", "resourceGroup"),
    ("ResourceURI", "Resource URI", "resourceUri"),
    ("ChargeType", "Charge Type", "chargeType"),
    ("UnitPrice", "Unit Price", "unitPrice"),
    ("Quantity", "Consumed Quantity", "quantity"),
    ("PricingPreTaxTotal", "Pricing PreTax Total", "pricingPreTaxTotal"),
    ("PricingCurrency", "Pricing Currency", "pricingCurrency"),
    ("AdditionalInfo", "Additional Info", "additionalInfo"),
    ("EntitlementId", "Entitlement Id", "entitlementId"),
    ("PartnerEarnedCreditPercentage", "Partner Earned Credit Percentage", "rateOfPartnerEarnedCredit"),
];
/// Columns of the attribute sets and API versions that the 2019 file did not have.
pub const LATER: [(&str, &str, &str); 3] = [
    ("CreditPercentage", "Credit Percentage", "rateOfCredit"),
    ("CreditType", "Credit Type", "creditType"),
    ("BenefitType", "Benefit Type", "benefitType"),
];

/// A decimal of up to so many digits, as files print them.
pub fn decimal(digits: usize) -> impl Strategy<Value = String> {
    let plain = (0..=digits, 0..=digits).prop_flat_map(|(whole, decimals)| {
        (
            proptest::string::string_regex(&format!("-?[0-9]{{{},{}}}", whole.max(1), whole.max(1))).unwrap(),
            proptest::string::string_regex(&format!("[0-9]{{{decimals}}}")).unwrap(),
        )
    });
    plain.prop_map(|(whole, decimals)| if decimals.is_empty() { whole } else { format!("{whole}.{decimals}") })
}

fn any_of(texts: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(texts).prop_map(str::to_owned)
}

/// Mostly ordinary usage: three subscriptions, five groups, a month and a half, some lines that earn nothing by design.
pub fn record() -> impl Strategy<Value = Cells> {
    let place = (0..2_u8, 0..3_u8, 0..3_u8, 0..3_u8, 1..=28_u32, 10..=11_u32);
    let money = (
        decimal(6),
        decimal(5),
        select(&["0", "15", "15", "15", "", "10"][..]),
        any_of(&["", "", "USD", "usd", "EUR"]),
    );
    let rare = |usual: &'static str, texts: &'static [&'static str]| prop_oneof![12 => Just(usual.to_owned()), 1 => any_of(texts)];
    let product = (
        rare("new", &["Usage", "refund", "customerCredit", ""]),
        rare("Azure plan", &["", "Microsoft Azure", "Microsoft Azure Plan"]),
        rare("G1", &["D1", ""]),
        rare("Microsoft", &["", "Contoso", "Microsoft Corporation"]),
        rare("0013e20a-f1b8-4acb-b4c8-95e4cbd2d7c4", &["", "1core"]),
        rare("D2s v3", &["D2s v3 Spot", "HotSpot", ""]),
        rare("", &["{\"ReservationOrderId\":\"x\"}", "{\"Priority\":\"Spot\"}", "{", "\"a,b\"\n\"c\""]),
        rare("Charge", &["SavingsPlan", "Reservation", ""]),
    );
    let credit = (
        any_of(&["Credit Not Applied", "", "Partner Earned Credit Applied", "Azure Credit Applied"]),
        any_of(&["0", "15", "", "100"]),
        prop_oneof![3 => Just(String::new()), 1 => Just("0".to_owned()), 2 => decimal(4)],
    );
    (place, money, product, credit).prop_map(|(place, money, product, credit)| {
        let (customer, subscription, group, resource, day, month) = place;
        let (price, quantity, percent, currency) = money;
        let (charge, offer, invoice, publisher, meter, meter_name, info, benefit) = product;
        let (credit_type, credit_percent, total) = credit;
        let uri = match resource {
            0 => String::new(),
            number => format!(
                "/subscriptions/S{subscription}/resourceGroups/rg-{group}/providers/Microsoft.Web/sites/Site{number}"
            ),
        };
        let group = if group == 2 && resource > 0 { String::new() } else { format!("RG-{group}") };
        Cells::from([
            ("CustomerId", format!("customer-{customer}")),
            ("Tier2MpnId", if customer == 0 { "0".to_owned() } else { "12345".to_owned() }),
            ("InvoiceNumber", invoice),
            ("SkuName", String::new()),
            ("ProductName", "Virtual Machines".to_owned()),
            ("PublisherName", publisher),
            ("SubscriptionDescription", offer),
            ("ChargeStartDate", format!("{month}/1/2026")),
            ("UsageDate", format!("{month}/{day}/2026")),
            ("MeterId", meter),
            ("MeterName", meter_name),
            ("ResourceGroup", group),
            ("ResourceURI", uri),
            ("ChargeType", charge),
            ("UnitPrice", price),
            ("Quantity", quantity),
            ("PricingPreTaxTotal", total),
            ("PricingCurrency", currency),
            ("AdditionalInfo", info),
            ("EntitlementId", format!("S{subscription}")),
            ("PartnerEarnedCreditPercentage", percent.to_owned()),
            ("CreditPercentage", credit_percent),
            ("CreditType", credit_type),
            ("BenefitType", benefit),
        ])
    })
}

/// A small file of records, a few of them unreadable.
pub fn records() -> impl Strategy<Value = Vec<Cells>> {
    let broken =
        select(&[("UnitPrice", "1,5"), ("Quantity", ""), ("UsageDate", "31/31/2026"), ("PricingCurrency", "US$")][..]);
    let record = (record(), proptest::option::weighted(0.04, broken)).prop_map(|(mut cells, broken)| {
        cells.extend(broken.map(|(column, text)| (column, text.to_owned())));
        cells
    });
    proptest::collection::vec(record, 0..60)
}

/// How a file of records is written.
#[derive(Clone, Copy, Debug)]
pub enum Spelling {
    /// CSV with the names of today.
    Today,
    /// CSV with the names of 2019, days before months, ISO periods.
    Old,
    /// JSON Lines with the names of today.
    Lines,
    /// One document of the v1 API: camel case, ISO dates, percentages as fractions.
    V1,
}

pub const SPELLINGS: [Spelling; 4] = [Spelling::Today, Spelling::Old, Spelling::Lines, Spelling::V1];

pub fn file(records: &[Cells], spelling: Spelling) -> Vec<u8> {
    let columns: Vec<_> = COLUMNS.iter().chain(&LATER).collect();
    let cells =
        |record: &Cells| columns.iter().map(|(name, ..)| respelled(name, &record[name], spelling)).collect::<Vec<_>>();
    match spelling {
        Spelling::Today | Spelling::Old => {
            let header =
                columns.iter().map(|(today, old, _)| if matches!(spelling, Spelling::Old) { *old } else { *today });
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(header).unwrap();
            records.iter().for_each(|record| writer.write_record(cells(record)).unwrap());
            writer.into_inner().unwrap()
        }
        Spelling::Lines | Spelling::V1 => {
            let v1 = matches!(spelling, Spelling::V1);
            let names = columns.iter().map(|(today, _, v1_name)| if v1 { *v1_name } else { *today });
            let object = |record: &Cells| {
                let properties = names.clone().zip(cells(record)).map(|(name, text)| (name.to_owned(), text.into()));
                serde_json::Value::Object(properties.collect()).to_string()
            };
            let objects: Vec<String> = records.iter().map(object).collect();
            if v1 {
                format!("{{\"totalCount\":{},\"items\":[{}]}}", objects.len(), objects.join(",\n")).into()
            } else {
                objects.join("\n").into()
            }
        }
    }
}

fn respelled(column: &str, text: &str, spelling: Spelling) -> String {
    let date = || {
        let mut parts = text.split('/');
        Some((parts.next()?, parts.next()?, parts.next()?)).filter(|(month, ..)| *month != "31")
    };
    match (column, spelling, date()) {
        ("UsageDate" | "ChargeStartDate", Spelling::Old, Some((month, day, year))) => format!("{day}/{month}/{year}"),
        ("UsageDate" | "ChargeStartDate", Spelling::V1, Some((month, day, year))) => {
            format!("{year}-{month:0>2}-{day:0>2}T00:00:00Z")
        }
        ("PartnerEarnedCreditPercentage" | "CreditPercentage", Spelling::V1, _) => match text {
            "" | "0" => text.to_owned(),
            "100" => "1".to_owned(),
            percent => format!("0.{percent}"),
        },
        ("PartnerEarnedCreditPercentage", Spelling::Old, _) if text == "15" => "15 %".to_owned(),
        ("EntitlementId" | "CustomerId", Spelling::Old, _) => text.to_uppercase(),
        ("CustomerId", Spelling::V1, _) => format!("org:{text}"),
        _ => text.to_owned(),
    }
}
