//! Sums by any choice of keys.

use std::collections::BTreeMap;

use crate::ledger::{Cell, Ledger, Sums};
use crate::money::AmountError;

/// A key to sum by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Dimension {
    /// The customer's tenant.
    Customer,
    /// The Azure subscription.
    Subscription,
    /// The resource group.
    ResourceGroup,
    /// The day of consumption.
    Day,
    /// The reseller of record.
    Reseller,
    /// The standing.
    Standing,
    /// The primary reason.
    Reason,
    /// The pricing currency.
    Currency,
}

impl Dimension {
    /// The name of its column.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Subscription => "subscription",
            Self::ResourceGroup => "resource_group",
            Self::Day => "usage_day",
            Self::Reseller => "reseller",
            Self::Standing => "standing",
            Self::Reason => "reason",
            Self::Currency => "currency",
        }
    }

    /// The cell's key, and what it is sorted by.
    fn key(self, cell: &Cell<'_>) -> (u8, String) {
        let text = |text: &str| (0, text.to_owned());
        match self {
            Self::Customer => text(cell.customer),
            Self::Subscription => text(cell.subscription),
            Self::ResourceGroup => text(cell.resource_group),
            Self::Day => text(&cell.day.to_string()),
            Self::Reseller => text(cell.reseller),
            Self::Standing => (cell.standing as u8, cell.standing.to_string()),
            Self::Reason => cell.reason.map_or_else(|| text(""), |reason| (reason as u8, reason.to_string())),
            Self::Currency => text(cell.currency.as_str()),
        }
    }
}

/// Sums by some dimensions.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SumTable {
    /// The columns of its keys.
    pub dimensions: Vec<Dimension>,
    /// One row for each combination of keys, in their order.
    pub rows: Vec<SumRow>,
}

/// A row of a [`SumTable`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SumRow {
    /// The keys, as texts, in the order of the table's dimensions; no reason is a blank text.
    pub keys: Vec<String>,
    /// Lines and money.
    pub sums: Sums,
}

/// Sums a ledger by some of its dimensions. Amounts of several currencies are only kept apart where
/// [`Dimension::Currency`] is among them, so it is always added.
///
/// # Errors
///
/// [`AmountError::SumTooLarge`] where a sum does not fit.
pub fn sum_by(ledger: &Ledger, dimensions: &[Dimension]) -> Result<SumTable, AmountError> {
    let mut dimensions = dimensions.to_vec();
    if !dimensions.contains(&Dimension::Currency) {
        dimensions.push(Dimension::Currency);
    }
    let mut sums: BTreeMap<Vec<(u8, String)>, Sums> = BTreeMap::new();
    for cell in ledger.unordered_cells() {
        let key = dimensions.iter().map(|dimension| dimension.key(&cell)).collect();
        sums.entry(key).or_default().add(&cell.sums)?;
    }
    let row = |(keys, sums): (Vec<(u8, String)>, Sums)| SumRow {
        keys: keys.into_iter().map(|(_, text)| text).collect(),
        sums,
    };
    Ok(SumTable { dimensions, rows: sums.into_iter().map(row).collect() })
}
