//! Why a key does not tie, as far as the two sides can tell.

use serde::{Deserialize, Serialize};

/// A reason why a key does not tie. Several may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Because {
    /// Rows of the invoice could not be read, and one of them may be of the key: what else is told may be wrong.
    UnreadableInvoiceRow,
    /// Daily rows could not be read, and some of them may be of the key: what else is told may be wrong.
    UnreadableDailyRow,
    /// The invoice has the key, the daily lines do not.
    NoDailyLines,
    /// The daily lines have the key, the invoice does not.
    NoInvoiceLine,
    /// The invoice charges by tier, the daily file shows one price.
    TierPrice,
    /// An adjustment whose size is not printed.
    Promotion,
    /// One invoice line for days with and days without partner earned credit (R77).
    PartialCredit,
    /// Azure credit is taken off at the end of the month only.
    CreditAtMonthEnd,
    /// The invoice has more units: usage came after the daily file was made.
    LateUsage,
    /// The invoice has more units, and a day between the plan's first and last one has no line of it.
    MissingDay,
    /// The units differ otherwise.
    Quantity,
    /// The unit prices differ, without a tier.
    UnitPrice,
    /// Same units at the same price, with another partner earned credit than the daily lines are flagged with.
    CreditRate,
    /// The daily file has another exchange rate (R82).
    ExchangeRate,
    /// Everything is equal but the amount.
    Amount,
}

impl Because {
    /// All of them, in order.
    pub const ALL: [Self; 15] = [
        Self::UnreadableInvoiceRow,
        Self::UnreadableDailyRow,
        Self::NoDailyLines,
        Self::NoInvoiceLine,
        Self::TierPrice,
        Self::Promotion,
        Self::PartialCredit,
        Self::CreditAtMonthEnd,
        Self::LateUsage,
        Self::MissingDay,
        Self::Quantity,
        Self::UnitPrice,
        Self::CreditRate,
        Self::ExchangeRate,
        Self::Amount,
    ];

    /// The stable name, as in the JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnreadableInvoiceRow => "unreadable_invoice_row",
            Self::UnreadableDailyRow => "unreadable_daily_row",
            Self::NoDailyLines => "no_daily_lines",
            Self::NoInvoiceLine => "no_invoice_line",
            Self::TierPrice => "tier_price",
            Self::Promotion => "promotion",
            Self::PartialCredit => "partial_credit",
            Self::CreditAtMonthEnd => "credit_at_month_end",
            Self::LateUsage => "late_usage",
            Self::MissingDay => "missing_day",
            Self::Quantity => "quantity",
            Self::UnitPrice => "unit_price",
            Self::CreditRate => "credit_rate",
            Self::ExchangeRate => "exchange_rate",
            Self::Amount => "amount",
        }
    }
}

impl std::fmt::Display for Because {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}
