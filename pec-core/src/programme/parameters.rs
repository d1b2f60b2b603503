//! The parameters of the programme and the values they can take.

use chrono::{FixedOffset, NaiveDate};
use rust_decimal::Decimal;

use super::dated::Dated;
use super::source::Source;

/// How much of a usage day access must hold for that day to earn.
///
/// Source: R45 to R47, conflicting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Coverage {
    /// All 24 hours (R45); the day on which access is gained or lost earns nothing (R47).
    WholeDay,
    /// All 24 hours by one grant alone, where `WholeDay` lets one grant follow another: no page says which.
    SingleGrant,
    /// Any moment of the day, the laxer reading of the page of 2023-04-13 (R46).
    AnyPartOfDay,
}

/// What access through a role outside the role list means.
///
/// Source: R34, inferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnlistedRole {
    /// Nothing is concluded; the line is reported as undetermined.
    Undetermined,
    /// It counts like a role the list says no to.
    NotEligible,
}

/// A stretch of usage days for which Microsoft said that its credit reporting was wrong for a time.
///
/// What a file says of these days is provisional. Source: R53.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    pub(super) first_day: NaiveDate,
    pub(super) last_day: NaiveDate,
    pub(super) what: String,
    pub(super) source: Source,
}

impl Incident {
    /// The first usage day touched.
    #[must_use]
    pub const fn first_day(&self) -> NaiveDate {
        self.first_day
    }

    /// The last usage day touched, as far as it was announced.
    #[must_use]
    pub const fn last_day(&self) -> NaiveDate {
        self.last_day
    }

    /// What happened, in one phrase.
    #[must_use]
    pub fn what(&self) -> &str {
        &self.what
    }

    /// Where it was announced.
    #[must_use]
    pub const fn source(&self) -> &Source {
        &self.source
    }

    /// Whether it touches a usage day.
    #[must_use]
    pub fn touches(&self, day: NaiveDate) -> bool {
        self.first_day <= day && day <= self.last_day
    }
}

/// Every parameter over time, one field per table of `parameters.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parameters {
    pub(super) credit_rate: Dated<Decimal>,
    pub(super) usage_day_zone: Dated<FixedOffset>,
    pub(super) coverage: Dated<Coverage>,
    pub(super) management_group_reaches: Dated<bool>,
    pub(super) unlisted_role: Dated<UnlistedRole>,
    pub(super) lighthouse_marketplace_needs_link: Dated<bool>,
    pub(super) money_decimals: Dated<u32>,
    pub(super) pricing_currency: Dated<String>,
    pub(super) aco_ratio: Dated<Decimal>,
    pub(super) aco_threshold: Dated<Decimal>,
    pub(super) incidents: Vec<Incident>,
}
