//! Price lists of Partner Center to prices.
//!
//! A row that cannot be read is counted and reported. What it may have priced is never taken to be absent: where the row
//! tells its product, that product; else every product of its file.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::list_days::{DayOrder, Written};
use super::{RowIssue, commas};
use crate::day::UsageDay;
use crate::money::{Currency, Number};
use crate::product::{PriceEntry, PriceKind, PriceList, PriceRow, PriceRows, Tier, is_microsoft, whole_sku};
use crate::read::{Input, PriceColumn, ReadError, TableRow, read_table};

/// How many row issues of one file are kept whole; the rest are counted.
const ISSUES_KEPT: usize = 100;

/// What was read of price lists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PricesRead {
    /// The files, in the order they were given.
    pub files: Vec<PriceListFacts>,
    /// Prices that rows contradict each other on. Such a product is listed, but has no price; nor a kind, where they differ
    /// in that.
    pub contradictions: Vec<Contradiction>,
}

impl PricesRead {
    /// What this and another reading have read; what both have is there once.
    #[must_use]
    pub fn with(mut self, other: &Self) -> Self {
        let new_files: Vec<_> = other.files.iter().filter(|file| !self.files.contains(file)).cloned().collect();
        self.files.extend(new_files);
        let new: Vec<_> =
            other.contradictions.iter().filter(|one| !self.contradictions.contains(one)).cloned().collect();
        self.contradictions.extend(new);
        self
    }
}

/// Facts of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PriceListFacts {
    /// Its name.
    pub file: String,
    /// `CSV`, `CSV with semicolons and decimal commas`, `JSON Lines` and the like, with `, gzip` or `, zip` behind it where it was packed.
    pub format: String,
    /// Rows, unreadable ones included.
    pub rows: u64,
    /// Rows of first-party products of the Azure plan consumption price list.
    pub consumption: u64,
    /// Rows of that list with the tag for products of third parties.
    pub third_party: u64,
    /// Rows of the marketplace price list.
    pub marketplace: u64,
    /// Rows of reservations and licences, which are passed over.
    pub passed_over: u64,
    /// Rows that could not be read.
    pub row_issues: u64,
    /// The markets.
    pub markets: BTreeSet<String>,
    /// The currencies.
    pub currencies: BTreeSet<Currency>,
    /// The first day on which a price is in force.
    pub first_day: Option<UsageDay>,
    /// The last day on which a price is in force; open prices end in 2099.
    pub last_day: Option<UsageDay>,
    /// Can what is not in it be told to be absent? Not where a row does not even tell its product.
    pub shows_absence: bool,
    /// Columns that are not documented; they were passed over.
    pub unknown_columns: BTreeSet<String>,
    /// The first row issues.
    pub issues: Vec<RowIssue>,
}

/// A price that rows contradict each other on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Contradiction {
    /// `ProductId`.
    pub product: String,
    /// `SkuId`.
    pub sku: String,
    /// The market; blank where the list does not say.
    pub market: String,
    /// The first day of the price.
    pub first_day: UsageDay,
}

impl Contradiction {
    fn of(entry: &PriceEntry) -> Self {
        let (product, sku, market) = (entry.product.clone(), entry.sku.clone(), entry.market.clone());
        Self { product, sku, market, first_day: entry.from }
    }
}

/// Reads price lists: Azure plan consumption and marketplace, in any order. Each row tells which list it is of.
///
/// # Errors
///
/// [`ReadError`] where a file cannot be used.
pub fn read<'a>(inputs: impl IntoIterator<Item = Input<'a>>) -> Result<(PriceList, PricesRead), ReadError> {
    let (mut rows, mut files) = (Vec::new(), Vec::new());
    for input in inputs {
        let (found, facts) = read_file(input)?;
        rows.push(found);
        files.push(facts);
    }
    let list = PriceList::new(rows);
    let contradictions = list.contradictions().into_iter().map(Contradiction::of).collect();
    Ok((list, PricesRead { files, contradictions }))
}

fn read_file(input: Input<'_>) -> Result<(PriceRows, PriceListFacts), ReadError> {
    let name: Arc<str> = input.name().into();
    let (mut rows, mut facts, mut found) = (PriceRows::default(), PriceListFacts::default(), Vec::new());
    let mut order = DayOrder::default();
    let table = read_table(input, &mut |number, row| match row {
        Ok(row) => {
            // Of reservations and of rows that cannot be read, too.
            order.note(row.saved, DAYS.iter().filter_map(|column| Written::read(&row.cell(*column).text().ok()?)));
            match price_row(&name, row) {
                Ok(Some(price)) => found.push(price),
                Ok(None) => facts.passed_over += 1,
                Err(issue) => {
                    note_unread(&mut rows, row);
                    facts.issue(issue);
                }
            }
        }
        Err(malformed) => {
            rows.has_unknown_products = true;
            facts.issue(RowIssue::of_row(&name, number, malformed));
        }
    })?;
    let (first, mut later) = (std::mem::take(&mut facts.issues), PriceListFacts::default());
    for found in found {
        let (product, sku) = (found.price.product.clone(), found.price.sku.clone());
        match found.settled(order) {
            Ok(price) => facts.add(&mut rows, price),
            Err((number, column, found, expected)) => {
                rows.unsure.insert((product, sku));
                let (column, expected) = (table.heading.spelled(column).to_owned(), expected.to_owned());
                later.issue(RowIssue { file: Arc::clone(&name), row: number, column, found, expected });
            }
        }
    }
    facts.row_issues += later.row_issues;
    facts.issues = first.into_iter().chain(later.issues).collect();
    facts.issues.sort_by_key(|issue| issue.row);
    facts.issues.truncate(ISSUES_KEPT);
    facts.file = table.name.to_string();
    facts.format = table.format();
    facts.rows = table.rows;
    facts.unknown_columns = table.heading.unknown().map(str::to_owned).collect();
    facts.shows_absence = !rows.has_unknown_products;
    Ok((rows, facts))
}

impl PriceListFacts {
    fn add(&mut self, rows: &mut PriceRows, row: PriceRow) {
        match row.kind {
            PriceKind::Consumption => self.consumption += 1,
            PriceKind::ThirdParty => self.third_party += 1,
            PriceKind::Marketplace => self.marketplace += 1,
        }
        if !row.market.is_empty() {
            self.markets.insert(row.market.clone());
        }
        self.currencies.insert(row.currency);
        self.first_day = Some(self.first_day.map_or(row.from, |first| first.min(row.from)));
        self.last_day = Some(self.last_day.map_or(row.until, |last| last.max(row.until)));
        rows.rows.push(row);
    }

    fn issue(&mut self, issue: RowIssue) {
        self.row_issues += 1;
        if self.issues.len() < ISSUES_KEPT {
            self.issues.push(issue);
        }
    }
}

type Row<'r> = TableRow<'r, PriceColumn>;

const DAYS: [PriceColumn; 2] = [PriceColumn::EffectiveStartDate, PriceColumn::EffectiveEndDate];

/// What an unreadable row may have priced is not known to be absent.
fn note_unread(rows: &mut PriceRows, row: Row<'_>) {
    let id = |column| {
        let whole = !commas::lost_digits_of_sku(row.cell(column).raw());
        row.cell(column).text().ok().filter(|id| whole && !id.is_empty()).map(Cow::into_owned)
    };
    match (id(PriceColumn::ProductId), id(PriceColumn::SkuId)) {
        (Some(product), Some(sku)) => {
            rows.unsure.insert((product, sku));
        }
        _ => rows.has_unknown_products = true,
    }
}

/// A price of which the days are not known before the whole file is read: other rows may settle day and month.
struct Found {
    number: u64,
    /// The price, on all days.
    price: PriceRow,
    from: Option<Written>,
    until: Option<Written>,
    /// The days as found.
    shown: [String; 2],
}

/// Where a price is no price: row, column, what was found and expected.
type Unsettled = (u64, PriceColumn, String, &'static str);

impl Found {
    fn settled(self, order: DayOrder) -> Result<PriceRow, Unsettled> {
        let Self { number, mut price, from, until, shown: [start, end] } = self;
        if let Some(written) = from {
            price.from = order.day(written).ok_or((number, PriceColumn::EffectiveStartDate, start, UNSETTLED))?;
        }
        if let Some(written) = until {
            let Some(day) = order.day(written) else {
                return Err((number, PriceColumn::EffectiveEndDate, end, UNSETTLED));
            };
            price.until = day;
        }
        if price.until < price.from {
            return Err((number, PriceColumn::EffectiveEndDate, end, "a day not before `EffectiveStartDate`"));
        }
        Ok(price)
    }
}

/// What is expected of a day of which nothing settles day and month.
const UNSETTLED: &str = "a date such as `2026-10-04`: a spreadsheet may have swapped day and month, and no other date of the file, \
                         or more than one, tells which comes first";

/// The price of a row; `None` for reservations and licences.
fn price_row(file: &Arc<str>, row: Row<'_>) -> Result<Option<Found>, RowIssue> {
    let issue = |column, expected: &str| RowIssue::of_cell(file, row, column, expected);
    let text = |column| row.cell(column).text().map_err(|_| issue(column, "UTF-8 text"));
    let number = |column| {
        let read = |text: &str| commas::number(text, row.decimals).map_err(|expected| issue(column, &expected));
        text(column).and_then(|text| if text.is_empty() { Ok(None) } else { read(&text).map(Some) })
    };
    let id = |column| {
        let id = text(column)?.into_owned();
        if commas::lost_digits_of_sku(row.cell(column).raw()) {
            return Err(issue(column, commas::WHOLE_ID));
        }
        let expected = "an id of at most 128 characters";
        let fits = !id.is_empty() && id.len() <= 128 && !id.chars().any(char::is_control);
        if fits { Ok(id) } else { Err(issue(column, expected)) }
    };
    let (product, sku) = (id(PriceColumn::ProductId)?, whole_sku(id(PriceColumn::SkuId)?.into()).into_owned());
    let (tags, publisher) = (tags(&text(PriceColumn::Tags)?), text(PriceColumn::Publisher)?);
    let Some(kind) = kind(&tags, &publisher, &text(PriceColumn::TermDuration)?) else { return Ok(None) };
    let day = |column| match text(column)? {
        blank if blank.is_empty() => Ok(None),
        found => Written::read(&found)
            .map(Some)
            .ok_or_else(|| issue(column, "a date such as `2026-10-04` or `10/4/2026 12:00:00 AM`, month first")),
    };
    let (from, until) = (day(PriceColumn::EffectiveStartDate)?, day(PriceColumn::EffectiveEndDate)?);
    let currency = match text(PriceColumn::Currency)? {
        blank if blank.is_empty() => Currency::USD,
        code => {
            code.parse().map_err(|_| issue(PriceColumn::Currency, "a currency code of three letters, such as `USD`"))?
        }
    };
    let unit_price = number(PriceColumn::UnitPrice)?.filter(|price| price.mantissa() >= 0).ok_or_else(|| {
        issue(PriceColumn::UnitPrice, "a plain decimal number such as `0.045` or `8.5e-05`, not below 0")
    })?;
    let max = number(PriceColumn::TierMax)?.filter(|max| !is_endless(*max));
    let tier = Tier::new(number(PriceColumn::TierMin)?, max, unit_price);
    let meters = text(PriceColumn::MeterIds)?;
    let meters = meters.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).filter(|id| !id.is_empty());
    let price = PriceRow {
        product,
        sku,
        kind,
        market: text(PriceColumn::Market)?.to_uppercase(),
        currency,
        meters: meters.map(str::to_ascii_lowercase).collect(),
        from: UsageDay::FIRST,
        until: UsageDay::LAST,
        unit_of_measure: text(PriceColumn::UnitOfMeasure)?.into_owned(),
        tier,
    };
    Ok(Some(Found { number: row.number, price, from, until, shown: DAYS.map(|column| row.cell(column).shown()) }))
}

/// Tags without case, blanks and signs: `Third Party` and `ThirdParty` are one (R57).
fn tags(text: &str) -> BTreeSet<String> {
    let plain = |tag: &str| tag.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    text.split([',', ';', '|']).map(plain).collect()
}

/// Which list a row is of. In the list of the Azure plan the publisher is always Microsoft; another one is found on the
/// marketplace. Reservations carry a tag and an ISO 8601 term, consumption a term such as `payG-1` or none.
fn kind(tags: &BTreeSet<String>, publisher: &str, term: &str) -> Option<PriceKind> {
    let has = |any: &[&str]| any.iter().any(|tag| tags.contains(*tag));
    let of_plan = has(&["azure", "consumption", "reservation", "reservations", "thirdparty"]);
    if has(&["marketplace"]) || (!of_plan && !publisher.is_empty() && !is_microsoft(publisher)) {
        return Some(PriceKind::Marketplace);
    }
    let reserved = has(&["reservation", "reservations"]) && !has(&["consumption"]);
    let term = matches!(term.as_bytes(), [b'P' | b'p', b'0'..=b'9', ..]);
    match (reserved || term || has(&["license"]), has(&["thirdparty"])) {
        (true, _) => None,
        (false, true) => Some(PriceKind::ThirdParty),
        (false, false) => Some(PriceKind::Consumption),
    }
}

/// Is this the largest number there is? A spreadsheet cuts `Int64.MaxValue` to 9223372036854780000.
fn is_endless(max: Number) -> bool {
    const DIGITS: i128 = 9_223_372_036_854;
    max.scale() == 0 && max.mantissa() / 1_000_000 >= DIGITS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::product::ProductIds;

    fn read_text(text: &str) -> (PriceList, PricesRead) {
        read([Input::new("prices.csv", text.as_bytes())]).unwrap()
    }

    const HEADER: &str = "ProductTitle,ProductId,SkuId,SkuTitle,Publisher,SkuDescription,UnitOfMeasure,TermDuration,Market,\
                          Currency,UnitPrice,PricingTierRangeMin,PricingTierRangeMax,EffectiveStartDate,EffectiveEndDate,\
                          MeterIds,MeterType,Tags\n";

    #[test]
    fn the_published_row_is_read_whole() {
        let row = "\"Advanced Data Security\",DZH318Z0C16V,001J,t,Microsoft,d,1 Node/Month,payG-1,us,USD,15,,,3/1/2018 12:00:00 AM,\
                   11/30/9999 11:59:59 PM,cb0969aa-aaaa-4d6c-ab4b-7e182fa06aff,1 Node/Month,Azure\n";
        let (list, read) = read_text(&format!("{HEADER}{row}"));
        let file = &read.files[0];
        assert_eq!((file.consumption, file.rows, file.shows_absence), (1, 1, true));
        assert_eq!((file.first_day.unwrap().to_string(), file.last_day), ("2018-03-01".into(), Some(UsageDay::LAST)));
        assert!(file.unknown_columns.is_empty() && file.markets.contains("US"));
        let day = "2026-10-04".parse().unwrap();
        let entry = list.entry("DZH318Z0C16V", "001J", "CB0969AA-aaaa-4d6c-ab4b-7e182fa06aff", day).unwrap();
        assert_eq!(entry.tier_cost("2".parse().unwrap()).unwrap().to_string(), "30.00");
        assert_eq!(entry.unit_of_measure, "1 Node/Month");
    }

    #[test]
    fn kinds_of_rows() {
        use PriceKind::{Consumption, Marketplace, ThirdParty};
        for (text, publisher, term, expected) in [
            ("", "", "", Some(Consumption)),
            ("Azure", "Microsoft", "payG-1", Some(Consumption)),
            ("Azure, Consumption", "Microsoft", "", Some(Consumption)),
            ("Azure;ThirdParty", "Microsoft", "", Some(ThirdParty)),
            ("azure,consumption,third party", "Contoso", "", Some(ThirdParty)),
            ("Azure, Reservation", "Microsoft", "P1Y", None),
            ("Azure, Reservations", "Microsoft", "", None),
            ("License", "Microsoft Corporation", "P1Y", None),
            ("", "Contoso", "P1M", Some(Marketplace)),
            ("Marketplace", "", "", Some(Marketplace)),
        ] {
            assert_eq!(kind(&tags(text), publisher, term), expected, "{text} {publisher} {term}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let text = "ProductId,SkuId,UnitPrice,Currency,EffectiveStartDate,EffectiveEndDate,PricingTierRangeMax\n\
                    P,1,=1+1,,,,\nP,1,1,US$,,,\nP,1,1,,31/31/2026,,\nP,1,1,,2/1/2026,1/1/2026,\n,1,1,,,,\nP,1,1,,,,many\nP,1\nP,1,,,,,\nP,1,-1,,,,\n";
        let (_, read) = read_text(text);
        let file = &read.files[0];
        let issues: Vec<_> =
            file.issues.iter().map(|issue| format!("{} {} {}", issue.row, issue.column, issue.found)).collect();
        assert_eq!(
            issues,
            [
                "2 UnitPrice =1+1",
                "3 Currency US$",
                "4 EffectiveStartDate 31/31/2026",
                "5 EffectiveEndDate 1/1/2026",
                "6 ProductId ",
                "7 PricingTierRangeMax many",
                "8  2 fields",
                "9 UnitPrice ",
                "10 UnitPrice -1",
            ]
        );
        assert_eq!((file.rows, file.row_issues, file.consumption, file.shows_absence), (9, 9, 0, false));
    }

    /// The days of each product, and the issues.
    fn days(text: &str) -> (Vec<String>, Vec<String>) {
        let (list, read) = read_text(text);
        let products = ["A", "B", "C"].iter();
        let day = "2026-10-20".parse().unwrap();
        let shown = |entry: &PriceEntry| {
            format!("{} {} {}..{}", entry.product, entry.tiers[0].unit_price, entry.from, entry.until)
        };
        let prices = products.filter_map(|product| list.entry(product, "0001", "", day).map(shown)).collect();
        let file = &read.files[0];
        (prices, file.issues.iter().map(|issue| format!("{} {} {}", issue.row, issue.column, issue.found)).collect())
    }

    #[test]
    fn what_a_spreadsheet_saved_is_read() {
        const HEADER: &str = "ProductId;SkuId;UnitPrice;EffectiveStartDate;EffectiveEndDate\n";
        let read = vec!["A 0.5 2026-10-02..2026-10-31".to_owned(), "B 1234.5 2026-10-01..2099-12-31".to_owned()];
        for rows in [
            "A;1;0,5;02.10.2026;31.10.2026\nB;1;1.234,5;01.10.2026;\n",
            "A;1;0,5;10.02.2026 00:00;10/31/2026 11:59:59 PM\nB;1;1.234,5;10.01.2026;\n",
            "A;1;0,5;2026-10-02;2026-10-31\nB;0001;1.234,5;2026-10-01;30.11.9999\n",
        ] {
            assert_eq!(days(&format!("{HEADER}{rows}")), (read.clone(), Vec::new()), "{rows}");
        }
    }

    #[test]
    fn what_a_spreadsheet_took_away_is_an_issue() {
        let text = "ProductId;SkuId;UnitPrice;EffectiveStartDate;EffectiveEndDate\n\
                    A;1;0,5;01.10.2026;\nB;1;1.234;;\nC;5E+10;1,5;;\nC;5E10;2,5;;\nC;0001;2,5;;\n";
        let (prices, issues) = days(text);
        assert_eq!(prices, ["C 2.5 2000-01-01..2099-12-31"]);
        assert_eq!(issues, ["2 EffectiveStartDate 01.10.2026", "3 UnitPrice 1.234", "4 SkuId 5E+10"]);
        let (list, read) = read_text(text);
        let day = "2026-10-20".parse().unwrap();
        let ids = |product: &str| ProductIds { product: product.into(), sku: "0009".into(), ..ProductIds::default() };
        assert!(!list.listing(&ids("C"), day).absent && !read.files[0].shows_absence, "nobody knows which SKU it was");
    }

    #[test]
    fn only_int64_and_its_cut_forms_are_endless() {
        for text in ["9223372036854775807", "9223372036854780000", "9.22337203685478E+18"] {
            assert!(is_endless(text.parse().unwrap()), "{text}");
        }
        for text in ["100000", "922337203685477580", "0.5"] {
            assert!(!is_endless(text.parse().unwrap()), "{text}");
        }
    }
}
