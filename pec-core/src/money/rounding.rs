//! Named roundings. Nothing rounds without one.

use ethnum::I256;

/// How digits are dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rounding {
    /// Cut: 0.999 is 0.99 and -0.999 is -0.99. Microsoft's way on invoices (R78).
    TowardZero,
    /// To the nearest, a tie to the even digit. Ours, for figures that are only shown or projected.
    HalfEven,
}

impl Rounding {
    /// `numerator` / `divisor` as an integer; `divisor` is above zero.
    pub(super) fn divide(self, numerator: I256, divisor: I256) -> I256 {
        let (quotient, rest) = (numerator / divisor, numerator % divisor);
        let away = match self {
            Self::TowardZero => false,
            Self::HalfEven => {
                let twice = rest.abs() * I256::from(2_u8);
                twice > divisor || (twice == divisor && quotient % I256::from(2_u8) != I256::ZERO)
            }
        };
        if away { quotient + numerator.signum() } else { quotient }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_and_signs() {
        let divide = |rounding: Rounding, n: i64, d: i64| rounding.divide(I256::from(n), I256::from(d)).as_i64();
        for (n, d, cut, even) in
            [(5, 2, 2, 2), (7, 2, 3, 4), (-5, 2, -2, -2), (-7, 2, -3, -4), (2, 3, 0, 1), (-2, 3, 0, -1), (1, 3, 0, 0)]
        {
            assert_eq!(divide(Rounding::TowardZero, n, d), cut, "{n}/{d}");
            assert_eq!(divide(Rounding::HalfEven, n, d), even, "{n}/{d}");
        }
    }
}
