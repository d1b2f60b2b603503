//! Invoice reconciliation files: rows to [`InvoiceLine`]s, in every layout since 2019.
//!
//! Sources: the pages `one-time-recurring-recon-files` (05/26/2020, 38 columns) and `modern-invoice-reconciliation-file`
//! (2020-11-10: 40 columns, 2021-03-20: 41, 2021-06-15 and 01/18/2022: 46), the announcement of 08/14/2023 (camelCase) and the
//! v1 API's line items.

use std::borrow::Cow;
use std::sync::Arc;

use crate::day::UsageDay;
use crate::ids::{AvailabilityId, CustomerId, IdError, PlanId, ProductId, SkuId};
use crate::invoice::{Adjusted, ClassColumns, InvoiceChargeType, InvoiceLine, LineClass, is_azure_credit};
use crate::money::{Amount, Currency, Number};
use crate::product::whole_sku;
use crate::read::{Input, ReadError, TableRow, read_table, table_columns};

use super::dates::charge_period;
use super::{RowIssue, commas};

table_columns! {
    /// A column of an invoice reconciliation file.
    InvoiceColumn;
    needed: [SubscriptionId, ProductId, SkuId, AvailabilityId, UnitPrice, BillableQuantity, Subtotal, Currency];
    numbers: [UnitPrice, Quantity, Subtotal, TaxTotal, BillableQuantity, PcToBcExchangeRate];
    days: [];
    documented: [
        "partnerid", "customername", "customerdomainname", "customercountry", "mpnid", "resellermpnid", "orderid", "total",
        "totalforcustomer", "publisherid", "effectiveunitprice", "alternateid",
        "billingfrequency", "pctobcexchangeratedate", "subscriptionstartdate", "subscriptionenddate", "referenceid",
        "productqualifiers", "promotionid", "discountdetails", "invoicelineitemtype", "billingprovider", "attributes",
        "meterid", "partnername",
    ];
    advice: "Partner Center > Billing > Billing history > the invoice > Reconciliation file, for the new commerce (G) invoice";
    /// The customer's tenant.
    CustomerId = "CustomerId",
    /// The invoice.
    InvoiceNumber = "InvoiceNumber",
    /// The UTC day of the order.
    OrderDate = "OrderDate",
    /// The product.
    ProductId = "ProductId",
    /// Its SKU.
    SkuId = "SkuId",
    /// Its availability.
    AvailabilityId = "AvailabilityId",
    /// The SKU's name.
    SkuName = "SkuName",
    /// The product's name.
    ProductName = "ProductName",
    /// The kind of charge.
    ChargeType = "ChargeType",
    /// List price of a unit in pricing currency.
    UnitPrice = "UnitPrice",
    /// Purchased units; 1 for usage.
    Quantity = "Quantity",
    /// Amount before tax in billing currency.
    Subtotal = "Subtotal",
    /// Tax.
    TaxTotal = "TaxTotal",
    /// The billing currency.
    Currency = "Currency",
    /// Why the price is not the list price.
    PriceAdjustmentDescription = "PriceAdjustmentDescription" | "priceadjusmentdescription",
    /// The publisher.
    PublisherName = "PublisherName",
    /// The offer.
    SubscriptionDescription = "SubscriptionDescription",
    /// The Azure plan.
    SubscriptionId = "SubscriptionId",
    /// The term.
    TermAndBillingCycle = "TermAndBillingCycle",
    /// The unit.
    UnitType = "UnitType",
    /// Units billed.
    BillableQuantity = "BillableQuantity",
    /// Currency of the price list.
    PricingCurrency = "PricingCurrency",
    /// Pricing to billing currency.
    PcToBcExchangeRate = "PCToBCExchangeRate",
    /// The first day of the charge.
    ChargeStartDate = "ChargeStartDate",
    /// Its last day.
    ChargeEndDate = "ChargeEndDate",
    /// The meter.
    MeterDescription = "MeterDescription",
    /// The order of a reservation or a savings plan.
    ReservationOrderId = "ReservationOrderId",
    /// The credit.
    CreditReasonCode = "CreditReasonCode",
}

/// What is to be said of an invoice reconciliation file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvoiceFacts {
    /// `CSV`, `CSV with semicolons and decimal commas`, `JSON Lines` and the like, with `, gzip` or `, zip` behind it where it was packed.
    pub format: String,
    /// Data rows, unreadable ones included.
    pub rows: u64,
    /// Columns that are not documented; they were passed over.
    pub unknown_columns: Vec<String>,
}

/// Reads an invoice reconciliation file: CSV, JSON Lines or answers of the v1 API, plain, with gzip or in a zip archive. Calls
/// `each` for every data row, in order: a line or an issue.
///
/// ```
/// use pec_core::{normalise::read_invoice, read::Input};
/// let file = "SubscriptionId,ProductId,SkuId,AvailabilityId,UnitPrice,BillableQuantity,Subtotal,Currency,SubscriptionDescription\n\
///             307628f1-d9d2-f09c-ea1f-4183f0cae308,DZH318Z0BNZ5,006G,DZH318Z08B80,0.868,29,25.17,USD,Azure plan\n";
/// read_invoice(Input::new("invoice.csv", file.as_bytes()), &mut |line| {
///     assert_eq!(line.unwrap().subtotal.to_string(), "25.17");
/// })?;
/// # Ok::<(), pec_core::read::ReadError>(())
/// ```
///
/// # Errors
///
/// [`ReadError`] where the input cannot be used.
pub fn read_invoice(
    input: Input<'_>,
    each: &mut dyn FnMut(Result<InvoiceLine<'_>, RowIssue>),
) -> Result<InvoiceFacts, ReadError> {
    let file: Arc<str> = input.name().into();
    let table = read_table::<InvoiceColumn>(input, &mut |number, row| match row {
        Err(malformed) => each(Err(RowIssue::of_row(&file, number, malformed))),
        Ok(row) => {
            let reading = Reading { file: &file, row };
            match reading.texts().and_then(|texts| reading.with(&texts, |line| each(Ok(line)))) {
                Ok(()) => {}
                Err(issue) => each(Err(issue)),
            }
        }
    })?;
    let unknown_columns = table.heading.unknown().map(str::to_owned).collect();
    Ok(InvoiceFacts { format: table.format(), rows: table.rows, unknown_columns })
}

/// Does a reason of a credit name an Azure credit?
fn azure_credit(reason: &str) -> Result<bool, std::convert::Infallible> {
    Ok(is_azure_credit(reason))
}

/// A row that is being read.
#[derive(Clone, Copy)]
struct Reading<'r> {
    file: &'r Arc<str>,
    row: TableRow<'r, InvoiceColumn>,
}

type Read<T> = Result<T, RowIssue>;

/// The texts of a row that a line borrows.
struct Texts<'r> {
    customer: Cow<'r, str>,
    invoice: Cow<'r, str>,
    plan: Cow<'r, str>,
    product: Cow<'r, str>,
    sku: Cow<'r, str>,
    availability: Cow<'r, str>,
    order_date: Cow<'r, str>,
}

impl<'r> Reading<'r> {
    fn issue(self, column: InvoiceColumn, expected: &str) -> RowIssue {
        RowIssue::of_cell(self.file, self.row, column, expected)
    }

    fn text(self, column: InvoiceColumn) -> Read<Cow<'r, str>> {
        self.row.cell(column).text().map_err(|_| self.issue(column, "UTF-8 text"))
    }

    /// What a text means, with what was expected where it means nothing.
    fn parsed<T, E: std::fmt::Display>(
        self,
        column: InvoiceColumn,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Read<T> {
        parse(&self.text(column)?).map_err(|error| self.issue(column, &error.to_string()))
    }

    fn number(self, column: InvoiceColumn) -> Read<Number> {
        self.parsed(column, |text| commas::number(text, self.row.decimals))
    }

    /// A number, or what a blank cell stands for.
    fn number_or(self, column: InvoiceColumn, blank: Number) -> Read<Number> {
        if self.row.cell(column).is_blank() { Ok(blank) } else { self.number(column) }
    }

    fn amount(self, column: InvoiceColumn, number: Number) -> Read<Amount> {
        Amount::from_number(number).map_err(|_| self.issue(column, "an amount below 10^20"))
    }

    fn id<T>(self, column: InvoiceColumn, id: Result<T, IdError>) -> Read<T> {
        if commas::lost_digits_of_sku(self.row.cell(column).raw()) {
            return Err(self.issue(column, commas::WHOLE_ID));
        }
        id.map_err(|error| self.issue(column, &error.to_string()))
    }

    fn texts(self) -> Read<Texts<'r>> {
        Ok(Texts {
            customer: self.text(InvoiceColumn::CustomerId)?,
            invoice: self.text(InvoiceColumn::InvoiceNumber)?,
            plan: self.text(InvoiceColumn::SubscriptionId)?,
            product: self.text(InvoiceColumn::ProductId)?,
            sku: whole_sku(self.text(InvoiceColumn::SkuId)?),
            availability: self.text(InvoiceColumn::AvailabilityId)?,
            order_date: self.text(InvoiceColumn::OrderDate)?,
        })
    }

    /// Makes the line and hands it over. What an amount cannot hold exactly is an issue, never rounded.
    fn with(self, texts: &Texts<'_>, hand_over: impl FnOnce(InvoiceLine<'_>)) -> Read<()> {
        let (class, metered, charge) = self.class()?;
        let azure_credit = class == LineClass::Credit && self.parsed(InvoiceColumn::CreditReasonCode, azure_credit)?;
        let unit_price = self.number(InvoiceColumn::UnitPrice)?;
        let quantity = self.number(InvoiceColumn::BillableQuantity)?;
        let list_cost = Amount::product(unit_price, quantity)
            .map_err(|error| self.issue(InvoiceColumn::UnitPrice, &error.to_string()))?;
        self.amount(InvoiceColumn::BillableQuantity, quantity)?;
        let (billing, pricing, exchange_rate) = self.currencies()?;
        let line = InvoiceLine {
            customer: self.id(InvoiceColumn::CustomerId, CustomerId::new(&texts.customer))?,
            invoice: &texts.invoice,
            plan: self.id(InvoiceColumn::SubscriptionId, PlanId::new(&texts.plan))?,
            product: self.id(InvoiceColumn::ProductId, ProductId::new(&texts.product))?,
            sku: self.id(InvoiceColumn::SkuId, SkuId::new(&texts.sku))?,
            availability: self.id(InvoiceColumn::AvailabilityId, AvailabilityId::new(&texts.availability))?,
            order_date: &texts.order_date,
            charge_period: self.charge_period()?,
            charge,
            class,
            azure_credit,
            metered,
            unit_price,
            quantity,
            list_cost,
            adjusted: self.parsed(InvoiceColumn::PriceAdjustmentDescription, Adjusted::read)?,
            subtotal: self.amount(InvoiceColumn::Subtotal, self.number(InvoiceColumn::Subtotal)?)?,
            tax: self.amount(InvoiceColumn::TaxTotal, self.number_or(InvoiceColumn::TaxTotal, Number::ZERO)?)?,
            billing,
            pricing,
            exchange_rate,
        };
        if class == LineClass::Usage {
            line.steps().map_err(|error| self.issue(InvoiceColumn::UnitPrice, &error.to_string()))?;
        }
        hand_over(line);
        Ok(())
    }

    /// Billing and pricing currency, and the rate between them. A blank pricing currency is USD (R80), a blank rate 1.
    fn currencies(self) -> Read<(Currency, Currency, Number)> {
        let billing = self.parsed(InvoiceColumn::Currency, str::parse)?;
        let usd = |text: &str| if text.is_empty() { Ok(Currency::USD) } else { text.parse() };
        let pricing = self.parsed(InvoiceColumn::PricingCurrency, usd)?;
        let rate = self.number_or(InvoiceColumn::PcToBcExchangeRate, Number::ONE)?;
        if rate.mantissa() <= 0 {
            return Err(self.issue(InvoiceColumn::PcToBcExchangeRate, "an exchange rate above zero"));
        }
        Ok((billing, pricing, rate))
    }

    /// Nothing is computed with it, so a text that settles no days is none, and no issue.
    fn charge_period(self) -> Read<Option<(UsageDay, UsageDay)>> {
        let (start, end) = (self.text(InvoiceColumn::ChargeStartDate)?, self.text(InvoiceColumn::ChargeEndDate)?);
        Ok(charge_period(&start, &end))
    }

    fn class(self) -> Read<(LineClass, bool, InvoiceChargeType)> {
        let text = |column| self.text(column);
        let charge = InvoiceChargeType::read(&text(InvoiceColumn::ChargeType)?);
        let (reason, order) = (text(InvoiceColumn::CreditReasonCode)?, text(InvoiceColumn::ReservationOrderId)?);
        let (publisher, description) =
            (text(InvoiceColumn::PublisherName)?, text(InvoiceColumn::SubscriptionDescription)?);
        let (term, product, sku) = (
            text(InvoiceColumn::TermAndBillingCycle)?,
            text(InvoiceColumn::ProductName)?,
            text(InvoiceColumn::SkuName)?,
        );
        let (unit, meter) = (text(InvoiceColumn::UnitType)?, text(InvoiceColumn::MeterDescription)?);
        let quantity = self.row.cell(InvoiceColumn::Quantity);
        let columns = ClassColumns {
            charge,
            credit_reason_code: &reason,
            reservation_order: &order,
            names: [&term, &product, &sku],
            publisher: &publisher,
            description: &description,
            unit_and_meter: [&unit, &meter],
            quantity: if quantity.is_blank() { None } else { Some(self.number(InvoiceColumn::Quantity)?) },
        };
        Ok((LineClass::of(&columns), columns.is_metered(), charge))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "CustomerId,SubscriptionId,ProductId,SkuId,AvailabilityId,ChargeType,UnitPrice,Quantity,BillableQuantity,\
        Subtotal,TaxTotal,Currency,PriceAdjustmentDescription,SubscriptionDescription,PCToBCExchangeRate";
    const ROW: [&str; 15] = [
        "c",
        "p",
        "DZH",
        "006G",
        "DZ",
        "New",
        "0.868",
        "1",
        "29",
        "21.39",
        "2",
        "EUR",
        "\"[\"\"15.0% Partner earned credit for services managed\"\"]\"",
        "Azure plan",
        "1",
    ];

    /// What a file with this row, or one that differs in a cell, gives.
    fn read(differs: Option<(usize, &str)>) -> Result<String, String> {
        let mut row = ROW;
        if let Some((place, text)) = differs {
            row[place] = text;
        }
        let file = format!("{HEADER}\n{}\n", row.join(","));
        let mut found = None;
        read_invoice(Input::new("invoice.csv", file.as_bytes()), &mut |line| {
            let shown = |line: InvoiceLine<'_>| {
                let credit = line.adjusted.discounts.partner_earned_credit;
                format!("{:?} {} {} {credit} {}", line.class, line.plan, line.subtotal, line.tax)
            };
            found = Some(line.map(shown).map_err(|issue| issue.to_string()));
        })
        .unwrap();
        found.unwrap()
    }

    #[test]
    fn a_row_is_a_line() {
        assert_eq!(read(None).unwrap(), "Usage p 21.39 0.15 2.00");
        assert_eq!(read(Some((10, ""))).unwrap(), "Usage p 21.39 0.15 0.00");
        assert_eq!(read(Some((5, "customerCredit"))).unwrap(), "Credit p 21.39 0.15 2.00");
    }

    /// The same row as a spreadsheet saves it where the comma is the decimal sign.
    fn read_regional(differs: Option<(usize, &str)>) -> Result<String, String> {
        let mut row = ROW.map(|cell| cell.replace('.', ","));
        (row[3], row[12]) = ("1".to_owned(), ROW[12].to_owned());
        if let Some((place, text)) = differs {
            row[place] = text.to_owned();
        }
        let file = format!("{}\r\n{}\r\n", HEADER.replace(',', ";"), row.join(";"));
        let mut found = None;
        let facts = read_invoice(Input::new("invoice.csv", file.as_bytes()), &mut |line| {
            let shown = |line: InvoiceLine<'_>| {
                format!("{:?} {} {} {} {}", line.class, line.sku, line.unit_price, line.subtotal, line.exchange_rate)
            };
            found = Some(line.map(shown).map_err(|issue| issue.to_string()));
        });
        assert_eq!(facts.unwrap().format, "CSV with semicolons and decimal commas");
        found.unwrap()
    }

    #[test]
    fn what_a_spreadsheet_saved_is_read() {
        assert_eq!(read_regional(None).unwrap(), "Usage 0001 0.868 21.39 1");
        assert_eq!(read_regional(Some((9, "1.021,39"))).unwrap(), "Usage 0001 0.868 1021.39 1");
        assert_eq!(read_regional(Some((14, "0,8531"))).unwrap(), "Usage 0001 0.868 21.39 0.8531");
        for (place, text, expected) in [
            (9, "1.021", "the point may part thousands or decimals"),
            (3, "5E+10", "a spreadsheet made a number of it"),
            (2, "1,23E+11", "its digits are lost"),
        ] {
            assert!(read_regional(Some((place, text))).unwrap_err().contains(expected), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_an_issue_of_its_column() {
        for (place, text, column) in [
            (1, "a\u{7}", "SubscriptionId"),
            (6, "", "UnitPrice"),
            (6, "1e-40", "UnitPrice"),
            (7, "x", "Quantity"),
            (8, "", "BillableQuantity"),
            (8, "1e25", "UnitPrice"),
            (9, "1.000.00", "Subtotal"),
            (10, "-", "TaxTotal"),
            (11, "", "Currency"),
            (14, "0", "PCToBCExchangeRate"),
            (14, "-1", "PCToBCExchangeRate"),
        ] {
            let quantity = if text == "1e-40" { Some((8, "0.000000000001")) } else { None };
            let found = read(Some((place, text)));
            match quantity {
                None => assert!(found.clone().unwrap_err().contains(&format!("row 2, column `{column}`")), "{found:?}"),
                Some(_) => assert!(found.is_ok(), "a product of 40 decimals is held: {found:?}"),
            }
        }
        let twice = "\"[\"\"15% Partner earned credit for services managed\"\",\"\"10% Partner earned credit for services managed\"\"]\"";
        assert!(read(Some((12, twice))).unwrap_err().contains("one partner earned credit"));
    }
}
