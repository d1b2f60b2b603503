//! `PriceAdjustmentDescription`: why the price of a line is not the list price.
//!
//! A JSON list of texts in one cell, which "can be rearranged or presented in different formats while keeping the same
//! meaning" (REC): each text is read by what it says.

use crate::money::{Number, Rate};

use super::PriceAdjustments;

/// One text of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PriceAdjustment {
    /// `15.0% Partner earned credit for services managed` (R72).
    PartnerEarnedCredit(Rate),
    /// `100.0% Tier 1 Discount`, also printed `100% Tier 1 Discount` (R73).
    TierDiscount(Rate),
    /// Any other: terms, promotions, price locks, private offers. None says how much.
    Other(String),
}

/// A list of adjustments that cannot be followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PriceAdjustmentError {
    /// Two texts give one discount two sizes.
    #[error("expected one partner earned credit and one tier discount at most")]
    Contradiction,
}

impl PriceAdjustment {
    /// Reads one text.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let text = text.trim();
        match discount(text) {
            Some((rate, what)) if what == "partner earned credit for services managed" => {
                Self::PartnerEarnedCredit(rate)
            }
            Some((rate, what)) if is_tier(&what) => Self::TierDiscount(rate),
            _ => Self::Other(text.to_owned()),
        }
    }

    /// Reads a cell: a list of texts, one text, or nothing.
    ///
    /// ```
    /// use pec_core::invoice::PriceAdjustment;
    /// let texts = PriceAdjustment::list(r#"["15.0% Partner earned credit for services managed","100.0% Tier 1 Discount"]"#);
    /// assert!(matches!(texts[..], [PriceAdjustment::PartnerEarnedCredit(_), PriceAdjustment::TierDiscount(_)]));
    /// ```
    #[must_use]
    pub fn list(cell: &str) -> Vec<Self> {
        let texts: Vec<String> = serde_json::from_str(cell).unwrap_or_else(|_| vec![cell.to_owned()]);
        texts.iter().map(|text| Self::read(text)).filter(|one| *one != Self::Other(String::new())).collect()
    }
}

/// `15.0% Partner ...` as its rate and what it is, in lower case.
fn discount(text: &str) -> Option<(Rate, String)> {
    let (percent, what) = text.split_once('%')?;
    let rate = Rate::from_percent(percent.trim().parse::<Number>().ok()?)?;
    Some((rate, what.trim().to_ascii_lowercase()))
}

/// `tier 1 discount`, of any number.
fn is_tier(what: &str) -> bool {
    let number = what.strip_prefix("tier").and_then(|rest| rest.strip_suffix("discount")).map(str::trim);
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// What a list of adjustments amounts to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Adjusted {
    /// The discounts of which the size is printed.
    pub discounts: PriceAdjustments,
    /// Is there a text besides, which may have changed the price too?
    pub otherwise: bool,
}

impl Adjusted {
    /// Reads a cell.
    ///
    /// # Errors
    ///
    /// [`PriceAdjustmentError::Contradiction`] where one discount has two sizes.
    pub fn read(cell: &str) -> Result<Self, PriceAdjustmentError> {
        let (mut earned, mut tier, mut otherwise) = (None, None, false);
        for adjustment in PriceAdjustment::list(cell) {
            let (known, rate) = match adjustment {
                PriceAdjustment::PartnerEarnedCredit(rate) => (&mut earned, rate),
                PriceAdjustment::TierDiscount(rate) => (&mut tier, rate),
                PriceAdjustment::Other(_) => {
                    otherwise = true;
                    continue;
                }
            };
            if known.is_some_and(|known| known != rate) {
                return Err(PriceAdjustmentError::Contradiction);
            }
            *known = Some(rate);
        }
        let discounts = PriceAdjustments {
            tier_discount: tier.unwrap_or_default(),
            partner_earned_credit: earned.unwrap_or_default(),
        };
        Ok(Self { discounts, otherwise })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn percent(text: &str) -> Rate {
        Rate::from_percent(text.parse().unwrap()).unwrap()
    }

    #[test]
    fn published_texts() {
        let read = |cell: &str| Adjusted::read(cell).unwrap();
        let earned = |tier_discount, otherwise| Adjusted {
            discounts: PriceAdjustments { tier_discount, partner_earned_credit: percent("15") },
            otherwise,
        };
        for cell in [
            r#"["15.0% Partner earned credit for services managed"]"#,
            "15% partner earned credit for services managed",
            r#" [ "15.0% Partner earned credit for services managed", "" ] "#,
        ] {
            assert_eq!(read(cell), earned(Rate::ZERO, false), "{cell}");
        }
        for tier in ["100.0% Tier 1 Discount", "100% Tier 12 Discount"] {
            let cell = format!(r#"["{tier}","15.0% Partner earned credit for services managed"]"#);
            assert_eq!(read(&cell), earned(Rate::ONE, false));
        }
        for other in [
            "Price for given billing period",
            "You are getting a discount due to a pre-determined override.",
            "1 month billing",
            "Private offer margin applied",
            "150% Tier 1 Discount",
            "100% Tier Discount",
        ] {
            assert_eq!(read(&format!("[\"{other}\"]")), Adjusted { otherwise: true, ..Adjusted::default() }, "{other}");
        }
        assert_eq!(read(""), Adjusted::default());
        assert_eq!(read("[]"), Adjusted::default());
    }

    #[test]
    fn what_is_no_list_is_one_text() {
        for cell in ["[", "[1]", "[[\"a\"]]", "[\"a\"", &"[".repeat(100_000)] {
            assert_eq!(PriceAdjustment::list(cell), [PriceAdjustment::Other(cell.to_owned())]);
        }
    }

    #[test]
    fn a_discount_has_one_size() {
        let text = |percent| format!("\"{percent}% Partner earned credit for services managed\"");
        let both = |a, b| Adjusted::read(&format!("[{},{}]", text(a), text(b)));
        assert_eq!(both("15", "10"), Err(PriceAdjustmentError::Contradiction));
        assert!(both("15", "15.0").is_ok());
    }
}
