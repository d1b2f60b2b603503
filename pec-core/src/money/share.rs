//! Shares of lines that add up: what is left over by cutting goes to the largest remainders.

use std::cmp::Reverse;

use ethnum::{I256, U256};

use super::amount::{MAX_PRODUCT_SCALE, power};
use super::{Amount, ListCost};

/// A part of a whole, as two amounts of one sign, of which the part is the smaller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Share {
    /// The part.
    pub part: Amount,
    /// The whole.
    pub whole: Amount,
}

/// The parts of equal lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Parts {
    /// The part of each line.
    pub each: ListCost,
    /// How many of the lines get one unit more: which of them does not matter, as they are equal.
    pub larger: u64,
    /// The unit, with the sign of the lines.
    pub unit: ListCost,
}

impl Share {
    /// The share `part` of `whole`.
    #[must_use]
    pub const fn new(part: Amount, whole: Amount) -> Self {
        Self { part, whole }
    }

    /// Parts some lines, given as list costs with the number of lines that have them, so that the parts add up to
    /// [`part`](Self::part): largest remainder.
    ///
    /// The lines add up to [`whole`](Self::whole). Parts have as many decimals as the most precise of all these amounts, and at
    /// least two, so none exceeds its line. Of equal remainders the first in the list comes first.
    ///
    /// ```
    /// use pec_core::money::{Amount, ListCost, Share};
    /// let (one, hundred) = ("1.00".parse()?, "100".parse()?);
    /// let share = Share::new(Amount::from_number(hundred)?, Amount::product("3".parse()?, hundred)?);
    /// let third = share.parts(&[(ListCost::new(one, hundred)?, 3)]);
    /// assert_eq!((third[0].each.amount().to_string(), third[0].larger), ("33.33".to_owned(), 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn parts(self, lines: &[(ListCost, u64)]) -> Vec<Parts> {
        let costs = lines.iter().map(|(cost, _)| cost.amount());
        let decimals = costs.chain([self.part, self.whole]).map(Amount::decimals).max().unwrap_or_default();
        // Sums of list costs have no more decimals than list costs.
        let decimals = decimals.clamp(2, MAX_PRODUCT_SCALE);
        let units = |amount: Amount| amount.at_scale(decimals).unwrap_or_default();
        let (part, whole) = (units(self.part), units(self.whole).unsigned_abs());
        let mut missing = part;
        let (mut parts, mut remainders) = (Vec::with_capacity(lines.len()), Vec::with_capacity(lines.len()));
        for (cost, count) in lines {
            let cost = units(cost.amount());
            let (each, remainder) = times_divided(cost.unsigned_abs(), part.unsigned_abs(), whole);
            let sign = if cost < I256::ZERO { I256::MINUS_ONE } else { I256::ONE };
            let each = each.as_i256() * sign;
            missing -= each * I256::from(*count);
            parts.push(Parts { each: of_units(each, decimals), larger: 0, unit: of_units(sign, decimals) });
            remainders.push((sign, remainder));
        }
        // Lines of one sign fall short of the part by less than one unit each; so do lines of both signs on one side.
        let side = if missing < I256::ZERO { I256::MINUS_ONE } else { I256::ONE };
        let mut order: Vec<usize> = (0..lines.len()).collect();
        order.sort_by_key(|index| remainders.get(*index).map(|(_, remainder)| Reverse(*remainder)));
        let mut left = u64::try_from(missing.unsigned_abs()).unwrap_or_default();
        for index in order {
            let of_side = remainders.get(index).is_some_and(|(sign, rest)| *sign == side && *rest > U256::ZERO);
            if let (true, Some(parts), Some((_, count))) = (of_side, parts.get_mut(index), lines.get(index)) {
                parts.larger = left.min(*count);
                left -= parts.larger;
            }
        }
        parts
    }
}

impl Parts {
    /// What the parts of so many lines add up to.
    #[must_use]
    pub fn sum(&self, lines: u64) -> ListCost {
        ListCost(self.each.0 * I256::from(lines) + self.unit.0 * I256::from(self.larger))
    }
}

/// So many units of 10^-`decimals`.
fn of_units(units: I256, decimals: u32) -> ListCost {
    ListCost(units * power(MAX_PRODUCT_SCALE.saturating_sub(decimals)))
}

/// `value` x `part` / `whole` and what is left over, for a part of at most the whole: bit by bit, since the product needs
/// twice the bits.
fn times_divided(value: U256, part: U256, whole: U256) -> (U256, U256) {
    let (mut quotient, mut rest) = (U256::ZERO, U256::ZERO);
    if whole == U256::ZERO {
        return (quotient, rest);
    }
    let carry = |rest: &mut U256, quotient: &mut U256| {
        if *rest >= whole {
            *rest -= whole;
            *quotient += U256::ONE;
        }
    };
    for bit in (0..U256::BITS - value.leading_zeros()).rev() {
        // Amounts have 255 bits: twice a rest, and a rest and a part, fit.
        quotient <<= 1;
        rest <<= 1;
        carry(&mut rest, &mut quotient);
        if value >> bit & U256::ONE == U256::ONE {
            rest += part;
            carry(&mut rest, &mut quotient);
        }
    }
    (quotient, rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Number;
    use proptest::prelude::*;

    fn cost(units: i128, scale: u8) -> ListCost {
        ListCost::new(Number::new(units, scale), Number::new(1, 0)).unwrap()
    }

    fn amount(units: i128, scale: u8) -> Amount {
        cost(units, scale).amount()
    }

    #[test]
    fn a_third_of_each_of_three() {
        let parts = Share::new(amount(1, 0), amount(3, 0)).parts(&[(cost(1, 0), 1), (cost(1, 0), 2)]);
        // One unit is left: the first of equals gets it.
        assert_eq!(parts.iter().map(|parts| parts.larger).collect::<Vec<_>>(), [1, 0]);
        let fine = Share::new(amount(100, 2), amount(3, 0)).parts(&[(cost(1_000_001, 6), 1), (cost(1_999_999, 6), 1)]);
        let texts: Vec<_> = fine.iter().map(|parts| parts.sum(1).amount().to_string()).collect();
        assert_eq!(texts, ["0.333334", "0.666666"], "remainders of a third and of two thirds of a unit");
    }

    #[test]
    fn the_widest_amounts_fit() {
        let whole = 9_999_999_999_999_i128;
        let parts = Share::new(amount(whole - 1, 0), amount(whole, 0)).parts(&[(cost(whole, 0), 1)]);
        assert_eq!(parts[0].sum(1), cost(whole - 1, 0));
    }

    proptest! {
        #[test]
        fn prop_parts_add_up_and_none_exceeds_its_line(
            costs in proptest::collection::vec((-2_000_i64..100_000, 0_u8..6, 1_u64..5), 1..40),
            thousandths in 0_i64..1000,
        ) {
            let lines: Vec<_> = costs.iter().map(|(units, scale, count)| (cost((*units).into(), *scale), *count)).collect();
            let of = |cost: &ListCost, count: u64| (0..count).try_fold(Amount::ZERO, |sum, _| sum.checked_add(cost.amount())).unwrap();
            let whole = lines.iter().map(|(cost, count)| of(cost, *count)).try_fold(Amount::ZERO, Amount::checked_add).unwrap();
            let part = whole.scaled(u32::try_from(thousandths).unwrap(), 1000, 8, crate::money::Rounding::TowardZero).unwrap();
            let parts = Share::new(part, whole).parts(&lines);
            let sum = parts.iter().zip(&lines).map(|(parts, (_, count))| parts.sum(*count).amount()).try_fold(Amount::ZERO, Amount::checked_add);
            prop_assert_eq!(sum, Ok(part));
            for (parts, (cost, count)) in parts.iter().zip(&lines) {
                prop_assert!(parts.larger <= *count);
                let unit = if parts.larger > 0 { parts.unit } else { ListCost::default() };
                let largest = parts.each.amount().checked_add(unit.amount()).unwrap();
                prop_assert!(largest.abs() <= cost.amount().abs());
            }
        }
    }
}
