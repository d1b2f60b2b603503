//! The programme on one day.

use chrono::{FixedOffset, NaiveDate};
use rust_decimal::Decimal;

use super::Programme;
use super::dated::Value;
use super::error::ProgrammeError;
use super::parameters::{Coverage, Incident, UnlistedRole};
use super::roles::RoleList;

/// The parameters in force on one day, each with its source and whether it is verified for that day.
///
/// Made by [`Programme::on`]. Only the Azure Credit Offer, which is younger than the programme, can still be unknown.
#[derive(Debug, Clone, Copy)]
pub struct InForce<'a> {
    programme: &'a Programme,
    day: NaiveDate,
    credit_rate: Value<'a, Decimal>,
    usage_day_zone: Value<'a, FixedOffset>,
    coverage: Value<'a, Coverage>,
    management_group_reaches: Value<'a, bool>,
    unlisted_role: Value<'a, UnlistedRole>,
    lighthouse_marketplace_needs_link: Value<'a, bool>,
    money_decimals: Value<'a, u32>,
    pricing_currency: Value<'a, String>,
}

impl<'a> InForce<'a> {
    pub(super) fn new(programme: &'a Programme, day: NaiveDate) -> Result<Self, ProgrammeError> {
        let parameters = &programme.parameters;
        Ok(Self {
            programme,
            day,
            credit_rate: parameters.credit_rate.on(day)?,
            usage_day_zone: parameters.usage_day_zone.on(day)?,
            coverage: parameters.coverage.on(day)?,
            management_group_reaches: parameters.management_group_reaches.on(day)?,
            unlisted_role: parameters.unlisted_role.on(day)?,
            lighthouse_marketplace_needs_link: parameters.lighthouse_marketplace_needs_link.on(day)?,
            money_decimals: parameters.money_decimals.on(day)?,
            pricing_currency: parameters.pricing_currency.on(day)?,
        })
    }

    /// The day asked for.
    #[must_use]
    pub const fn day(&self) -> NaiveDate {
        self.day
    }

    /// The part of the list cost that is credited, a fraction from 0 to 1. Source: R67, R68.
    #[must_use]
    pub const fn credit_rate(&self) -> Value<'a, Decimal> {
        self.credit_rate
    }

    /// The zone in which a usage day begins and ends. Source: R48, inferred.
    #[must_use]
    pub const fn usage_day_zone(&self) -> Value<'a, FixedOffset> {
        self.usage_day_zone
    }

    /// How much of a usage day access must hold. Source: R45 to R47, conflicting.
    #[must_use]
    pub const fn coverage(&self) -> Value<'a, Coverage> {
        self.coverage
    }

    /// Whether a role granted on a management group reaches the subscriptions below it. Source: R40, inferred.
    #[must_use]
    pub const fn management_group_reaches(&self) -> Value<'a, bool> {
        self.management_group_reaches
    }

    /// What access through a role outside the list means. Source: R34, inferred.
    #[must_use]
    pub const fn unlisted_role(&self) -> Value<'a, UnlistedRole> {
        self.unlisted_role
    }

    /// Whether a Lighthouse delegation made by a Marketplace offer needs a linked partner id. Source: R20, R21, conflicting.
    #[must_use]
    pub const fn lighthouse_marketplace_needs_link(&self) -> Value<'a, bool> {
        self.lighthouse_marketplace_needs_link
    }

    /// The decimals after which an invoiced amount is cut toward zero. Source: R78.
    #[must_use]
    pub const fn money_decimals(&self) -> Value<'a, u32> {
        self.money_decimals
    }

    /// The currency in which the credit is priced where a file does not say: three upper-case letters. Source: R80.
    #[must_use]
    pub const fn pricing_currency(&self) -> Value<'a, String> {
        self.pricing_currency
    }

    /// The role list. Source: R32, R33.
    #[must_use]
    pub fn roles(&self) -> Value<'a, RoleList> {
        let roles = &self.programme.roles;
        let verified_through = roles.verified_through();
        Value { value: roles, source: roles.source(), verified: self.day <= verified_through, verified_through }
    }

    /// Azure Credit Offer: estimated incremental consumption of 12 months per unit of credit. Source: ACO4.
    ///
    /// # Errors
    /// [`ProgrammeError::BeforeFirstEntry`] before the offer's first known day.
    pub fn aco_ratio(&self) -> Result<Value<'a, Decimal>, ProgrammeError> {
        self.programme.parameters.aco_ratio.on(self.day)
    }

    /// Azure Credit Offer: the least estimated incremental consumption of 12 months, in USD. Source: ACO4.
    ///
    /// # Errors
    /// [`ProgrammeError::BeforeFirstEntry`] before the offer's first known day.
    pub fn aco_threshold(&self) -> Result<Value<'a, Decimal>, ProgrammeError> {
        self.programme.parameters.aco_threshold.on(self.day)
    }

    /// The incidents that touch the day. Source: R53.
    pub fn incidents(&self) -> impl Iterator<Item = &'a Incident> {
        let day = self.day;
        self.programme.incidents().iter().filter(move |incident| incident.touches(day))
    }

    /// Whether every parameter and the role list are verified for the day, the Azure Credit Offer aside.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        self.credit_rate.verified
            && self.usage_day_zone.verified
            && self.coverage.verified
            && self.management_group_reaches.verified
            && self.unlisted_role.verified
            && self.lighthouse_marketplace_needs_link.verified
            && self.money_decimals.verified
            && self.pricing_currency.verified
            && self.roles().verified
    }
}
