//! A key that does not tie.

#![expect(
    clippy::disallowed_types,
    reason = "serde reads what is flattened through a type that knows floats; amounts are texts"
)]

use serde::{Deserialize, Serialize};

use crate::money::{Amount, Currency};

use super::{Because, Key, Method};

/// A key whose two sides differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UntiedKey {
    /// The meter.
    #[serde(flatten)]
    pub key: Key,
    /// The billing currency.
    pub currency: Currency,
    /// How it was compared; none where a side is missing.
    pub method: Option<Method>,
    /// What the daily lines come to on an invoice, in billing currency.
    pub daily: Amount,
    /// The subtotals of the invoice.
    pub invoice: Amount,
    /// `invoice` less `daily`.
    pub difference: Amount,
    /// How far apart the two may be for what was cut: nothing where they were compared forward, none where they were not
    /// compared.
    pub tolerance: Option<Amount>,
    /// What can be told of the cause.
    pub because: Vec<Because>,
}
