//! The credit of a line on its day: the programme's rate of the list cost, exactly. And back: the list cost of what is left when
//! the credit is taken off.

use crate::eligibility::Verdict;
use crate::money::{Amount, ListCost, Rate, Rounding};

/// What a line would earn: `rate` x `list_cost`, nothing where it is excluded by design.
#[must_use]
pub fn potential_credit(verdict: &Verdict, list_cost: ListCost, rate: Rate) -> Amount {
    if verdict.by_design() { Amount::ZERO } else { list_cost.share(rate) }
}

/// Why one of list cost, credit and net cost cannot be told from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NetError {
    /// All of the list cost was credited: nothing is left that would tell how much it was.
    #[error("a charge that is credited at 100 % is nothing net; its list cost cannot be told from that")]
    AllCredited,
    /// Too large, or of more decimals than are kept.
    #[error("expected an amount below 10^13 with at most 50 decimals, and at most 56 decimals of the result")]
    OutOfRange,
}

/// What is left of a list cost when the credit is taken off: `list` x (1 - `rate`), exactly.
///
/// # Errors
///
/// [`NetError::OutOfRange`]
pub fn net_of(list: Amount, rate: Rate) -> Result<Amount, NetError> {
    in_range(list)?;
    list.scaled(left(rate), Rate::PER_ONE, 56, Rounding::TowardZero).ok_or(NetError::OutOfRange)
}

/// The list cost of a net one: `net` / (1 - `rate`), at so many decimals and so rounded, since the quotient need not end.
///
/// ```
/// use pec_core::accrual::{credit_of_net, gross_up};
/// use pec_core::money::{Amount, Number, Rate, Rounding};
/// let net = Amount::from_number("85.00".parse()?)?;
/// let rate = Rate::from_percent(Number::new(15, 0)).unwrap();
/// assert_eq!(gross_up(net, rate, 15, Rounding::HalfEven)?.to_string(), "100.00");
/// assert_eq!(credit_of_net(net, rate, 15, Rounding::HalfEven)?.to_string(), "15.00"); // not 12.75
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`NetError::AllCredited`] for a rate of 100 %, [`NetError::OutOfRange`].
pub fn gross_up(net: Amount, rate: Rate, places: u32, rounding: Rounding) -> Result<Amount, NetError> {
    if rate == Rate::ONE {
        return Err(NetError::AllCredited);
    }
    in_range(net)?;
    net.scaled(Rate::PER_ONE, left(rate), places, rounding).ok_or(NetError::OutOfRange)
}

/// The credit in a net cost: [`gross_up`] - `net`, so that the two add up to the list cost.
///
/// # Errors
///
/// As [`gross_up`].
pub fn credit_of_net(net: Amount, rate: Rate, places: u32, rounding: Rounding) -> Result<Amount, NetError> {
    gross_up(net, rate, places, rounding)?.checked_sub(net).map_err(|_| NetError::OutOfRange)
}

/// What is left, in millionths.
const fn left(rate: Rate) -> u32 {
    Rate::PER_ONE - rate.millionths()
}

/// Is the amount one that a charge may have, of which a share needs no more decimals than are kept?
fn in_range(amount: Amount) -> Result<(), NetError> {
    let limit =
        Amount::from_number(crate::money::Number::new(9_999_999_999_999, 0)).map_err(|_| NetError::OutOfRange)?;
    if amount.abs() > limit || amount.decimals() > 50 { Err(NetError::OutOfRange) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Number;
    use proptest::prelude::*;

    fn amount(text: &str) -> Amount {
        Amount::from_number(text.parse().unwrap()).unwrap()
    }

    fn percent(number: i128) -> Rate {
        Rate::from_percent(Number::new(number, 0)).unwrap()
    }

    const EVEN: Rounding = Rounding::HalfEven;

    #[test]
    fn fifteen_percent_of_a_hundred() {
        let (net, rate) = (amount("85.00"), percent(15));
        assert_eq!(gross_up(net, rate, 15, EVEN), Ok(amount("100")));
        assert_eq!(credit_of_net(net, rate, 15, EVEN), Ok(amount("15")));
        assert_eq!(net_of(amount("100"), rate), Ok(net));
        assert_eq!(net_of(amount("-0.01"), rate), Ok(amount("-0.0085")));
    }

    #[test]
    fn a_quotient_that_does_not_end_is_rounded_as_named() {
        let (net, rate) = (amount("1"), percent(15));
        assert_eq!(gross_up(net, rate, 4, EVEN), Ok(amount("1.1765")));
        assert_eq!(gross_up(net, rate, 4, Rounding::TowardZero), Ok(amount("1.1764")));
        assert_eq!(credit_of_net(net, rate, 4, EVEN), Ok(amount("0.1765")));
    }

    #[test]
    fn what_cannot_be_told_is_an_error() {
        assert_eq!(gross_up(Amount::ZERO, Rate::ONE, 2, EVEN), Err(NetError::AllCredited));
        assert_eq!(credit_of_net(amount("1"), Rate::ONE, 2, EVEN), Err(NetError::AllCredited));
        assert_eq!(net_of(amount("100"), Rate::ONE), Ok(Amount::ZERO));
        assert_eq!(gross_up(amount("1"), percent(15), 57, EVEN), Err(NetError::OutOfRange));
        let sum = (0..20).fold(amount("9999999999999"), |sum, _| sum.checked_add(sum).unwrap_or(sum));
        assert_eq!(net_of(sum, percent(15)), Err(NetError::OutOfRange));
    }

    proptest! {
        #[test]
        fn prop_gross_up_takes_net_of_back(cents in -10_i64.pow(14)..10_i64.pow(14), millionths in 0_i128..1_000_000) {
            let list = Amount::from_number(Number::new(cents.into(), 2)).unwrap();
            let rate = Rate::from_fraction(Number::new(millionths, 6)).unwrap();
            let net = net_of(list, rate).unwrap();
            prop_assert_eq!(gross_up(net, rate, 2, Rounding::TowardZero), Ok(list));
            prop_assert_eq!(credit_of_net(net, rate, 2, EVEN).unwrap().checked_add(net), Ok(list));
        }
    }
}
