//! The arithmetic of the invoice: one function for each published formula.
//!
//! Sources. **BIL**: Partner Center page `azure-plan-billing` (7/18/2022). **REC**: `modern-invoice-reconciliation-file`
//! (01/18/2022). **SEATS**: `common-billing-scenarios-onetime-recurring`. All as kept in
//! `github.com/kvamseek/partner-center@85eb3c40` (2023-10-23). `R78` is a collected rule, `F1` a finding on published numbers.
//!
//! | what | formula | rounding |
//! | --- | --- | --- |
//! | [`billable_cost`] | BCU x UP x 0.85 | cut toward zero to two decimals, in pricing currency (BIL) |
//! | [`effective_unit_price`] | BC / BCU | 15 digits, to the nearest (BIL, F1) |
//! | [`exchanged`] | BC x PCToBCExchangeRate | cut toward zero to the decimals of the billing currency (REC) |
//! | [`usage_subtotal`] | the two cuts, one after the other | as above (REC) |
//! | [`licence_subtotal`] | effective unit price x quantity, or the other way round | cut toward zero (REC, SEATS) |
//!
//! The published example of BIL, and its 85 % in two cuts:
//!
//! ```
//! use pec_core::invoice::{PriceAdjustments, billable_cost, effective_unit_price, exchanged};
//! use pec_core::money::{ListCost, Number, Rate};
//! let quantity: Number = "210.950039".parse()?;
//! let earned = Rate::from_percent("15".parse()?).unwrap();
//! let list_cost = ListCost::new("0.868".parse()?, quantity)?.amount();
//! let cost = billable_cost(list_cost, PriceAdjustments { tier_discount: Rate::ZERO, partner_earned_credit: earned })?;
//! assert_eq!(cost.to_string(), "155.63");
//! assert_eq!(effective_unit_price(cost, quantity).unwrap().to_string(), "0.737757626107858");
//! assert_eq!(exchanged(cost, "0.846202666".parse()?, "EUR".parse()?)?.to_string(), "131.69");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod adjustment;
mod licence;
mod line;

pub use adjustment::{Adjusted, PriceAdjustment, PriceAdjustmentError};
pub use licence::{LicenceOrder, Proration, licence_subtotal};
pub use line::{ClassColumns, InvoiceChargeType, InvoiceLine, LineClass, UsageSteps, is_azure_credit};

use crate::money::{Amount, AmountError, Currency, Number, Rate, Rounding};

/// Decimals of an amount in pricing currency: two (R78).
pub const PRICING_DECIMALS: u32 = 2;
/// Digits of an effective unit price, as files print it (F1).
pub const PRICE_DIGITS: u32 = 15;

/// The discounts on a usage line whose size is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PriceAdjustments {
    /// `100.0% Tier 1 Discount`: nothing is left of the price (R73).
    pub tier_discount: Rate,
    /// `15.0% Partner earned credit for services managed` (R72).
    pub partner_earned_credit: Rate,
}

/// What is left of a list cost, exactly: the tier discount comes off first, then the credit from the rest (R74).
///
/// "2.99 x 0.85 = 2.5415" beside "5 free units" (announcement of 10/03/2023).
///
/// # Errors
///
/// [`AmountError::TooPrecise`] where a share has more decimals than are kept.
pub fn net_cost(list_cost: Amount, adjustments: PriceAdjustments) -> Result<Amount, AmountError> {
    list_cost.share(adjustments.tier_discount.rest())?.share(adjustments.partner_earned_credit.rest())
}

/// Billable cost: `BC = BCU x UP x 0.85`, cut to two decimals, "in order to charge the minimum amount" (BIL, R70).
///
/// Cut once for each meter and group of equal price and credit, never for each day or resource (R71); a negative cost is cut
/// toward zero too (F6). `list_cost` is `BCU x UP`, exactly.
///
/// # Errors
///
/// [`AmountError::TooPrecise`] as for [`net_cost`].
pub fn billable_cost(list_cost: Amount, adjustments: PriceAdjustments) -> Result<Amount, AmountError> {
    net_cost(list_cost, adjustments).map(cut)
}

/// Effective unit price: `BC / BCU` at 15 digits (BIL prints the quotient upside down; its numbers prove this one, F1).
///
/// `None` for a quantity of zero, and where the quotient has no such form.
#[must_use]
pub fn effective_unit_price(billable_cost: Amount, billable_quantity: Number) -> Option<Number> {
    billable_cost.quotient(billable_quantity, PRICE_DIGITS, Rounding::HalfEven)
}

/// Billable cost where only the printed effective unit price is known: the cents that the price can have come from.
///
/// A printed price is off by up to half a unit in its 15th digit, so `price x quantity` can fall just below the cent that it was
/// made of: 0.1999968000511991808131 x 62.501 is 12.4999999999999999999996, of 12.50 (F2). That half unit is added first.
/// Work forward from the unit price where it is known: [`billable_cost`].
///
/// ```
/// use pec_core::invoice::billable_cost_of_price;
/// let cost = billable_cost_of_price("0.1999968000511991808131".parse()?, "62.501".parse()?)?;
/// assert_eq!(cost.to_string(), "12.50");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`AmountError`] where price x quantity cannot be held exactly.
pub fn billable_cost_of_price(effective_unit_price: Number, billable_quantity: Number) -> Result<Amount, AmountError> {
    let cost = Amount::product(effective_unit_price, billable_quantity)?;
    let half_unit = Amount::product(effective_unit_price.half_unit(PRICE_DIGITS), billable_quantity)?.abs();
    let outward = if cost < Amount::ZERO { -half_unit } else { half_unit };
    cost.checked_add(outward).map(cut)
}

/// An amount in billing currency: `ROUNDDOWN(BC x PCToBCExchangeRate, 2)` (REC, R78), with the decimals that the currency
/// has (R83). One rate holds for a month (R82).
///
/// # Errors
///
/// [`AmountError::SumTooLarge`] past 5.7 x 10^20.
pub fn exchanged(billable_cost: Amount, exchange_rate: Number, billing: Currency) -> Result<Amount, AmountError> {
    billable_cost.times_cut(exchange_rate, billing.decimals())
}

/// `Subtotal` of a usage line: `ROUNDDOWN(ROUNDDOWN(EffectiveUnitPrice x BillableQuantity, 2) x PCToBCExchangeRate, 2)` (REC).
///
/// From the list cost and not from the printed price, which can lose a cent (F2).
///
/// # Errors
///
/// [`AmountError`] where an amount cannot be held exactly.
pub fn usage_subtotal(
    list_cost: Amount,
    adjustments: PriceAdjustments,
    exchange_rate: Number,
    billing: Currency,
) -> Result<Amount, AmountError> {
    exchanged(billable_cost(list_cost, adjustments)?, exchange_rate, billing)
}

/// Cut toward zero to the cents of the pricing currency.
fn cut(amount: Amount) -> Amount {
    amount.rounded(PRICING_DECIMALS, Rounding::TowardZero)
}
