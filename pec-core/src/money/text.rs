//! Numbers, rates, amounts and currencies read back from what they print.

use ethnum::I256;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::amount::SCALE;
use super::{Amount, Currency, Number, Rate};

impl<'de> Deserialize<'de> for Amount {
    /// From the text that it prints, and from nothing else: no number of JSON, which may have been a float.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        read(&text)
            .filter(|amount| amount.to_string() == text)
            .ok_or_else(|| D::Error::custom("expected an exact amount"))
    }
}

fn read(text: &str) -> Option<Amount> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, decimals) = digits.split_once('.')?;
    let plain = |digits: &str| !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    if !plain(whole) || !plain(decimals) || whole.len() > 21 || decimals.len() > SCALE as usize {
        return None;
    }
    let digits = I256::from_str_radix(&format!("{whole}{decimals:0<width$}", width = SCALE as usize), 10).ok()?;
    let amount = Amount::of_digits(digits);
    Some(if text.starts_with('-') { -amount } else { amount })
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Number {
    /// From text alone, as an amount.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl Serialize for Rate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_fraction(Number::deserialize(deserializer)?)
            .ok_or_else(|| D::Error::custom("expected a rate from 0 to 1"))
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_no_amount_is_refused() {
        let long = format!("{}.00", "9".repeat(21));
        for text in
            ["1", "1.0", "1.000", "01.00", "+1.00", "-0.00", "", ".", "1.", ".10", "1e3", "\u{661}.00", "NaN", &long]
        {
            let json = serde_json::to_string(text).unwrap();
            assert!(serde_json::from_str::<Amount>(&json).is_err(), "{text}");
        }
        assert!(serde_json::from_str::<Amount>("1.5").is_err());
    }

    proptest! {
        #[test]
        fn prop_an_amount_comes_back(whole in -500_000_000_000_000_000_000_i128..500_000_000_000_000_000_000, part in 0..i128::MAX) {
            let amount = Amount::of_digits(I256::from(whole) * I256::from(10_u8).pow(SCALE) + I256::from(part));
            let json = serde_json::to_string(&amount).unwrap();
            prop_assert_eq!(serde_json::from_str::<Amount>(&json).unwrap(), amount);
        }
    }
}
