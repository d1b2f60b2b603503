//! Rows of text to domain values: the only place where text becomes a [`UsageLine`].
//!
//! Nothing after this stage can hold an unparsed amount, an unknown currency or a day that is not one. A row that
//! cannot be read becomes a [`RowIssue`] and stays in the counts.

mod dates;
mod issue;
mod meanings;
mod percent;
mod record;

pub(crate) use issue::CellIssue;
pub use issue::RowIssue;
pub use record::Record;

use crate::ids::{CustomerId, IdError, ResellerId, SubscriptionId};
use crate::lookup::{LastId, LastText};
use crate::money::{ListCost, Number};
use crate::read::{Column, NotUtf8, Row};
use crate::resource::ArmScope;
use crate::usage::UsageLine;

type Read<T> = Result<T, CellIssue>;

/// Turns rows of daily rated usage into usage lines, remembering what texts meant.
#[derive(Debug, Default)]
pub(crate) struct Normaliser {
    meanings: meanings::DailyUsage,
    customer: LastId,
    customer_name: LastText,
    subscription: LastId,
    subscription_name: LastText,
    resource_group: LastText,
    resource: LastText,
    reseller: LastId,
}

impl Normaliser {
    /// The line of a row. The first column that cannot be read is the issue.
    pub(crate) fn line<'s>(&'s mut self, row: Row<'_>) -> Read<UsageLine<'s>> {
        let day = dates::usage_day(row)?;

        let resource = utf8(row, Column::ResourceUri, self.resource.of(row.cell(Column::ResourceUri)))?;
        let resource = resource.trim_end_matches('/');
        let subscription = id(row, Column::EntitlementId, &mut self.subscription, |text| {
            SubscriptionId::new(text).map(SubscriptionId::as_str)
        })?;
        let subscription = match SubscriptionId::known(subscription) {
            // The path names the subscription too; a line without either cannot be placed.
            blank if blank.is_blank() => {
                let scope = ArmScope::parse(resource).ok().and_then(ArmScope::subscription);
                scope.ok_or_else(|| CellIssue::new(row, Column::EntitlementId, "the id of an Azure subscription"))?
            }
            subscription => subscription,
        };
        let customer =
            id(row, Column::CustomerId, &mut self.customer, |text| CustomerId::new(text).map(CustomerId::as_str))?;
        let customer = CustomerId::known(customer);

        let unit_price = number(row, Column::UnitPrice)?;
        let quantity = number(row, Column::Quantity)?;
        let list_cost = ListCost::new(unit_price, quantity).map_err(|error| {
            CellIssue::new(row, Column::UnitPrice, error.to_string().trim_start_matches("expected "))
        })?;
        let currency = self.meanings.currency(row)?;
        let credit = self.meanings.credit(row)?;
        let pricing_pre_tax_total = match row.cell(Column::PricingPreTaxTotal) {
            cell if cell.is_blank() => None,
            _ => Some(number(row, Column::PricingPreTaxTotal)?),
        };

        let resource_group = utf8(row, Column::ResourceGroup, self.resource_group.of(row.cell(Column::ResourceGroup)))?;
        let resource_group = match resource_group {
            "" => ArmScope::parse(resource).map_or("", ArmScope::resource_group),
            named => named,
        };
        let reseller =
            id(row, Column::ResellerMpnId, &mut self.reseller, |text| ResellerId::new(text).map(ResellerId::as_str))?;
        let reseller = ResellerId::known(reseller);
        // Names are for people: one that is not UTF-8 is no reason to lose the row.
        let customer_name = self.customer_name.of(row.cell(Column::CustomerName)).unwrap_or_default();
        let subscription_name = self.subscription_name.of(row.cell(Column::EntitlementDescription)).unwrap_or_default();
        Ok(UsageLine {
            customer,
            customer_name,
            subscription,
            subscription_name,
            resource_group,
            resource,
            reseller,
            day,
            unit_price,
            quantity,
            list_cost,
            pricing_pre_tax_total,
            currency,
            charge: self.meanings.charge(row)?,
            offer: self.meanings.offer(row)?,
            product: self.meanings.product(row)?,
            credit,
        })
    }
}

fn number(row: Row<'_>, column: Column) -> Read<Number> {
    let cell = row.cell(column);
    let issue = |expected: &str| CellIssue::new(row, column, expected);
    let parsed = if cell.is_plain() {
        Number::parse(cell.raw().trim_ascii())
    } else {
        let text = cell.text().map_err(|_| issue("UTF-8 text"))?;
        text.parse()
    };
    parsed.map_err(|error| issue(error.to_string().trim_start_matches("expected ")))
}

fn utf8<T>(row: Row<'_>, column: Column, read: Result<T, NotUtf8>) -> Read<T> {
    read.map_err(|NotUtf8| CellIssue::new(row, column, "UTF-8 text"))
}

fn id<'s>(
    row: Row<'_>,
    column: Column,
    last: &'s mut LastId,
    check: fn(&str) -> Result<&str, IdError>,
) -> Read<&'s str> {
    utf8(row, column, last.of(row.cell(column), check))?
        .map_err(|error| CellIssue::new(row, column, error.to_string().trim_start_matches("expected ")))
}
