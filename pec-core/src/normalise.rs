//! Rows of text to domain values: the only place where text becomes a [`UsageLine`].
//!
//! Nothing after this stage can hold an unparsed amount, an unknown currency or a day that is not one. A row that
//! cannot be read becomes a [`RowIssue`] and stays in the counts.

mod commas;
pub mod credit_balance;
mod dates;
pub mod evidence;
mod invoice;
mod issue;
mod list_days;
mod meanings;
mod percent;
pub mod price_list;
mod record;

use std::borrow::Cow;

pub use invoice::{InvoiceFacts, read_invoice};
pub(crate) use issue::CellIssue;
pub use issue::RowIssue;
pub use record::{Record, RecordNames};

use crate::day::UsageDay;
use crate::ids::{CustomerId, IdError, ResellerId, SubscriptionId};
use crate::money::{Currency, ListCost, Number};
use crate::product::{ProductIds, SKU_CHARACTERS, whole_sku};
use crate::read::{Binding, Column, Columns, Decimals, FileKind, NotUtf8, Row};
use crate::resource::ArmScope;
use crate::usage::{Billing, ChargeType, UsageLine};

type Read<T> = Result<T, CellIssue>;

/// Turns rows of usage into usage lines. What a row has in common with the one before is not read again.
#[derive(Debug, Default)]
pub(crate) struct Normaliser {
    kind: FileKind,
    decimals: Decimals,
    /// Lines are only summed: the names of products need not be kept.
    sums_only: bool,
    meanings: meanings::DailyUsage,
    /// Columns of which the values here are not those of the last row: it could not be read to its end.
    unread: Columns,
    days: dates::UsageDays,
    day: Option<UsageDay>,
    customer: String,
    customer_name: String,
    subscription: String,
    subscription_name: String,
    /// A name is not UTF-8.
    lossy_names: bool,
    resource_group: String,
    resource: String,
    reseller: String,
    /// Names of product, SKU and meter.
    product: [String; 3],
    unit_price: Number,
    quantity: Number,
    list_cost: ListCost,
    pricing_pre_tax_total: Option<Number>,
    effective_unit_price: Option<Number>,
    product_ids: ProductIds,
    billing: Billing,
}

/// Columns that settle the day.
const DAY: Columns = Columns::of(&[Column::UsageDate, Column::ChargeStartDate, Column::ChargeEndDate]);
/// Columns that say whose and which resource it is. The path names the subscription and the group too.
const PLACE: Columns = Columns::of(&[
    Column::CustomerId,
    Column::CustomerName,
    Column::EntitlementId,
    Column::EntitlementDescription,
    Column::ResourceGroup,
    Column::ResourceUri,
    Column::ResellerMpnId,
]);
/// Columns that name the product.
const PRODUCT: [Column; 3] = [Column::ProductName, Column::SkuName, Column::MeterName];
const PRODUCT_IDS: Columns = Columns::of(&Column::PRODUCT_IDS);
const BILLING: Columns = Columns::of(&Column::BILLING);
/// How long the id of a product with that of a SKU behind it is.
const PRODUCT_AND_SKU: usize = 12 + SKU_CHARACTERS;
const UNIT_PRICE: Columns = Columns::of(&[Column::UnitPrice]);
const QUANTITY: Columns = Columns::of(&[Column::Quantity]);
/// Columns that say whether a charge of cost details is usage.
const CHARGE: Columns = Columns::of(&[Column::ChargeType, Column::ChargeClass, Column::CommitmentDiscountStatus]);
const PRICING_PRE_TAX_TOTAL: Columns = Columns::of(&[Column::PricingPreTaxTotal]);
/// Columns by which a credit may be inferred from price.
const EFFECTIVE_UNIT_PRICE: Columns = Columns::of(&[Column::EffectiveUnitPrice]).with(meanings::CREDIT);

/// Columns that a ledger keeps accounts by, the day and the decision apart.
pub(crate) const ACCOUNT: Columns = PLACE.with(Columns::of(&[Column::PricingCurrency]));

/// Columns that price lists are asked by.
pub(crate) const LISTED_BY: Columns = DAY.with(PRODUCT_IDS);

impl Normaliser {
    /// Rows of an input that is bound like this follow.
    pub(crate) fn begin(&mut self, binding: &Binding) {
        let (kind, decimals) = (binding.kind(), binding.decimals());
        if (self.kind, self.decimals) != (kind, decimals) {
            let meanings = meanings::DailyUsage::for_file(kind, decimals);
            let (sums_only, days) = (self.sums_only, dates::UsageDays::for_kind(kind));
            *self = Self { kind, decimals, sums_only, meanings, days, ..Self::default() };
            self.unread = Columns::ALL;
        }
    }

    /// For lines that are only summed.
    pub(crate) fn for_sums(self) -> Self {
        Self { sums_only: true, ..self }
    }

    /// Reads a row; which columns differ from the line before. The first column that cannot be read is the issue.
    pub(crate) fn read(&mut self, row: Row<'_>) -> Read<Columns> {
        let changed = self.unread.with(row.changed());
        self.unread = changed;
        self.read_changed(row, changed)?;
        self.unread = Columns::NONE;
        Ok(changed)
    }

    /// Is the row the header of another file, with its columns in another order?
    #[cold]
    pub(crate) fn is_other_header(&self, row: Row<'_>) -> bool {
        let named = |column: &Column| {
            let text = row.cell(*column).text().unwrap_or_default();
            self.kind.names_itself(*column, &text)
        };
        let is_header = [Column::UsageDate, Column::UnitPrice].iter().all(|column| named(column).is_some());
        is_header && Column::ALL.iter().any(|column| named(column) == Some(false))
    }

    /// Is a name of the row that was read not UTF-8?
    pub(crate) const fn has_lossy_names(&self) -> bool {
        self.lossy_names
    }

    /// The line of the row that was read.
    #[inline]
    pub(crate) fn line(&self) -> UsageLine<'_> {
        let values = &self.meanings.values;
        let [product_name, sku_name, meter_name] = &self.product;
        UsageLine {
            customer: CustomerId::known(&self.customer),
            customer_name: &self.customer_name,
            subscription: SubscriptionId::known(&self.subscription),
            subscription_name: &self.subscription_name,
            resource_group: &self.resource_group,
            resource: &self.resource,
            reseller: ResellerId::known(&self.reseller),
            product_name,
            sku_name,
            meter_name,
            // A row without a day has been refused.
            day: self.day.unwrap_or(UsageDay::FIRST),
            unit_price: self.unit_price,
            quantity: self.quantity,
            list_cost: self.list_cost,
            pricing_pre_tax_total: self.pricing_pre_tax_total,
            effective_unit_price: self.effective_unit_price,
            currency: values.currency,
            charge: values.charge,
            offer: values.offer,
            invoiced: values.invoiced,
            product: values.product,
            product_ids: &self.product_ids,
            billing: self.billing,
            credit: values.credit,
            paid_by_credit: false,
        }
    }

    /// Reads the columns that changed, in the order in which issues are looked for.
    fn read_changed(&mut self, row: Row<'_>, mut changed: Columns) -> Read<()> {
        if self.kind != FileKind::DailyUsage && changed.any(CHARGE) {
            // Cost details hold more than usage, and what is no usage may lack what usage has.
            self.meanings.read_charge(row)?;
            changed = changed.with(UNIT_PRICE).with(QUANTITY).with(PLACE);
        }
        if changed.any(DAY) {
            self.day = Some(self.days.of(row, changed)?);
        }
        if changed.any(PLACE) {
            self.read_ids(row)?;
        }
        if changed.any(UNIT_PRICE) {
            self.unit_price = self.factor(row, Column::UnitPrice)?;
        }
        if changed.any(QUANTITY) {
            self.quantity = self.factor(row, Column::Quantity)?;
        }
        if changed.any(UNIT_PRICE.with(QUANTITY)) {
            self.list_cost = ListCost::new(self.unit_price, self.quantity).map_err(|error| {
                CellIssue::new(row, Column::UnitPrice, error.to_string().trim_start_matches("expected "))
            })?;
        }
        self.meanings.read_money(row, changed)?;
        if changed.any(PRICING_PRE_TAX_TOTAL) {
            self.pricing_pre_tax_total = match row.cell(Column::PricingPreTaxTotal) {
                cell if cell.is_blank() => None,
                _ => Some(self.total(row)?),
            };
        }
        if changed.any(EFFECTIVE_UNIT_PRICE) {
            // A price that cannot be read says nothing, and nothing else depends on it.
            let told = self.meanings.values.credit.told;
            self.effective_unit_price =
                if told { None } else { number(row, Column::EffectiveUnitPrice, self.decimals).ok() };
        }
        if changed.any(PLACE) {
            self.read_place(row)?;
        }
        if changed.any(PRODUCT_IDS) {
            self.read_product_ids(row);
        }
        if changed.any(BILLING) {
            self.billing = billing(row, self.decimals)?;
        }
        self.meanings.read_product(row, changed)?;
        if self.sums_only {
            return Ok(());
        }
        // Names are for people here; what they mean has been read.
        for (name, column) in self.product.iter_mut().zip(PRODUCT) {
            if changed.any(Columns::of(&[column])) {
                set(name, &row.cell(column).text().unwrap_or_default());
            }
        }
        Ok(())
    }

    /// Is this a charge of cost details that is no usage?
    fn is_other_cost(&self) -> bool {
        self.kind != FileKind::DailyUsage && self.meanings.values.charge == ChargeType::Other
    }

    /// A price or a quantity. A tax or a purchase need not have one, and then costs nothing at list prices.
    fn factor(&self, row: Row<'_>, column: Column) -> Read<Number> {
        if self.is_other_cost() && row.cell(column).is_blank() {
            Ok(Number::ZERO)
        } else {
            number(row, column, self.decimals)
        }
    }

    /// What was charged. Nothing is decided by it, but what is summed must fit.
    fn total(&self, row: Row<'_>) -> Read<Number> {
        let column = Column::PricingPreTaxTotal;
        let total = number(row, column, self.decimals)?;
        // So many digits with so many decimals fit, which is nearly every cell.
        let usual = u64::try_from(total.mantissa().unsigned_abs()).is_ok() && total.scale() > 6;
        if usual || ListCost::new(total, Number::ONE).is_ok() {
            Ok(total)
        } else {
            Err(CellIssue::new(row, column, "an amount below 10,000,000,000,000"))
        }
    }

    fn read_ids(&mut self, row: Row<'_>) -> Read<()> {
        let resource = text(row, Column::ResourceUri)?;
        let resource = resource.trim_end_matches('/');
        let subscription = text(row, Column::EntitlementId)?;
        // FOCUS names a subscription by its path.
        let named_by_path = if subscription.starts_with('/') { ArmScope::parse(&subscription).ok() } else { None };
        let subscription =
            named_by_path.and_then(ArmScope::subscription).map_or(subscription.as_ref(), |id| id.as_str());
        let subscription = id(row, Column::EntitlementId, SubscriptionId::new(subscription))?;
        let subscription = if subscription.is_blank() {
            // The path names the subscription too; a line without either cannot be placed.
            let scope = ArmScope::parse(resource).ok().and_then(ArmScope::subscription);
            let unplaced = SubscriptionId::known("");
            scope
                .or_else(|| self.is_other_cost().then_some(unplaced))
                .ok_or_else(|| CellIssue::new(row, Column::EntitlementId, "the id of an Azure subscription"))?
        } else {
            subscription
        };
        let customer = text(row, Column::CustomerId)?;
        let customer = id(row, Column::CustomerId, CustomerId::new(&customer))?;
        set(&mut self.resource, resource);
        set(&mut self.subscription, subscription.as_str());
        set(&mut self.customer, customer.as_str());
        Ok(())
    }

    /// What is asked by ids is not told of a line whose ids are no text; that is no reason to lose the row.
    fn read_product_ids(&mut self, row: Row<'_>) {
        let ids = &mut self.product_ids;
        let texts = [&mut ids.plan, &mut ids.product, &mut ids.sku, &mut ids.availability, &mut ids.meter];
        for (text, column) in texts.into_iter().zip(Column::PRODUCT_IDS) {
            set(text, &row.cell(column).text().unwrap_or_default());
        }
        // Cost details and FOCUS write both ids as one.
        if self.kind != FileKind::DailyUsage && ids.sku.is_empty() && ids.product.len() == PRODUCT_AND_SKU {
            ids.sku = ids.product.split_off(PRODUCT_AND_SKU - SKU_CHARACTERS);
        }
        if let Cow::Owned(whole) = whole_sku(ids.sku.as_str().into()) {
            ids.sku = whole;
        }
    }

    fn read_place(&mut self, row: Row<'_>) -> Read<()> {
        let group = text(row, Column::ResourceGroup)?;
        let group = if self.kind != FileKind::DailyUsage && names_no_group(&group) { "" } else { &group };
        let named_by_path = || ArmScope::parse(&self.resource).map_or("", ArmScope::resource_group);
        set(&mut self.resource_group, if group.is_empty() { named_by_path() } else { group });
        let reseller = text(row, Column::ResellerMpnId)?;
        set(&mut self.reseller, id(row, Column::ResellerMpnId, ResellerId::new(&reseller))?.as_str());
        // Names are for people: one that is not UTF-8 is no reason to lose the row.
        let (customer_name, customer_whole) = row.cell(Column::CustomerName).lossy_text();
        let (subscription_name, subscription_whole) = row.cell(Column::EntitlementDescription).lossy_text();
        set(&mut self.customer_name, &customer_name);
        set(&mut self.subscription_name, &subscription_name);
        self.lossy_names = !(customer_whole && subscription_whole);
        Ok(())
    }
}

/// The billing currency and the exchange rate; blank says nothing.
fn billing(row: Row<'_>, decimals: Decimals) -> Read<Billing> {
    let (currency, rate) = (Column::BillingCurrency, Column::PcToBcExchangeRate);
    let issue = |error: crate::money::CurrencyError| {
        CellIssue::new(row, currency, error.to_string().trim_start_matches("expected "))
    };
    let told = |column| !row.cell(column).is_blank();
    Ok(Billing {
        currency: if told(currency) { Some(text(row, currency)?.parse::<Currency>().map_err(issue)?) } else { None },
        exchange_rate: if told(rate) { Some(number(row, rate, decimals)?) } else { None },
    })
}

/// What Cost Management writes where a charge is in no resource group.
fn names_no_group(group: &str) -> bool {
    ["others", "not applicable", "null"].iter().any(|none| group.eq_ignore_ascii_case(none))
}

/// The new text in the memory of the old one.
fn set(old: &mut String, new: &str) {
    old.clear();
    old.push_str(new);
}

fn text(row: Row<'_>, column: Column) -> Read<Cow<'_, str>> {
    utf8(row, column, row.cell(column).text())
}

fn number(row: Row<'_>, column: Column, decimals: Decimals) -> Read<Number> {
    let cell = row.cell(column);
    let issue = |expected: &str| CellIssue::new(row, column, expected);
    let parsed = if decimals == Decimals::Comma {
        let text = cell.text().map_err(|_| issue("UTF-8 text"))?;
        commas::with_point(&text).map_err(issue)?.parse()
    } else if cell.is_plain() {
        // Spreadsheets leave spaces that are none of ASCII; so few cells have them that others need not be UTF-8.
        let spaced = |error| cell.text().map_or(Err(error), |text| text.parse());
        Number::parse(cell.raw().trim_ascii()).or_else(spaced)
    } else {
        let text = cell.text().map_err(|_| issue("UTF-8 text"))?;
        text.parse()
    };
    parsed.map_err(|error| issue(error.to_string().trim_start_matches("expected ")))
}

fn utf8<T>(row: Row<'_>, column: Column, read: Result<T, NotUtf8>) -> Read<T> {
    read.map_err(|NotUtf8| CellIssue::new(row, column, "UTF-8 text"))
}

fn id<T>(row: Row<'_>, column: Column, id: Result<T, IdError>) -> Read<T> {
    if commas::lost_digits(row.cell(column).raw()) {
        return Err(CellIssue::new(row, column, commas::WHOLE_ID));
    }
    id.map_err(|error| CellIssue::new(row, column, error.to_string().trim_start_matches("expected ")))
}
