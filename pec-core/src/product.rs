//! What the charge is for, as far as the line itself and price lists tell.
//!
//! Normalisation turns texts into these signals once for each distinct text; rules look at signals only.

mod price_list;
mod saved;
mod tiers;

use std::borrow::Cow;

use serde_json::Value;

pub use price_list::{Listing, PriceEntry, PriceKind, PriceList, PriceRow, PriceRows};
pub use tiers::{Tier, TierError};

/// The ids of a line's product, as price lists and invoices know it; blank where the file does not say, or was not asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProductIds {
    /// The Azure plan (`SubscriptionId`); not the Azure subscription.
    pub plan: String,
    /// `ProductId`.
    pub product: String,
    /// `SkuId`.
    pub sku: String,
    /// `AvailabilityId`.
    pub availability: String,
    /// `MeterId`.
    pub meter: String,
}

/// What a line's own columns, and the price lists of its day, say about its product.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProductSignals {
    /// Is the publisher (`PublisherName`) somebody other than Microsoft?
    pub marketplace: bool,
    /// What price lists say of it on the day of the line.
    pub listing: Listing,
    /// The column that says it is a Spot virtual machine.
    pub spot: Option<SpotSignal>,
    /// The column that says a reservation covers it.
    pub reservation: Option<ReservationSignal>,
    /// Does a savings plan cover it (`BenefitType`)?
    pub savings_plan: bool,
}

/// What shows that a line is a Spot virtual machine (R59).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SpotSignal {
    /// The word in `MeterName`.
    MeterName,
    /// The word in `SkuName`.
    SkuName,
    /// The word in `MeterSubCategory`.
    MeterSubCategory,
    /// The word in `ProductName`.
    ProductName,
    /// A priority or pricing model in `AdditionalInfo`.
    AdditionalInfo,
    /// `pricingModel` of cost details, `PricingCategory` of FOCUS.
    PricingModel,
}

/// What shows that a reservation covers a line (R56).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReservationSignal {
    /// A reservation id in `AdditionalInfo`.
    AdditionalInfo,
    /// `BenefitType` is a reservation.
    BenefitType,
    /// `pricingModel` of cost details, `PricingCategory` of FOCUS.
    PricingModel,
}

macro_rules! column {
    ($signal:ident { $($variant:ident => $column:literal),+ $(,)? }) => {
        impl $signal {
            /// The column that decided, as Microsoft spells it.
            #[must_use]
            pub const fn column(self) -> &'static str {
                match self { $(Self::$variant => $column),+ }
            }
        }
    };
}

column!(SpotSignal {
    MeterName => "MeterName", SkuName => "SkuName", MeterSubCategory => "MeterSubCategory",
    ProductName => "ProductName", AdditionalInfo => "AdditionalInfo",
    PricingModel => "PricingModel",
});
column!(ReservationSignal {
    AdditionalInfo => "AdditionalInfo", BenefitType => "BenefitType", PricingModel => "PricingModel",
});

/// How long the id of a SKU is.
pub(crate) const SKU_CHARACTERS: usize = 4;

/// The id of a SKU with the zeros that a spreadsheet drops from `0001`.
pub(crate) fn whole_sku(sku: Cow<'_, str>) -> Cow<'_, str> {
    let dropped = (1..SKU_CHARACTERS).contains(&sku.len()) && sku.bytes().all(|byte| byte.is_ascii_digit());
    if dropped { format!("{sku:0>SKU_CHARACTERS$}").into() } else { sku }
}

/// Is the publisher Microsoft itself? `Microsoft` and `Microsoft Corporation` are first party; a blank says nothing.
#[must_use]
pub fn is_microsoft(publisher: &str) -> bool {
    let publisher = publisher.trim();
    publisher.eq_ignore_ascii_case("microsoft")
        || publisher.get(..10).is_some_and(|head| head.eq_ignore_ascii_case("microsoft "))
}

/// Does `publisherType` of Cost Management, or FOCUS's `x_PublisherCategory`, name the marketplace? So it was spelled over time:
/// `Marketplace`, `thirdPartyReseller`, `thirdPartyAgency`, `Vendor`.
#[must_use]
pub fn is_marketplace(publisher_type: &str) -> bool {
    let folded: String = publisher_type.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
    folded == "marketplace" || folded == "vendor" || folded.starts_with("thirdparty")
}

/// Does the text hold the whole word `spot`? `D2s v3 Spot` does, `HotSpot` does not.
///
/// ```
/// assert!(pec_core::product::names_spot("D2s v3/D2 v3 SPOT"));
/// assert!(!pec_core::product::names_spot("HotSpot"));
/// ```
#[must_use]
pub fn names_spot(text: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric()).any(|word| word.eq_ignore_ascii_case("spot"))
}

/// What the JSON text of `AdditionalInfo` tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AdditionalInfo {
    /// It carries a reservation id.
    pub reservation: bool,
    /// It says Spot.
    pub spot: bool,
}

impl AdditionalInfo {
    /// Could a text with these bytes tell anything, or be no text? Most cannot, and there are as many of them as resources.
    pub(crate) fn may_tell(raw: &[u8]) -> bool {
        let folded = |at: usize| raw.iter().skip(at).map(|byte| byte | 0x20);
        // Four letters decide: without branches the compiler looks at many places at once.
        let words = folded(0).zip(folded(1)).zip(folded(2)).zip(folded(3)).fold(false, |found, (((a, b), c), d)| {
            let spot = (a == b's') & (b == b'p') & (c == b'o') & (d == b't');
            let reservation = (a == b'r') & (b == b'e') & (c == b's') & (d == b'e');
            let escape_of_any_letter = (a == (b'\\' | 0x20)) & (b == b'u');
            found | spot | reservation | escape_of_any_letter
        });
        words || !raw.is_ascii()
    }

    /// Reads the column; a text that is not a JSON object tells nothing.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let mut info = Self::default();
        let Ok(Value::Object(properties)) = serde_json::from_str(text) else { return info };
        for (key, value) in &properties {
            let key = key.to_ascii_lowercase();
            let Some(value) = value.as_str().map(str::trim) else { continue };
            info.reservation |= matches!(key.as_str(), "reservationorderid" | "reservationid") && !value.is_empty();
            info.spot |= (key.contains("priority") || key == "pricingmodel") && value.eq_ignore_ascii_case("spot");
        }
        info
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn additional_info() {
        let read = AdditionalInfo::read;
        assert_eq!(read(r#"{"ReservationOrderId":"5ea0"}"#), AdditionalInfo { reservation: true, spot: false });
        assert_eq!(
            read(r#"{"reservationid":"x","Priority":"spot"}"#),
            AdditionalInfo { reservation: true, spot: true }
        );
        for nothing in [
            "",
            "null",
            "[]",
            "{",
            r#"{"ReservationOrderId":" "}"#,
            r#"{"ReservationOrderId":null}"#,
            r#"{"VMName":"Spot"}"#,
        ] {
            assert_eq!(read(nothing), AdditionalInfo::default(), "{nothing}");
        }
        assert_eq!(read(&"[".repeat(100_000)), AdditionalInfo::default(), "deep JSON is no crash");
    }

    proptest! {
        #[test]
        fn prop_what_may_not_tell_tells_nothing(
            key in "[rR]eservation([oO]rder)?I[dD]|RESERVATIONID|[Pp]riority|vm[Pp]riority|PricingModel|[a-z]{1,3}",
            value in "[sS][pP]ot|SPOT|5ea0|[a-z ]{0,3}",
            escaped in any::<prop::sample::Index>(), cut in 0_usize..200,
        ) {
            let plain = format!("{{\"{key}\":\"{value}\"}}");
            // Any letter may be spelled as an escape.
            let at = 2 + escaped.index(key.len());
            let spelled = format!("{}\\u{:04x}{}", &plain[..at], plain.as_bytes()[at], &plain[at + 1..]);
            let broken = [&plain.as_bytes()[..cut.min(plain.len())], b"\xff"].concat();
            for text in [plain.as_bytes(), spelled.as_bytes(), &broken] {
                let told = std::str::from_utf8(text).map(AdditionalInfo::read);
                prop_assert!(AdditionalInfo::may_tell(text) || told == Ok(AdditionalInfo::default()));
            }
        }
    }

    #[test]
    fn publisher_types() {
        assert!(["Marketplace", "thirdPartyReseller", "Third Party Agency", "vendor"].into_iter().all(is_marketplace));
        assert!(!["Microsoft", "Azure", "firstParty", "Cloud Provider", ""].into_iter().any(is_marketplace));
    }

    #[test]
    fn publishers() {
        assert!(is_microsoft("Microsoft") && is_microsoft(" MICROSOFT Corporation"));
        assert!(!is_microsoft("Microsofter") && !is_microsoft("Palo Alto Networks, Inc.") && !is_microsoft(""));
    }
}
