//! Identifiers as newtypes, so that one cannot stand where another belongs.
//!
//! All are borrowed from the row they were read from and compare without regard to ASCII case, as Azure does.
//! They print in lower case. They are usually GUIDs, but marketplace and licence lines carry other texts, so any
//! printable text of up to 128 characters is kept as it stands.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// A text that is not an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected an id of at most {MAX_CHARACTERS} printable characters, usually a GUID")]
pub struct IdError;

const MAX_CHARACTERS: usize = 128;

/// Trims and checks; the only way into an identifier from outside.
fn checked(text: &str) -> Result<&str, IdError> {
    let text = text.trim();
    let fits = text.len() <= MAX_CHARACTERS || text.chars().count() <= MAX_CHARACTERS;
    let printable = text.bytes().all(|byte| byte.is_ascii_graphic()) || !text.chars().any(char::is_control);
    (fits && printable).then_some(text).ok_or(IdError)
}

macro_rules! id {
    ($(#[$docs:meta])* $name:ident) => {
        $(#[$docs])*
        #[derive(Clone, Copy, Debug, Default)]
        pub struct $name<'a>(&'a str);

        impl<'a> $name<'a> {
            /// The text as it was read, trimmed.
            #[must_use]
            pub const fn as_str(self) -> &'a str {
                self.0
            }

            /// Is there none?
            #[must_use]
            pub const fn is_blank(self) -> bool {
                self.0.is_empty()
            }
        }

        impl PartialEq for $name<'_> {
            fn eq(&self, other: &Self) -> bool {
                self.0.eq_ignore_ascii_case(other.0)
            }
        }

        impl Eq for $name<'_> {}

        impl PartialOrd for $name<'_> {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $name<'_> {
            fn cmp(&self, other: &Self) -> Ordering {
                let folded = |text: &str| text.bytes().map(|byte| byte.to_ascii_lowercase()).collect::<Vec<_>>();
                folded(self.0).cmp(&folded(other.0))
            }
        }

        impl Hash for $name<'_> {
            fn hash<H: Hasher>(&self, state: &mut H) {
                for byte in self.0.bytes() {
                    state.write_u8(byte.to_ascii_lowercase());
                }
                state.write_u8(0xff);
            }
        }

        impl fmt::Display for $name<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0.to_ascii_lowercase())
            }
        }
    };
}

id! {
    /// A customer: the id of its Microsoft Entra tenant.
    ///
    /// ```
    /// use pec_core::ids::CustomerId;
    /// assert_eq!(CustomerId::new("org:2B8940DB-5089-539C-E757-520ED1D1BC88")?.to_string(), "2b8940db-5089-539c-e757-520ed1d1bc88");
    /// # Ok::<(), pec_core::ids::IdError>(())
    /// ```
    CustomerId
}

id! {
    /// An **Azure subscription**: `EntitlementId` in Partner Center files.
    ///
    /// Never the column `SubscriptionId` of those files, which is the Azure *plan*. Joining access on the plan is
    /// the classic error.
    SubscriptionId
}

id! {
    /// The partner id of the indirect reseller of record on a line; blank where there is none.
    ResellerId
}

id! {
    /// The **Azure plan** of a customer: column `SubscriptionId` of Partner Center files. Invoices are written by plan.
    PlanId
}

id! {
    /// A product, such as `DZH318Z0BNZ5`.
    ProductId
}

id! {
    /// A SKU of a product, such as `006G`: leading zeros count.
    SkuId
}

id! {
    /// An availability of a SKU: with product and SKU it names a meter.
    AvailabilityId
}

macro_rules! known_id {
    ($($name:ident),+) => { $(
        impl<'a> $name<'a> {
            /// The text of another identifier of this kind.
            pub(crate) const fn known(text: &'a str) -> Self {
                Self(text)
            }
        }
    )+ };
}

known_id!(CustomerId, SubscriptionId, ResellerId);

macro_rules! plain_id {
    ($($name:ident: $what:literal),+) => { $(
        impl<'a> $name<'a> {
            #[doc = concat!("The ", $what, " with this id.")]
            ///
            /// # Errors
            ///
            /// [`IdError`] for more than 128 characters or a control character.
            pub fn new(text: &'a str) -> Result<Self, IdError> {
                checked(text).map(Self)
            }
        }
    )+ };
}

plain_id!(SubscriptionId: "Azure subscription", PlanId: "Azure plan", ProductId: "product", SkuId: "SKU", AvailabilityId: "availability");

impl<'a> CustomerId<'a> {
    /// The customer with this tenant id; older API samples put `org:` before it.
    ///
    /// # Errors
    ///
    /// [`IdError`] for more than 128 characters or a control character.
    pub fn new(text: &'a str) -> Result<Self, IdError> {
        let text = checked(text)?;
        let prefixed = text.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("org:"));
        Ok(Self(if prefixed { text.get(4..).unwrap_or_default().trim() } else { text }))
    }
}

impl<'a> ResellerId<'a> {
    /// The reseller with this partner id; `0` means none, as in the v1 API. Where a column has blank cells, data frames make
    /// numbers of its ids and write `67890.0`.
    ///
    /// # Errors
    ///
    /// [`IdError`] for more than 128 characters or a control character.
    pub fn new(text: &'a str) -> Result<Self, IdError> {
        let text = checked(text)?;
        let whole = text.strip_suffix(".0").filter(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()));
        let text = whole.unwrap_or(text);
        Ok(Self(if text == "0" { "" } else { text }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn none_and_prefixes() {
        assert!(ResellerId::new(" 0 ").unwrap().is_blank());
        assert_eq!(ResellerId::new("048649221").unwrap().as_str(), "048649221");
        assert_eq!(ResellerId::new("67890.0").unwrap().as_str(), "67890");
        assert!(ResellerId::new("0.0").unwrap().is_blank());
        assert_eq!(ResellerId::new("a.0").unwrap().as_str(), "a.0");
        assert_eq!(CustomerId::new(" ORG:a ").unwrap().as_str(), "a");
        assert_eq!(CustomerId::new("a\u{7}b"), Err(IdError));
        assert_eq!(SubscriptionId::new(&"x".repeat(129)), Err(IdError));
    }

    proptest! {
        #[test]
        fn prop_case_never_matters(text in "[a-zA-Z0-9-]{1,40}") {
            let (upper, lower) = (text.to_uppercase(), text.to_lowercase());
            let (upper, lower) = (SubscriptionId::new(&upper).unwrap(), SubscriptionId::new(&lower).unwrap());
            prop_assert_eq!(upper, lower);
            prop_assert_eq!(upper.cmp(&lower), Ordering::Equal);
            prop_assert_eq!(upper.to_string(), lower.to_string());
        }
    }
}
