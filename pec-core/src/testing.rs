//! A seeded generator of realistic daily rated usage files, for tests, demonstrations and benches.
//!
//! One seed gives one month of one indirect provider, the same on every machine: customers with
//! their Azure subscriptions, resource groups and resources, meters with list prices, and lines
//! with and without partner earned credit. What is without credit is known: [`Written`] lists
//! every seeded loss with its scope, its days and its exact list cost, and sums the lines that
//! are without credit by design. So a reader of the file can be checked against its maker.
//!
//! ```
//! use pec_core::testing::{Layout, Month};
//!
//! # fn main() -> std::io::Result<()> {
//! let mut file = Vec::new();
//! let month = Month::new(7).customers(10).lines(500).layout(Layout::Csv55);
//! let written = month.write_to(&mut file)?;
//! assert_eq!(written.rows, 500);
//! assert_eq!(written.bytes, file.len() as u64);
//! # Ok(())
//! # }
//! ```
//!
//! The estate depends on the number of customers alone. More lines give the same resources more
//! rows on each day, so that a reader's memory can be compared between small and large files.
//! Rows go out as they are made; the generator itself needs memory for the estate only.

mod account;
mod catalogue;
mod columns;
mod day;
mod estate;
mod lines;
mod number;
mod random;
mod shape;
mod text;
mod write;

use std::io::{self, Write};

pub use account::{Kind, Loss, Tally, Written};
pub use day::Day;
use estate::Estate;
pub use number::Cost;
use number::Number;

/// A month of usage to be written.
#[derive(Clone, Debug)]
pub struct Month {
    seed: u64,
    lines: u64,
    customers: u32,
    year: u16,
    month: u8,
    layout: Layout,
    broken_rows: u32,
}

impl Month {
    /// October 2025 with 20,000 lines and 12 customers, in the CSV layout of today.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { seed, lines: 20_000, customers: 12, year: 2025, month: 10, layout: Layout::Csv55, broken_rows: 0 }
    }

    /// Sets the exact number of data rows.
    #[must_use]
    pub const fn lines(self, lines: u64) -> Self {
        Self { lines, ..self }
    }

    /// Sets the number of customers (at least one), each with about two subscriptions and fifty
    /// resources. Every kind of loss occurs from about ten customers on, when there are lines
    /// enough to show it: about 500 for each customer (1,500 give each resource a line a day).
    #[must_use]
    pub const fn customers(self, customers: u32) -> Self {
        Self { customers, ..self }
    }

    /// Sets the month; years outside 2000 to 2099 and months outside 1 to 12 become the nearest.
    #[must_use]
    pub const fn first_day(self, year: u16, month: u8) -> Self {
        Self { year, month, ..self }
    }

    /// Sets the layout. The rows of a seed are the same in all of them.
    #[must_use]
    pub const fn layout(self, layout: Layout) -> Self {
        Self { layout, ..self }
    }

    /// Makes so many of the rows unreadable, evenly spread: a day that does not exist, a price
    /// with a decimal comma, no quantity, a currency that is none, a row cut short.
    #[must_use]
    pub const fn broken_rows(self, broken_rows: u32) -> Self {
        Self { broken_rows, ..self }
    }

    /// Writes the file and tells what it holds.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn write_to(&self, out: &mut impl Write) -> io::Result<Written> {
        let days = Day::first_of(self.year, self.month).days_in_month();
        let estate = Estate::new(self.seed, self.customers, days);
        lines::Generator::new(self, estate.slots, out).run(&estate)
    }

    /// The month's rate of the dollar in euro, nine decimals.
    fn euro_rate(&self) -> Number {
        let rate = 846_202_666 + random::mix(self.seed, 10) % 90_000_000;
        Number::new(i64::try_from(rate).unwrap_or(1), 9)
    }
}

/// The layout of a usage file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// CSV with all 55 columns.
    Csv55,
    /// CSV of 2021 and 2022, up to `CreditType`.
    Csv52,
    /// CSV before March 2021, up to `PartnerEarnedCreditPercentage`.
    Csv50,
    /// JSON Lines of a Graph export, attribute set "full".
    JsonLinesFull,
    /// JSON Lines of a Graph export, attribute set "basic".
    JsonLinesBasic,
    /// One JSON document of the v1 API.
    V1,
}

impl Layout {
    /// All layouts.
    pub const ALL: [Self; 6] =
        [Self::Csv55, Self::Csv52, Self::Csv50, Self::JsonLinesFull, Self::JsonLinesBasic, Self::V1];

    /// A short name: `csv55`, `csv52`, `csv50`, `jsonl-full`, `jsonl-basic`, `v1`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv55 => "csv55",
            Self::Csv52 => "csv52",
            Self::Csv50 => "csv50",
            Self::JsonLinesFull => "jsonl-full",
            Self::JsonLinesBasic => "jsonl-basic",
            Self::V1 => "v1",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::{Kind, Layout, Month, Tally, Written};

    fn file(month: &Month) -> io::Result<(String, Written)> {
        let mut out = Vec::new();
        let written = month.write_to(&mut out)?;
        assert_eq!(written.bytes, out.len() as u64);
        Ok((String::from_utf8(out).map_err(io::Error::other)?, written))
    }

    /// The records of a CSV text, its header included.
    fn records(text: &str) -> Vec<Vec<String>> {
        let (mut all, mut record, mut field, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
        let mut bytes = text.chars().peekable();
        while let Some(byte) = bytes.next() {
            match byte {
                '"' if quoted && bytes.next_if_eq(&'"').is_some() => field.push('"'),
                '"' => quoted = !quoted,
                ',' if !quoted => record.push(std::mem::take(&mut field)),
                '\n' if !quoted => {
                    record.push(std::mem::take(&mut field));
                    all.push(std::mem::take(&mut record));
                }
                other => field.push(other),
            }
        }
        all
    }

    fn column(records: &[Vec<String>], name: &str) -> Vec<String> {
        let at = records.first().and_then(|head| head.iter().position(|column| column == name));
        let cell = |record: &Vec<String>| at.and_then(|at| record.get(at)).cloned().unwrap_or_default();
        records.iter().skip(1).map(cell).collect()
    }

    /// The value of a property in every line of JSON, quotes taken off.
    fn property(lines: &str, name: &str) -> Vec<String> {
        let key = format!("\"{name}\":");
        let value = |line: &str| {
            let rest = line.split_once(&key).map_or("", |(_, rest)| rest);
            let end = if rest.starts_with('"') { rest.find("\",") } else { rest.find([',', '}']) };
            rest.split_at(end.unwrap_or(rest.len())).0.trim_matches('"').to_owned()
        };
        lines.lines().filter(|line| line.contains(&key)).map(value).collect()
    }

    #[test]
    fn one_seed_gives_one_file() -> io::Result<()> {
        let month = Month::new(11).lines(3_000);
        let (first, written) = file(&month)?;
        assert_eq!((first.clone(), written), file(&month)?);
        assert_ne!(first, file(&Month::new(12).lines(3_000))?.0);
        Ok(())
    }

    #[test]
    fn the_number_of_rows_is_exact() -> io::Result<()> {
        for lines in [0, 1, 7, 1_000, 9_001] {
            let (text, written) = file(&Month::new(1).customers(3).lines(lines))?;
            assert_eq!(written.rows, lines);
            let records = records(&text);
            assert_eq!(records.len() as u64, lines + 1);
            assert!(records.iter().all(|record| record.len() == 55));
        }
        Ok(())
    }

    #[test]
    fn every_kind_occurs_and_every_line_is_counted_once() -> io::Result<()> {
        for seed in 0..8 {
            let (_, written) = file(&Month::new(seed).broken_rows(9))?;
            for kind in Kind::LOSSES.into_iter().chain(Kind::BY_DESIGN).chain(Kind::USUAL) {
                assert!(written.tally(kind).lines > 0, "no {kind:?} with seed {seed}");
            }
            let kinds = Kind::LOSSES.into_iter().chain(Kind::BY_DESIGN);
            let lines: u64 = kinds.map(|kind| written.tally(kind).lines).sum();
            assert_eq!(written.earned.lines + lines + written.broken.len() as u64, written.rows);
            assert_eq!(written.broken.len(), 9);
        }
        Ok(())
    }

    #[test]
    fn all_layouts_have_the_same_rows() -> io::Result<()> {
        let month = Month::new(5).lines(4_000);
        let (csv, written) = file(&month.clone())?;
        let csv = records(&csv);
        for (layout, names) in [
            (Layout::JsonLinesFull, ["EntitlementId", "UnitPrice", "Quantity", "CreditType", "BenefitOrderID"]),
            (Layout::JsonLinesBasic, ["EntitlementId", "UnitPrice", "Quantity", "CreditType", "BenefitOrderID"]),
            (Layout::V1, ["entitlementId", "unitPrice", "quantity", "creditType", "benefitOrderId"]),
        ] {
            let (json, mut same) = file(&month.clone().layout(layout))?;
            same.bytes = written.bytes;
            assert_eq!(same, written);
            for (json_name, name) in
                names.into_iter().zip(["EntitlementId", "UnitPrice", "Quantity", "CreditType", "BenefitOrderId"])
            {
                assert_eq!(property(&json, json_name), column(&csv, name), "{name} of {layout:?}");
            }
        }
        for layout in [Layout::Csv52, Layout::Csv50] {
            let short = records(&file(&month.clone().layout(layout))?.0);
            assert!(short.iter().zip(&csv).all(|(short, long)| long.starts_with(short)));
        }
        Ok(())
    }

    #[test]
    fn more_lines_leave_the_estate_as_it_is() -> io::Result<()> {
        let resources = |lines| -> io::Result<Vec<String>> {
            let mut all = column(&records(&file(&Month::new(2).customers(2).lines(lines))?.0), "ResourceURI");
            all = all.iter().map(|uri| uri.to_lowercase()).collect();
            all.sort();
            all.dedup();
            Ok(all)
        };
        assert_eq!(resources(4_000)?, resources(12_000)?);
        Ok(())
    }

    #[test]
    fn flags_agree_with_the_account() -> io::Result<()> {
        let (text, written) = file(&Month::new(3))?;
        let records = records(&text);
        let credit = column(&records, "CreditType");
        let azure = credit.iter().filter(|text| *text == "Azure Credit Applied").count() as u64;
        assert_eq!(azure, written.tally(Kind::AzureCredit).lines);
        let pec = column(&records, "PartnerEarnedCreditPercentage");
        let totals = column(&records, "PricingPreTaxTotal");
        let paid = pec.iter().zip(&totals).filter(|(pec, total)| *pec == "15" && *total != "0").count() as u64;
        assert_eq!(paid, written.earned.lines);
        assert_ne!(written.earned, Tally::default());
        Ok(())
    }

    #[test]
    fn broken_rows_are_where_they_are_said_to_be() -> io::Result<()> {
        let month = Month::new(4).lines(500).broken_rows(5);
        let (text, written) = file(&month)?;
        let records = records(&text);
        let is_broken = |record: &Vec<String>| {
            record.len() != 55
                || record.iter().any(|cell| ["31/31/2025", "1,5", "US$"].contains(&cell.as_str()))
                || record.get(34).is_some_and(String::is_empty)
        };
        let found: Vec<u64> = (0..).zip(&records).filter(|(_, record)| is_broken(record)).map(|(row, _)| row).collect();
        assert_eq!(found, written.broken);
        Ok(())
    }
}
