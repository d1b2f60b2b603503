//! What so many units cost where the price depends on how many.

use std::cmp::Ordering;

use crate::money::{Amount, AmountError, ListCost, Number};

/// The price of a range of units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tier {
    /// The first unit (`PricingTierRangeMin`); `None` where there is one price for all.
    pub min: Option<Number>,
    /// The last unit (`PricingTierRangeMax`); `None` where there is no end.
    pub max: Option<Number>,
    /// List price of a unit.
    pub unit_price: Number,
}

impl Tier {
    /// A tier from its first unit to its last.
    #[must_use]
    pub const fn new(min: Option<Number>, max: Option<Number>, unit_price: Number) -> Self {
        Self { min, max, unit_price }
    }

    /// Do both begin at the same unit?
    pub(super) fn begins_with(&self, other: &Self) -> bool {
        self.first() == other.first()
    }

    /// The first unit; a tier without one begins at the first there is.
    fn first(&self) -> Number {
        self.min.unwrap_or(Number::ZERO)
    }

    /// The order of their units; what begins alike has some order that does not depend on the rows before.
    pub(super) fn in_order(&self, other: &Self) -> Ordering {
        let units = difference(self.first(), other.first()).map_or(0, |units| units.mantissa());
        units.cmp(&0).then_with(|| self.cmp(other))
    }
}

impl PartialOrd for Tier {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Tier {
    /// By the digits: the same for the same tiers, and no more than that.
    fn cmp(&self, other: &Self) -> Ordering {
        let digits = |number: Number| (number.mantissa(), number.scale());
        let key = |tier: &Self| (tier.min.map(digits), tier.max.map(digits), digits(tier.unit_price));
        key(self).cmp(&key(other))
    }
}

/// Why a price list gives no cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TierError {
    /// Two rows price the same units differently.
    #[error("two prices for the same units")]
    Contradiction,
    /// Some units have no tier, or the tiers overlap.
    #[error("the tiers do not follow one another")]
    Gap,
    /// More units than the last tier has.
    #[error("more units than the last tier has")]
    BeyondLastTier,
    /// Fewer than no units.
    #[error("a quantity below zero")]
    BelowZero,
    /// The cost has too many digits.
    #[error(transparent)]
    Amount(#[from] AmountError),
}

/// What so many units cost: each at the price of its tier. The tiers are in order.
pub(super) fn cost(tiers: &[Tier], quantity: Number) -> Result<Amount, TierError> {
    if quantity.mantissa() < 0 {
        return Err(TierError::BelowZero);
    }
    let (mut cost, mut rest) = (Amount::ZERO, quantity);
    for (lower, tier) in bounds(tiers)? {
        if rest.is_zero() {
            break;
        }
        let units = match tier.max {
            Some(max) if difference(quantity, max)?.mantissa() > 0 => difference(max, lower)?,
            _ => rest,
        };
        cost = cost.checked_add(ListCost::new(tier.unit_price, units)?.amount())?;
        rest = difference(rest, units)?;
    }
    if rest.is_zero() { Ok(cost) } else { Err(TierError::BeyondLastTier) }
}

/// The tiers with what lies below each. Published ranges are of whole units (1 to 100, then from 101), so a tier begins
/// where the one before ended; ranges that meet (0 to 100, then from 100) say the same.
fn bounds(tiers: &[Tier]) -> Result<Vec<(Number, Tier)>, TierError> {
    let mut bounds: Vec<(Number, Tier)> = Vec::with_capacity(tiers.len());
    for tier in tiers {
        let lower = match bounds.last() {
            None => Number::ZERO,
            Some((_, before)) if before.begins_with(tier) => return Err(TierError::Contradiction),
            Some((_, before)) => before.max.ok_or(TierError::Gap)?,
        };
        let step = difference(tier.first(), lower)?;
        let ends_before =
            tier.max.map(|max| difference(max, lower)).transpose()?.is_some_and(|units| units.mantissa() <= 0);
        if ends_before || (step != Number::ZERO && step != Number::new(1, 0)) {
            return Err(TierError::Gap);
        }
        bounds.push((lower, *tier));
    }
    Ok(bounds)
}

/// `a` - `b`, exactly.
fn difference(a: Number, b: Number) -> Result<Number, AmountError> {
    let scale = a.scale().max(b.scale());
    let at = |number: Number| match number.mantissa() {
        0 => Some(0),
        mantissa => mantissa.checked_mul(10_i128.checked_pow(scale - number.scale())?),
    };
    let difference = at(a).zip(at(b)).and_then(|(a, b)| a.checked_sub(b));
    difference
        .zip(u8::try_from(scale).ok())
        .map(|(units, scale)| Number::new(units, scale))
        .ok_or(AmountError::TooPrecise)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(text: &str) -> Number {
        text.parse().unwrap()
    }

    fn tiers(tiers: &[(&str, &str, &str)]) -> Vec<Tier> {
        let bound = |text: &str| if text.is_empty() { None } else { Some(number(text)) };
        let mut tiers: Vec<_> =
            tiers.iter().map(|(min, max, price)| Tier::new(bound(min), bound(max), number(price))).collect();
        tiers.sort_by(Tier::in_order);
        tiers
    }

    fn cost(tiers: &[Tier], quantity: &str) -> Result<Number, TierError> {
        super::cost(tiers, number(quantity)).map(|cost| number(&cost.to_string()))
    }

    #[test]
    fn published_tiers() {
        let sample = tiers(&[("100001", "", "0.50"), ("101", "100000", "0.80"), ("1", "100", "1")]);
        for (quantity, expected) in [
            ("0", "0.00"),
            ("0.5", "0.50"),
            ("100", "100.00"),
            ("100.5", "100.40"),
            ("101", "100.80"),
            ("100000", "80020.00"),
            ("100001", "80020.50"),
        ] {
            assert_eq!(cost(&sample, quantity), Ok(number(expected)), "{quantity}");
        }
        let logs = tiers(&[("1", "5", "0"), ("6", "", "2.99")]);
        assert_eq!(cost(&logs, "37"), Ok(number("95.68")), "32 units at 2.99");
        assert_eq!(cost(&logs, "5"), Ok(Number::ZERO));
    }

    #[test]
    fn tiers_that_do_not_tell() {
        let meeting = tiers(&[("0", "5", "1"), ("5", "", "2")]);
        assert_eq!(cost(&meeting, "7"), Ok(number("9")), "ranges that meet");
        for (rows, quantity, error) in [
            (&[("1", "5", "1")][..], "5.01", TierError::BeyondLastTier),
            (&[("1", "5", "1"), ("8", "", "2")], "1", TierError::Gap),
            (&[("1", "", "1"), ("8", "", "2")], "1", TierError::Gap),
            (&[("7", "", "1")], "1", TierError::Gap),
            (&[("1", "5", "1"), ("6", "4", "2")], "1", TierError::Gap),
            (&[("1", "5", "1"), ("1", "5", "2"), ("6", "", "2")], "1", TierError::Contradiction),
            (&[("", "", "1")], "-1", TierError::BelowZero),
        ] {
            assert_eq!(cost(&tiers(rows), quantity), Err(error), "{rows:?}");
        }
        let small = format!("0.{}1", "0".repeat(47));
        let precise = Err(TierError::Amount(AmountError::TooPrecise));
        assert_eq!(cost(&tiers(&[("", "", &small)]), &small), precise);
        assert_eq!(cost(&tiers(&[("1", "5", "1"), ("6", "", "1")]), &small), precise, "never rounded");
    }

    proptest! {
        /// Tiers cost what each unit costs, one by one.
        #[test]
        fn prop_tiers_are_sums_of_units(sizes in proptest::collection::vec((1_u32..20, 0_u32..500), 1..5), quantity in 0_u32..60) {
            let (mut tiers, mut first, mut by_unit) = (Vec::new(), 1, Vec::new());
            for (index, (size, price)) in sizes.iter().enumerate() {
                let max = (index + 1 < sizes.len()).then(|| Number::new((first + size - 1).into(), 0));
                tiers.push(Tier::new(Some(Number::new(first.into(), 0)), max, Number::new((*price).into(), 2)));
                by_unit.extend(std::iter::repeat_n(u64::from(*price), *size as usize));
                first += size;
            }
            let last = u64::from(sizes.last().unwrap().1);
            let cents: u64 = (0..quantity as usize).map(|unit| by_unit.get(unit).copied().unwrap_or(last)).sum();
            prop_assert_eq!(cost(&tiers, &quantity.to_string()), Ok(Number::new(cents.into(), 2)));
        }
    }
}
