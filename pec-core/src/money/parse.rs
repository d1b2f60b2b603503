//! The only place that reads a number.
//!
//! `Decimal::from_str` rounds a long value silently and every parser of `rust_decimal` accepts `1_000`, so the
//! grammar is our own: an optional sign, digits with an optional point, an optional exponent. What does not fit
//! is refused, never rounded.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;

/// A decimal number exactly as written, without its trailing zeros.
///
/// Up to 38 significant digits and 48 decimals: the widest published value has 22 decimals (`EffectiveUnitPrice`
/// of the v1 API), the longest 16 digits.
///
/// ```
/// use pec_core::money::Number;
/// assert_eq!("8.5e-05".parse::<Number>()?, "0.000085".parse()?);
/// assert_eq!("0.0209496384791679".parse::<Number>()?.to_string(), "0.0209496384791679");
/// assert!("1,5".parse::<Number>().is_err());
/// # Ok::<(), pec_core::money::NumberError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Number {
    mantissa: i128,
    scale: u8,
}

/// Why a text is not a number we can hold exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NumberError {
    /// It is not a plain decimal number.
    #[error("expected a plain decimal number such as `0.045` or `8.5e-05`")]
    NotANumber,
    /// It has more digits than are held exactly.
    #[error("expected at most {MAX_DIGITS} digits and {MAX_SCALE} decimals")]
    TooLong,
}

const MAX_DIGITS: u32 = 38;
const MAX_SCALE: i64 = 48;
/// No exponent beyond this can give a number that fits.
const MAX_EXPONENT: i64 = 1_000;

impl Number {
    /// Zero.
    pub const ZERO: Self = Self { mantissa: 0, scale: 0 };

    /// One.
    pub const ONE: Self = Self { mantissa: 1, scale: 0 };

    /// `mantissa` x 10^-`scale`, trailing zeros dropped.
    #[must_use]
    pub fn new(mut mantissa: i128, mut scale: u8) -> Self {
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        Self { mantissa, scale }
    }

    /// The digits, as an integer with its sign.
    #[must_use]
    pub const fn mantissa(self) -> i128 {
        self.mantissa
    }

    /// How many of the digits are decimals.
    #[must_use]
    pub fn scale(self) -> u32 {
        u32::from(self.scale)
    }

    /// Is this nothing?
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.mantissa == 0
    }

    /// Half a unit in the place of the number's digit `digits` from the first: how far a value that was rounded to so many
    /// digits can be from what it was. Nothing where that place is beyond the decimals that are held.
    #[must_use]
    pub fn half_unit(self, digits: u32) -> Self {
        let Some(leading) = self.mantissa.unsigned_abs().checked_ilog10() else { return Self::ZERO };
        // The first digit stands at 10^(leading - scale), the wanted one `digits - 1` places further down.
        let places = i64::from(self.scale) + i64::from(digits) - 1 - i64::from(leading);
        match u8::try_from(places + 1) {
            Ok(scale) if i64::from(scale) <= MAX_SCALE => Self::new(5, scale),
            _ => Self::ZERO,
        }
    }

    /// Reads the bytes of a cell.
    ///
    /// # Errors
    ///
    /// [`NumberError`] for anything but a plain decimal number that is held exactly.
    #[inline]
    pub fn parse(text: &[u8]) -> Result<Self, NumberError> {
        let (negative, digits) = match text.split_first() {
            Some((b'-', rest)) => (true, rest),
            Some((b'+', rest)) => (false, rest),
            _ => (false, text),
        };
        // Eighteen digits fit an i64 without a check; that is nearly every cell.
        let number = if digits.len() <= 19 { Self::parse_short(digits) } else { None };
        let number = match number {
            Some(number) => number,
            None => Self::parse_long(digits)?,
        };
        Ok(if negative { Self { mantissa: -number.mantissa, ..number } } else { number })
    }

    /// Digits with at most one point, and nothing else.
    fn parse_short(text: &[u8]) -> Option<Self> {
        // Nearly all digits stand behind the point.
        let whole = text.iter().position(|byte| *byte == b'.').unwrap_or(text.len());
        let (whole, point_and_decimals) = text.split_at_checked(whole)?;
        let decimals = point_and_decimals.get(1..).unwrap_or_default();
        let seen = whole.len() + decimals.len();
        if seen == 0 || seen > 18 {
            return None;
        }
        let mut mantissa = append_digits(append_digits(0, whole)?, decimals)?;
        let mut scale = u8::try_from(decimals.len()).ok()?;
        while scale > 0 && mantissa.is_multiple_of(10) {
            mantissa /= 10;
            scale -= 1;
        }
        Some(Self { mantissa: i128::from(mantissa), scale })
    }

    fn parse_long(text: &[u8]) -> Result<Self, NumberError> {
        let (digits, exponent) = match text.iter().position(|byte| matches!(byte, b'e' | b'E')) {
            None => (text, 0),
            Some(at) => {
                let (digits, exponent) = text.split_at(at);
                (digits, parse_exponent(exponent.get(1..).unwrap_or_default())?)
            }
        };
        let mut mantissa = 0_i128;
        let mut decimals = 0_i64;
        let mut zeros = 0_u32; // zeros that count only if a digit follows
        let (mut point, mut seen) = (false, false);
        for &byte in digits {
            match byte {
                b'0' => {
                    seen = true;
                    zeros += 1;
                    decimals += i64::from(point);
                }
                b'1'..=b'9' => {
                    seen = true;
                    decimals += i64::from(point);
                    mantissa =
                        shift(mantissa, zeros + 1)?.checked_add(i128::from(byte - b'0')).ok_or(NumberError::TooLong)?;
                    zeros = 0;
                }
                b'.' if !point => point = true,
                _ => return Err(NumberError::NotANumber),
            }
        }
        if !seen {
            return Err(NumberError::NotANumber);
        }
        if mantissa == 0 {
            return Ok(Self::ZERO);
        }
        let scale = decimals - i64::from(zeros) - exponent;
        if scale <= 0 {
            let up = u32::try_from(-scale).map_err(|_| NumberError::TooLong)?;
            return Ok(Self { mantissa: shift(mantissa, up)?, scale: 0 });
        }
        if scale > MAX_SCALE {
            return Err(NumberError::TooLong);
        }
        let scale = u8::try_from(scale).map_err(|_| NumberError::TooLong)?;
        Ok(Self { mantissa, scale })
    }

    /// The value as a `rust_decimal`, where its 28 digits can hold it.
    #[must_use]
    pub fn to_decimal(self) -> Option<Decimal> {
        Decimal::try_from_i128_with_scale(self.mantissa, self.scale()).ok()
    }
}

/// The number with these digits behind its own, 18 in all at most; `None` where one is none.
#[inline]
fn append_digits(mut number: u64, digits: &[u8]) -> Option<u64> {
    let (eights, rest) = digits.as_chunks();
    for eight in eights {
        number = number.wrapping_mul(100_000_000).wrapping_add(eight_digits(u64::from_le_bytes(*eight))?);
    }
    for byte in rest {
        let digit = byte.wrapping_sub(b'0');
        (digit <= 9).then_some(())?;
        number = number.wrapping_mul(10).wrapping_add(u64::from(digit));
    }
    Some(number)
}

/// The number that eight characters are, the first in the lowest byte; `None` where one is no digit.
#[inline]
const fn eight_digits(text: u64) -> Option<u64> {
    const ONES: u64 = u64::MAX / 0xff;
    let digits = text ^ (ONES * 0x30); // a digit becomes its value, anything else is above nine
    if (digits | digits.wrapping_add(ONES * 6)) & (ONES * 0xf0) != 0 {
        return None;
    }
    // Neighbours become one number of two digits, then of four, then of eight.
    let twos = digits.wrapping_mul(10).wrapping_add(digits >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = twos.wrapping_mul(100).wrapping_add(twos >> 16) & 0x0000_ffff_0000_ffff;
    Some(fours.wrapping_mul(10_000).wrapping_add(fours >> 32) & 0xffff_ffff)
}

/// `mantissa` x 10^`up`, refused past [`MAX_DIGITS`].
fn shift(mantissa: i128, up: u32) -> Result<i128, NumberError> {
    if mantissa == 0 {
        return Ok(0);
    }
    let shifted = 10_i128.checked_pow(up).and_then(|power| mantissa.checked_mul(power));
    shifted.filter(|value| value.unsigned_abs() < 10_u128.pow(MAX_DIGITS)).ok_or(NumberError::TooLong)
}

fn parse_exponent(text: &[u8]) -> Result<i64, NumberError> {
    let (negative, digits) = match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        Some((b'+', rest)) => (false, rest),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(NumberError::NotANumber);
    }
    let mut exponent = 0_i64;
    for &digit in digits {
        exponent = (exponent * 10 + i64::from(digit - b'0')).min(MAX_EXPONENT);
    }
    Ok(if negative { -exponent } else { exponent })
}

impl FromStr for Number {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text.as_bytes())
    }
}

impl From<Decimal> for Number {
    fn from(value: Decimal) -> Self {
        // `Decimal` has at most 28 decimals.
        Self::new(value.mantissa(), u8::try_from(value.scale()).unwrap_or(u8::MAX))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = usize::from(self.scale);
        let digits = format!("{:0>width$}", self.mantissa.unsigned_abs(), width = scale + 1);
        let (whole, decimals) = digits.split_at(digits.len() - scale);
        let point = if scale > 0 { "." } else { "" };
        f.pad_integral(self.mantissa >= 0, "", &format!("{whole}{point}{decimals}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn plain_forms() {
        for (text, mantissa, scale) in [
            ("0", 0, 0),
            ("-0.00", 0, 0),
            ("1.10", 11, 1),
            (".5", 5, 1),
            ("5.", 5, 0),
            ("+7", 7, 0),
            ("1E3", 1000, 0),
            ("1.5e+2", 150, 0),
            ("8.5e-05", 85, 6),
            ("100000000000000000000.0000", 100_000_000_000_000_000_000, 0),
            ("0.1835431430074643112595", 1_835_431_430_074_643_112_595, 22),
            ("0e999999999999", 0, 0),
        ] {
            assert_eq!(Number::parse(text.as_bytes()), Ok(Number { mantissa, scale }), "{text}");
        }
    }

    #[test]
    fn half_units() {
        for (text, digits, half) in
            [("0.2", 15, "5e-16"), ("12.5", 3, "0.05"), ("-12.5", 4, "0.005"), ("999", 2, "5"), ("0", 15, "0")]
        {
            let number: Number = text.parse().unwrap();
            assert_eq!(number.half_unit(digits), half.parse().unwrap(), "{text}");
        }
    }

    #[test]
    fn refused() {
        for text in [
            "", "-", ".", "e5", "1e", "1_000", "1,5", "$1", "(1)", "NaN", "inf", "0x1", "1 2", "--1", "1.2.3", "1e5.0",
            "١",
        ] {
            assert_eq!(Number::parse(text.as_bytes()), Err(NumberError::NotANumber), "{text}");
        }
        for text in ["1e39", "1e-49", "123456789012345678901234567890123456789", "1e99999999999999999999"] {
            assert_eq!(Number::parse(text.as_bytes()), Err(NumberError::TooLong), "{text}");
        }
    }

    proptest! {
        #[test]
        fn prop_printed_reads_back(mantissa in any::<i64>(), scale in 0_u8..30) {
            let number = Number::new(i128::from(mantissa), scale);
            prop_assert_eq!(number.to_string().parse(), Ok(number));
        }

        #[test]
        fn prop_short_and_long_agree(text in "[0-9]{0,9}\\.?[0-9]{0,9}") {
            if let Some(short) = Number::parse_short(text.as_bytes()) {
                prop_assert_eq!(Number::parse_long(text.as_bytes()), Ok(short));
            } else {
                prop_assert!(Number::parse_long(text.as_bytes()).is_err());
            }
        }

        #[test]
        fn prop_eight_digits(digits in "[0-9]{8}", at in 0_usize..8, byte in any::<u8>()) {
            let mut text: [u8; 8] = digits.as_bytes().try_into().unwrap();
            prop_assert_eq!(eight_digits(u64::from_le_bytes(text)), digits.parse().ok());
            text[at] = byte;
            prop_assert_eq!(eight_digits(u64::from_le_bytes(text)).is_some(), byte.is_ascii_digit());
        }

        #[test]
        fn prop_never_panics(text in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = Number::parse(&text);
        }
    }
}
