//! Price lists: which products there are on a day, what kind they are, and what they cost.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::ProductIds;
use super::tiers::{self, Tier, TierError};
use crate::day::UsageDay;
use crate::lookup::Texts;
use crate::money::{Amount, Currency, Number};

/// One row of a price list: the price of one tier of a product in a market, while it is in force.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct PriceRow {
    /// `ProductId`.
    pub product: String,
    /// `SkuId`.
    pub sku: String,
    /// Which list it belongs to.
    pub kind: PriceKind,
    /// `Market`, in upper case; blank where the list does not say.
    pub market: String,
    /// `Currency`.
    pub currency: Currency,
    /// `MeterIds`, in lower case.
    pub meters: BTreeSet<String>,
    /// The first day of the price.
    pub from: UsageDay,
    /// The last day of the price.
    pub until: UsageDay,
    /// `UnitOfMeasure`.
    pub unit_of_measure: String,
    /// The tier and its price.
    pub tier: Tier,
}

impl PriceRow {
    /// The price that the row begins.
    fn entry(self) -> PriceEntry {
        let Self { product, sku, kind, market, currency, meters, from, until, unit_of_measure, .. } = self;
        PriceEntry {
            product,
            sku,
            kind: Some(kind),
            market,
            currency,
            meters,
            from,
            until,
            unit_of_measure,
            tiers: Vec::new(),
        }
    }
}

/// What a row of a price list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PriceKind {
    /// A first-party product of the Azure plan consumption price list.
    Consumption,
    /// The same list, with the tag for products of third parties (R57).
    ThirdParty,
    /// A product of the marketplace price list (R58).
    Marketplace,
}

/// A price in force for some days: all tiers of a product in a market.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PriceEntry {
    /// `ProductId`.
    pub product: String,
    /// `SkuId`.
    pub sku: String,
    /// Which list it belongs to; `None` where rows say two things.
    pub kind: Option<PriceKind>,
    /// The market; blank where the list does not say.
    pub market: String,
    /// The currency of its prices.
    pub currency: Currency,
    /// The meters of the product; none where the list does not say.
    pub meters: BTreeSet<String>,
    /// The first day.
    pub from: UsageDay,
    /// The last day.
    pub until: UsageDay,
    /// What a unit is.
    pub unit_of_measure: String,
    /// The tiers, in the order of their units.
    pub tiers: Vec<Tier>,
}

impl PriceEntry {
    /// What so many units cost, exactly: each unit at the price of its tier.
    ///
    /// ```
    /// use pec_core::{normalise::price_list::read, read::Input};
    /// // The sample of Microsoft's page on the Azure plan price list.
    /// let sample = "ProductId,SkuId,UnitPrice,PricingTierRangeMin,PricingTierRangeMax\n\
    ///               DDD123456ABC,01AB,0.50,100001,9223372036854780000\n\
    ///               DDD123456ABC,01AB,0.80,101,100000\n\
    ///               DDD123456ABC,01AB,1,1,100\n";
    /// let (prices, _) = read([Input::new("prices.csv", sample.as_bytes())])?;
    /// let entry = prices.entry("DDD123456ABC", "01AB", "", "2026-10-04".parse()?).unwrap();
    /// assert_eq!(entry.tier_cost("101".parse()?)?.to_string(), "100.80");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`TierError`] where the tiers do not tell.
    pub fn tier_cost(&self, quantity: Number) -> Result<Amount, TierError> {
        tiers::cost(&self.tiers, quantity)
    }
}

/// What price lists say of a line's product on its day. Nothing holds where none was given, or none tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Listing {
    /// It is in a marketplace price list (R58).
    pub marketplace: bool,
    /// The Azure plan consumption price list tags it as a third party's (R57).
    pub third_party: bool,
    /// The Azure plan consumption price lists of that day do not have it (R55).
    pub absent: bool,
}

/// Price lists, compiled: every price in force on every day.
#[derive(Clone, Debug, Default)]
pub struct PriceList {
    /// Products and SKUs, by the place of their entries.
    pub(super) skus: Texts,
    pub(super) entries: Vec<Vec<PriceEntry>>,
    /// Days on which what is not there is not in the list, in order and apart.
    pub(super) covered: Vec<(UsageDay, UsageDay)>,
    /// Products of which some row could not be read.
    pub(super) unsure: BTreeSet<u32>,
}

/// The rows of one file, and what could not be read of it.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct PriceRows {
    /// The rows.
    pub rows: Vec<PriceRow>,
    /// Product and SKU of rows that could not be read to their end.
    pub unsure: BTreeSet<(String, String)>,
    /// Is there a row that does not even tell its product? Then nothing is known to be absent.
    pub has_unknown_products: bool,
}

impl PriceList {
    /// One list of all files. Their order changes nothing; the same row in two files is one.
    #[must_use]
    pub fn new(files: Vec<PriceRows>) -> Self {
        let mut list = Self { covered: covered(&files), ..Self::default() };
        for (product, sku) in files.iter().flat_map(|file| &file.unsure) {
            let place = list.skus.number(&key(product, sku));
            list.unsure.insert(place);
        }
        let rows: BTreeSet<PriceRow> = files.into_iter().flat_map(|file| file.rows).collect();
        let mut entries: BTreeMap<_, PriceEntry> = BTreeMap::new();
        for row in rows {
            let place = list.skus.number(&key(&row.product, &row.sku));
            // A product may be in the list of the Azure plan and in that of the marketplace.
            let marketplace = row.kind == PriceKind::Marketplace;
            let same = (place, row.from, row.market.clone(), row.currency, row.meters.clone(), marketplace);
            let tier = row.tier;
            let entry = entries.entry(same).or_insert_with(|| row.clone().entry());
            entry.kind = entry.kind.filter(|known| *known == row.kind);
            // A list made later knows an end that an earlier one did not.
            entry.until = entry.until.min(row.until);
            entry.tiers.push(tier);
        }
        for ((place, ..), mut entry) in entries {
            entry.tiers.sort_by(Tier::in_order);
            entry.tiers.dedup();
            list.add(place, entry);
        }
        list
    }

    /// Adds the price of the product and SKU at this place.
    pub(super) fn add(&mut self, place: u32, entry: PriceEntry) {
        let place = place as usize;
        if self.entries.len() <= place {
            self.entries.resize_with(place + 1, Vec::new);
        }
        if let Some(entries) = self.entries.get_mut(place) {
            entries.push(entry);
        }
    }

    /// Prices that rows contradict each other on, in the order of product, SKU, market and first day.
    #[must_use]
    pub fn contradictions(&self) -> Vec<&PriceEntry> {
        let contradict = |entry: &&PriceEntry| {
            entry.kind.is_none() || entry.tiers.windows(2).any(|pair| matches!(pair, [a, b] if a.begins_with(b)))
        };
        let mut found: Vec<_> = self.entries.iter().flatten().filter(contradict).collect();
        found.sort_by(|a, b| (&a.product, &a.sku, &a.market, a.from).cmp(&(&b.product, &b.sku, &b.market, b.from)));
        found
    }

    /// The price of a product on a day: the one that began last, of the meter where prices differ by meter. `None` where
    /// there is none, and where markets or currencies leave more than one.
    #[must_use]
    pub fn entry(&self, product: &str, sku: &str, meter: &str, day: UsageDay) -> Option<&PriceEntry> {
        let in_force = || self.on(self.place(product, sku), day);
        let names_meter = |entry: &&PriceEntry| entry.meters.iter().any(|known| known.eq_ignore_ascii_case(meter));
        let by_meter = in_force().any(|entry| names_meter(&entry));
        let fits = |entry: &&PriceEntry| {
            if by_meter { names_meter(entry) } else { entry.meters.is_empty() || meter.is_empty() }
        };
        let last = in_force().filter(fits).map(|entry| entry.from).max()?;
        let mut last = in_force().filter(fits).filter(|entry| entry.from == last);
        let first = last.next()?;
        let alike = |entry: &PriceEntry| entry.tiers == first.tiers && entry.currency == first.currency;
        last.all(alike).then_some(first)
    }

    /// What the lists say of a product on a day. What they do not tell of is not there only where they cover the day, all of
    /// their rows could be read, and the line says which product it is.
    #[must_use]
    pub fn listing(&self, ids: &ProductIds, day: UsageDay) -> Listing {
        if ids.product.is_empty() || ids.sku.is_empty() {
            return Listing::default();
        }
        let place = self.place(&ids.product, &ids.sku);
        let is = |kind| move |entry: &PriceEntry| entry.kind == Some(kind);
        let of_plan = || self.on(place, day).filter(|entry| entry.kind != Some(PriceKind::Marketplace));
        let unsure = place.is_some_and(|place| self.unsure.contains(&place));
        let newest = of_plan().map(|entry| entry.from).max();
        let mut newest = of_plan().filter(|entry| Some(entry.from) == newest).peekable();
        let listed = newest.peek().is_some();
        Listing {
            marketplace: self.on(place, day).any(is(PriceKind::Marketplace)),
            third_party: listed && newest.all(is(PriceKind::ThirdParty)),
            absent: !listed && !unsure && self.covers(day),
        }
    }

    /// Do the lists tell of a day what is not there?
    #[must_use]
    pub fn covers(&self, day: UsageDay) -> bool {
        self.covered.iter().any(|(from, until)| (*from..=*until).contains(&day))
    }

    fn place(&self, product: &str, sku: &str) -> Option<u32> {
        self.skus.find(&key(product, sku))
    }

    /// The entries in force on a day.
    fn on(&self, place: Option<u32>, day: UsageDay) -> impl Iterator<Item = &PriceEntry> {
        let entries = place.and_then(|place| self.entries.get(place as usize));
        entries.into_iter().flatten().filter(move |entry| (entry.from..=entry.until).contains(&day))
    }
}

/// One text for product and SKU. A spreadsheet drops the zeros before `0001`.
pub(super) fn key(product: &str, sku: &str) -> String {
    format!("{}/{}", product.trim(), sku.trim().trim_start_matches('0'))
}

/// The days of all files with prices of the Azure plan in force, without those of files that hide products.
fn covered(files: &[PriceRows]) -> Vec<(UsageDay, UsageDay)> {
    let mut changes: BTreeMap<UsageDay, (i64, i64)> = BTreeMap::new();
    for file in files {
        for row in file.rows.iter().filter(|row| row.kind != PriceKind::Marketplace) {
            let hides = i64::from(file.has_unknown_products);
            let begins = changes.entry(row.from).or_default();
            *begins = (begins.0 + 1, begins.1 + hides);
            let ends = changes.entry(row.until.next()).or_default();
            *ends = (ends.0 - 1, ends.1 - hides);
        }
    }
    let (mut shown, mut hidden) = (0, 0);
    let mut covered: Vec<(UsageDay, UsageDay)> = Vec::new();
    let mut begun = None;
    for (day, (show, hide)) in changes {
        let was = shown > 0 && hidden == 0;
        (shown, hidden) = (shown + show, hidden + hide);
        match (was, shown > 0 && hidden == 0) {
            (false, true) => begun = Some(day),
            (true, false) => {
                let until = UsageDay::numbered(day.number().saturating_sub(1));
                covered.extend(begun.take().map(|from| (from, until)));
            }
            _ => {}
        }
    }
    covered
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        text.parse().unwrap()
    }

    fn day(text: &str) -> UsageDay {
        text.parse().unwrap()
    }

    /// A price of 1 in October.
    fn row(product: &str, kind: PriceKind) -> PriceRow {
        PriceRow {
            product: product.to_owned(),
            sku: "0001".to_owned(),
            kind,
            market: "US".to_owned(),
            currency: Currency::USD,
            meters: BTreeSet::new(),
            from: day("2026-10-01"),
            until: day("2026-10-31"),
            unit_of_measure: String::new(),
            tier: Tier::new(None, None, number("1")),
        }
    }

    fn of(rows: &[PriceRow]) -> PriceList {
        PriceList::new(vec![PriceRows { rows: rows.to_vec(), ..PriceRows::default() }])
    }

    fn listing(list: &PriceList, product: &str, on: &str) -> Listing {
        let ids = ProductIds { product: product.to_owned(), sku: "1".to_owned(), ..ProductIds::default() };
        list.listing(&ids, day(on))
    }

    #[test]
    fn days_are_inside_both_bounds() {
        let listed = Listing::default();
        let list = of(&[row("p", PriceKind::ThirdParty), row("m", PriceKind::Marketplace)]);
        for (product, on, expected) in [
            ("p", "2026-09-30", listed),
            ("p", "2026-10-01", Listing { third_party: true, ..listed }),
            ("p", "2026-10-31", Listing { third_party: true, ..listed }),
            ("p", "2026-11-01", listed),
            ("m", "2026-10-31", Listing { marketplace: true, absent: true, ..listed }),
            ("m", "2026-11-01", listed),
            ("x", "2026-10-31", Listing { absent: true, ..listed }),
            ("x", "2026-11-01", listed),
            ("", "2026-10-31", listed),
        ] {
            assert_eq!(listing(&list, product, on), expected, "{product} on {on}");
        }
        assert_eq!(listing(&of(&[row("m", PriceKind::Marketplace)]), "x", "2026-10-04"), listed, "no list of the plan");
    }

    #[test]
    fn what_cannot_be_read_is_not_absent() {
        let rows = |file| PriceRows { rows: vec![row("p", PriceKind::Consumption)], ..file };
        let unsure = BTreeSet::from([("u".to_owned(), "0001".to_owned())]);
        let list = PriceList::new(vec![rows(PriceRows { unsure, ..PriceRows::default() })]);
        assert_eq!(["u", "x"].map(|product| listing(&list, product, "2026-10-04").absent), [false, true]);
        let hiding = rows(PriceRows { has_unknown_products: true, ..PriceRows::default() });
        let later = PriceRow { from: day("2026-10-20"), until: day("2026-11-30"), ..row("p", PriceKind::Consumption) };
        let later = PriceRows { rows: vec![later], ..PriceRows::default() };
        let list = PriceList::new(vec![hiding, later]);
        let days = ["2026-10-19", "2026-10-31", "2026-11-01", "2026-11-30", "2026-12-01"];
        assert_eq!(days.map(|on| list.covers(day(on))), [false, false, true, true, false]);
    }

    #[test]
    fn the_price_that_began_last_is_in_force() {
        let old = PriceRow { until: UsageDay::LAST, ..row("p", PriceKind::Consumption) };
        let new = PriceRow {
            from: day("2026-10-16"),
            tier: Tier::new(None, None, number("2")),
            kind: PriceKind::ThirdParty,
            ..old.clone()
        };
        let german = PriceRow { market: "DE".into(), ..old.clone() };
        let list = of(&[old.clone(), new.clone(), german.clone()]);
        let price = |on: &str| list.entry("P", "1", "", day(on)).map(|entry| entry.tiers[0].unit_price);
        assert_eq!(["2026-10-15", "2026-10-16"].map(price), [Some(number("1")), Some(number("2"))]);
        assert!(listing(&list, "p", "2026-10-16").third_party && !listing(&list, "p", "2026-10-15").third_party);
        let dear = PriceRow { tier: new.tier, ..german.clone() };
        assert_eq!(of(&[old.clone(), dear]).entry("p", "1", "", day("2026-10-04")), None, "two markets, two prices");
        let metered = |meter: &str, price: &str| PriceRow {
            meters: BTreeSet::from([meter.to_owned()]),
            tier: Tier::new(None, None, number(price)),
            ..old.clone()
        };
        let list = of(&[metered("a", "3"), metered("b", "4")]);
        let price = |meter| list.entry("p", "1", meter, day("2026-10-04")).map(|entry| entry.tiers[0].unit_price);
        assert_eq!(["A", "b", "c", ""].map(price), [Some(number("3")), Some(number("4")), None, None]);
        // The list of a later month knows when a price ended.
        let ended = PriceRow { until: day("2026-10-10"), ..old.clone() };
        assert_eq!(of(&[old, ended]).entry("p", "1", "", day("2026-10-11")), None);
    }

    #[test]
    fn contradictions_are_named() {
        let (one, two) = (row("p", PriceKind::Consumption), row("p", PriceKind::ThirdParty));
        let list = of(&[one.clone(), two]);
        assert_eq!(listing(&list, "p", "2026-10-04"), Listing::default(), "listed, and no more is known");
        assert_eq!(list.contradictions().len(), 1);
        let dear = PriceRow { tier: Tier::new(None, None, number("2")), ..one.clone() };
        assert_eq!(of(&[one.clone(), dear]).contradictions().len(), 1);
        assert_eq!(of(&[one.clone(), one]).contradictions().len(), 0, "the same row twice is one");
    }
}
