//! Lines of seats and other licences, which are prorated by days or months.

use crate::money::{Amount, AmountError, Currency, Number, Rounding};

use super::{PRICING_DECIMALS, exchanged};

/// The part of a cycle that a line is for: 28 days of 30, 11 months of 12.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Proration {
    /// Days or months that are billed.
    pub billed: u32,
    /// Days or months of the whole cycle.
    pub cycle: u32,
}

impl Proration {
    /// A whole cycle.
    pub const WHOLE: Self = Self { billed: 1, cycle: 1 };
}

/// What is cut first. Both orders are published, by kind of change (F6); no page says which holds when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LicenceOrder {
    /// `ROUNDDOWN(EffectiveUnitPrice x PCToBCExchangeRate, 2) x BillableQuantity`: the documented formula (REC). The published
    /// cancellation, upgrades and change of plan follow it.
    PriceFirst,
    /// `ROUNDDOWN(EffectiveUnitPrice x BillableQuantity, 2)`, then exchanged: the published additions and removals of seats
    /// follow it.
    AmountFirst,
}

/// `Subtotal` of a licence line, for a unit price of a whole cycle that is below zero where it is given back.
///
/// ```
/// use pec_core::invoice::{LicenceOrder, Proration, licence_subtotal};
/// let usd = "USD".parse()?;
/// let one = "1".parse()?;
/// let days = Proration { billed: 23, cycle: 30 };
/// let refund = |order| licence_subtotal("-10.08".parse().unwrap(), "300".parse().unwrap(), days, order, one, usd);
/// assert_eq!(refund(LicenceOrder::PriceFirst)?.to_string(), "-2316.00"); // as published
/// assert_eq!(refund(LicenceOrder::AmountFirst)?.to_string(), "-2318.40");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`AmountError`] where an amount cannot be held exactly, or the cycle has no days.
pub fn licence_subtotal(
    unit_price: Number,
    billable_quantity: Number,
    proration: Proration,
    order: LicenceOrder,
    exchange_rate: Number,
    billing: Currency,
) -> Result<Amount, AmountError> {
    let part = |amount: Amount, decimals| {
        let part = amount.scaled(proration.billed, proration.cycle, decimals, Rounding::TowardZero);
        part.ok_or(AmountError::SumTooLarge)
    };
    match order {
        LicenceOrder::PriceFirst => {
            // Exchanged before it is prorated, so that nothing is cut but once.
            let price = Amount::from_number(unit_price)?.times(exchange_rate)?;
            part(price, billing.decimals())?.times(billable_quantity)
        }
        LicenceOrder::AmountFirst => {
            let amount = part(Amount::product(unit_price, billable_quantity)?, PRICING_DECIMALS)?;
            exchanged(amount, exchange_rate, billing)
        }
    }
}
