//! Price lists as bytes.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::price_list::key;
use super::{PriceEntry, PriceKind, PriceList, Tier};
use crate::day::UsageDay;
use crate::money::{Currency, Number};
use crate::saved::{Form, SavedError};

const FORM: Form = Form::new("price list", 1);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    entries: Vec<SavedEntry>,
    covered: Vec<(UsageDay, UsageDay)>,
    unsure: BTreeSet<String>,
}

/// Product, SKU, kind, market, currency, meters, from, until, unit of measure, tiers.
type SavedEntry =
    (String, String, Option<PriceKind>, String, Currency, BTreeSet<String>, UsageDay, UsageDay, String, Vec<SavedTier>);
/// First unit, last unit, unit price.
type SavedTier = (Option<Number>, Option<Number>, Number);

impl PriceList {
    /// The list as bytes, the same for the same rows: compiled once, it is sent to all that decide lines with it.
    ///
    /// ```
    /// use pec_core::product::PriceList;
    /// use pec_core::{normalise::price_list::read, read::Input};
    /// let sheet = "ProductId,SkuId,UnitPrice,PricingTierRangeMin,PricingTierRangeMax\nDDD123456ABC,01AB,0.50,,\n";
    /// let (prices, _) = read([Input::new("prices.csv", sheet.as_bytes())])?;
    /// let sent = PriceList::from_bytes(&prices.to_bytes()?)?;
    /// assert_eq!(sent.entry("DDD123456ABC", "01AB", "", "2026-10-04".parse()?).unwrap().tiers[0].unit_price.to_string(), "0.5");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SavedError`] where it cannot be written; no list is known that cannot.
    pub fn to_bytes(&self) -> Result<Vec<u8>, SavedError> {
        let mut places: Vec<_> = self.skus.iter().zip(&self.entries).collect();
        places.sort_unstable_by_key(|(key, _)| *key);
        FORM.bytes_of(Saved {
            entries: places.into_iter().flat_map(|(_, entries)| entries).map(saved).collect(),
            covered: self.covered.clone(),
            unsure: self.unsure.iter().map(|place| self.skus.get(*place).to_owned()).collect(),
        })
    }

    /// The list of such bytes.
    ///
    /// # Errors
    ///
    /// [`SavedError`] for other bytes, and for those of another version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SavedError> {
        let Saved { entries, covered, unsure } = FORM.content_of(bytes)?;
        let mut list = Self { covered, ..Self::default() };
        for text in unsure {
            let place = list.skus.number(&text);
            list.unsure.insert(place);
        }
        for saved in entries {
            let entry = entry(saved);
            let place = list.skus.number(&key(&entry.product, &entry.sku));
            list.add(place, entry);
        }
        Ok(list)
    }
}

fn saved(entry: &PriceEntry) -> SavedEntry {
    let PriceEntry { product, sku, kind, market, currency, meters, from, until, unit_of_measure, tiers } =
        entry.clone();
    let tiers = tiers.into_iter().map(|Tier { min, max, unit_price }| (min, max, unit_price)).collect();
    (product, sku, kind, market, currency, meters, from, until, unit_of_measure, tiers)
}

fn entry(saved: SavedEntry) -> PriceEntry {
    let (product, sku, kind, market, currency, meters, from, until, unit_of_measure, tiers) = saved;
    let tiers = tiers.into_iter().map(|(min, max, unit_price)| Tier::new(min, max, unit_price)).collect();
    PriceEntry { product, sku, kind, market, currency, meters, from, until, unit_of_measure, tiers }
}
