//! What an offer is worth: the same usage with it and without it.

use serde::Serialize;

use super::CreditOfferError;
use super::amounts::{as_plain, earned, sum};
use crate::money::{Amount, Rate};

/// Who pays for usage, one way. Exact: `acr` = `credit` + `pec` + `invoice`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Side {
    /// The usage at list price.
    #[serde(serialize_with = "as_plain")]
    pub acr: Amount,
    /// What the offer's credit pays of it.
    #[serde(serialize_with = "as_plain")]
    pub credit: Amount,
    /// Partner Earned Credit on the rest.
    #[serde(serialize_with = "as_plain")]
    pub pec: Amount,
    /// What Microsoft invoices to the partner.
    #[serde(serialize_with = "as_plain")]
    pub invoice: Amount,
}

/// One usage with the offer and without it, and what lies between. Exact, nothing is cut to cents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Value {
    /// With the offer.
    pub with: Side,
    /// Without it: all usage earns by its eligible share.
    pub without: Side,
    /// The list price of the usage that nobody is charged for: the credit that was used. It reaches the customer as far as the
    /// partner passes it on.
    #[serde(serialize_with = "as_plain")]
    pub value_to_customer: Amount,
    /// By how much Microsoft's invoice to the partner is lower. Passed on in full at list price, the partner is left with
    /// `pec_forgone` less than before.
    #[serde(serialize_with = "as_plain")]
    pub value_to_partner: Amount,
    /// Partner Earned Credit that is not earned because the credit pays (R84, R86).
    #[serde(serialize_with = "as_plain")]
    pub pec_forgone: Amount,
}

impl Side {
    pub(super) fn new(acr: Amount, credit: Amount, pec: Amount) -> Result<Self, CreditOfferError> {
        Ok(Self { acr, credit, pec, invoice: acr.checked_sub(credit)?.checked_sub(pec)? })
    }

    /// Both together.
    pub(super) fn and(self, other: Self) -> Result<Self, CreditOfferError> {
        Ok(Self {
            acr: sum([self.acr, other.acr])?,
            credit: sum([self.credit, other.credit])?,
            pec: sum([self.pec, other.pec])?,
            invoice: sum([self.invoice, other.invoice])?,
        })
    }
}

impl Value {
    pub(super) fn new(with: Side, without: Side) -> Result<Self, CreditOfferError> {
        Ok(Self {
            with,
            without,
            value_to_customer: with.credit,
            value_to_partner: without.invoice.checked_sub(with.invoice)?,
            pec_forgone: without.pec.checked_sub(with.pec)?,
        })
    }

    /// Usage of `acr`, of which `credit` pays a part and the rest earns by the share `eligible`.
    pub(super) fn of(acr: Amount, credit: Amount, eligible: Rate, rate: Rate) -> Result<Self, CreditOfferError> {
        let pec = |amount| earned(amount, eligible, rate);
        let above = acr.checked_sub(credit)?;
        Self::new(Side::new(acr, credit, pec(above)?)?, Side::new(acr, Amount::ZERO, pec(acr)?)?)
    }
}
