//! Rows to bytes: one template for every resource and meter, with holes for what changes.

use super::Layout;
use super::columns::{COLUMNS, COUNT, Column};
use super::day::Day;
use super::number::Number;

/// What a column holds in all rows of a template.
#[derive(Clone, Copy)]
pub(super) enum Cell<'a> {
    Text(&'a str),
    Number(Number),
    Day(Day),
    Hole(Hole),
}

/// A column that changes from row to row.
#[derive(Clone, Copy)]
pub(super) enum Hole {
    UsageDate,
    UnitPrice,
    Quantity,
    BillingTotal,
    PricingTotal,
    PricingCurrency,
    AdditionalInfo,
    EffectivePrice,
    PecPercent,
    CreditPercent,
    CreditType,
    BenefitOrder,
    Benefit,
    BenefitType,
}

/// The credit that a line shows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Credit {
    None,
    PartnerEarned,
    Azure,
}

/// What a broken row has wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Damage {
    UsageDate,
    UnitPrice,
    Quantity,
    PricingCurrency,
    CutShort,
}

/// The changing part of one row.
pub(super) struct Line<'a> {
    pub(super) day: Day,
    pub(super) price: Number,
    pub(super) quantity: Number,
    pub(super) billing: Number,
    pub(super) pricing: Number,
    pub(super) effective: Number,
    pub(super) info: &'a str,
    pub(super) credit: Credit,
    /// Order id, id and type of a benefit; blank without one.
    pub(super) benefit: (&'a str, &'a str, &'a str),
    pub(super) damage: Option<Damage>,
}

impl Layout {
    const fn is_csv(self) -> bool {
        matches!(self, Self::Csv55 | Self::Csv52 | Self::Csv50)
    }

    fn name_of(self, place: usize, column: &Column) -> Option<&'static str> {
        match self {
            Self::Csv55 => Some(column.csv),
            Self::Csv52 => (place < 52).then_some(column.csv),
            Self::Csv50 => (place < 50).then_some(column.csv),
            Self::JsonLinesFull => column.full.then_some(column.graph),
            Self::JsonLinesBasic => column.basic.then_some(column.graph),
            Self::V1 => Some(column.v1),
        }
    }

    /// Writes what stands before the first row.
    pub(super) fn write_head(self, rows: u64, out: &mut Vec<u8>) {
        if self == Self::V1 {
            out.extend_from_slice(format!("{{\"totalCount\":{rows},\"items\":[\n").as_bytes());
        }
        if self.is_csv() {
            let names = COLUMNS.iter().enumerate().filter_map(|(place, column)| self.name_of(place, column));
            for (place, name) in names.enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                out.extend_from_slice(name.as_bytes());
            }
            out.push(b'\n');
        }
    }

    /// Writes what stands after the last row.
    pub(super) fn write_foot(self, out: &mut Vec<u8>) {
        if self == Self::V1 {
            out.extend_from_slice(b"\n],\"attributes\":{\"objectType\":\"Collection\"}}\n");
        }
    }

    fn write_text(self, text: &str, out: &mut Vec<u8>) {
        if !self.is_csv() {
            write_json_text(text, out);
        } else if text.bytes().any(|b| matches!(b, b'"' | b',' | b'\n' | b'\r')) {
            out.push(b'"');
            for part in text.split_inclusive('"') {
                out.extend_from_slice(part.as_bytes());
                if part.ends_with('"') {
                    out.push(b'"');
                }
            }
            out.push(b'"');
        } else {
            out.extend_from_slice(text.as_bytes());
        }
    }

    fn write_day(self, day: Day, out: &mut Vec<u8>) {
        if self.is_csv() {
            day.write_us(out);
        } else {
            out.push(b'"');
            day.write_iso(out);
            out.push(b'"');
        }
    }

    fn write_percent(self, percent: i64, out: &mut Vec<u8>) {
        let scale = if self == Self::V1 { 2 } else { 0 };
        Number::new(percent, scale).write(out);
    }
}

fn write_json_text(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for part in text.split_inclusive(['"', '\\', '\n', '\r']) {
        let (rest, escaped): (&str, &[u8]) = if let Some(rest) = part.strip_suffix('"') {
            (rest, b"\\\"")
        } else if let Some(rest) = part.strip_suffix('\\') {
            (rest, b"\\\\")
        } else if let Some(rest) = part.strip_suffix('\n') {
            (rest, b"\\n")
        } else if let Some(rest) = part.strip_suffix('\r') {
            (rest, b"\\r")
        } else {
            (part, b"")
        };
        out.extend_from_slice(rest.as_bytes());
        out.extend_from_slice(escaped);
    }
    out.push(b'"');
}

/// All rows of one resource and meter: their common bytes and the holes between them.
pub(super) struct Template {
    layout: Layout,
    bytes: Vec<u8>,
    holes: Vec<(usize, Hole)>,
}

impl Template {
    pub(super) fn new(layout: Layout) -> Self {
        Self { layout, bytes: Vec::with_capacity(4096), holes: Vec::with_capacity(COUNT) }
    }

    /// Lays the template out for `cells`; `provider` is the billing provider, shown by the v1
    /// API alone.
    pub(super) fn fill(&mut self, cells: &[Cell<'_>; COUNT], provider: &str) {
        let layout = self.layout;
        self.bytes.clear();
        self.holes.clear();
        let mut first = true;
        for (place, (column, cell)) in COLUMNS.iter().zip(cells).enumerate() {
            let Some(name) = layout.name_of(place, column) else {
                continue;
            };
            if !first {
                self.bytes.push(b',');
            } else if !layout.is_csv() {
                self.bytes.push(b'{');
            }
            first = false;
            if !layout.is_csv() {
                write_json_text(name, &mut self.bytes);
                self.bytes.push(b':');
            }
            match *cell {
                Cell::Text(text) => layout.write_text(text, &mut self.bytes),
                Cell::Number(number) => number.write(&mut self.bytes),
                Cell::Day(day) => layout.write_day(day, &mut self.bytes),
                Cell::Hole(hole) => self.holes.push((self.bytes.len(), hole)),
            }
        }
        if layout == Layout::V1 {
            self.bytes.extend_from_slice(b",\"invoiceLineItemType\":\"usage_line_items\",\"billingProvider\":");
            write_json_text(provider, &mut self.bytes);
            self.bytes.extend_from_slice(b",\"attributes\":{\"objectType\":\"DailyRatedUsageLineItem\"}");
        }
        if !layout.is_csv() {
            self.bytes.push(b'}');
        }
        if layout != Layout::V1 {
            self.bytes.push(b'\n');
        }
    }

    /// Writes one row, its end included; in the v1 API a row after the first begins with a comma.
    pub(super) fn write(&self, line: &Line<'_>, first: bool, out: &mut Vec<u8>) {
        if self.layout == Layout::V1 && !first {
            out.extend_from_slice(b",\n");
        }
        let mut from = 0;
        for &(to, hole) in &self.holes {
            out.extend_from_slice(self.bytes.get(from..to).unwrap_or_default());
            from = to;
            // A document cannot lose half a row and be read on, so there the quantity suffers.
            if matches!(hole, Hole::UsageDate) && line.damage == Some(Damage::CutShort) && self.layout != Layout::V1 {
                out.push(b'\n');
                return;
            }
            self.write_hole(hole, line, out);
        }
        out.extend_from_slice(self.bytes.get(from..).unwrap_or_default());
    }

    fn write_hole(&self, hole: Hole, line: &Line<'_>, out: &mut Vec<u8>) {
        let layout = self.layout;
        let text = |text: &str, out: &mut Vec<u8>| layout.write_text(text, out);
        match (hole, line.damage) {
            (Hole::UsageDate, Some(Damage::UsageDate)) => text("31/31/2025", out),
            (Hole::UnitPrice, Some(Damage::UnitPrice)) => text("1,5", out),
            (Hole::Quantity, Some(Damage::Quantity)) => text("", out),
            (Hole::Quantity, Some(Damage::CutShort)) => text("n/a", out),
            (Hole::PricingCurrency, Some(Damage::PricingCurrency)) => text("US$", out),
            (Hole::UsageDate, _) => layout.write_day(line.day, out),
            (Hole::UnitPrice, _) => line.price.write(out),
            (Hole::Quantity, _) => line.quantity.write(out),
            (Hole::BillingTotal, _) => line.billing.write(out),
            (Hole::PricingTotal, _) => line.pricing.write(out),
            (Hole::PricingCurrency, _) => text("USD", out),
            (Hole::AdditionalInfo, _) => text(line.info, out),
            (Hole::EffectivePrice, _) => line.effective.write(out),
            (Hole::PecPercent, _) => {
                layout.write_percent(if line.credit == Credit::PartnerEarned { 15 } else { 0 }, out);
            }
            (Hole::CreditPercent, _) => layout.write_percent(
                match line.credit {
                    Credit::None => 0,
                    Credit::PartnerEarned => 15,
                    Credit::Azure => 100,
                },
                out,
            ),
            (Hole::CreditType, _) => text(
                match line.credit {
                    Credit::None => "Credit Not Applied",
                    Credit::PartnerEarned => "Partner Earned Credit Applied",
                    Credit::Azure => "Azure Credit Applied",
                },
                out,
            ),
            (Hole::BenefitOrder, _) => text(line.benefit.0, out),
            (Hole::Benefit, _) => text(line.benefit.1, out),
            (Hole::BenefitType, _) => text(line.benefit.2, out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Layout;

    fn shown(layout: Layout, text: &str) -> String {
        let mut out = Vec::new();
        layout.write_text(text, &mut out);
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn text_is_quoted_where_its_layout_needs_it() {
        let text = "{\"a\": \"b, \\c\"\n}";
        assert_eq!(shown(Layout::Csv55, text), "\"{\"\"a\"\": \"\"b, \\c\"\"\n}\"");
        assert_eq!(shown(Layout::V1, text), r#""{\"a\": \"b, \\c\"\n}""#);
        assert_eq!(shown(Layout::Csv55, "plain"), "plain");
        assert_eq!(shown(Layout::JsonLinesFull, ""), "\"\"");
    }

    #[test]
    fn heads_have_the_columns_of_their_time() {
        for (layout, columns) in [(Layout::Csv55, 55), (Layout::Csv52, 52), (Layout::Csv50, 50)] {
            let mut out = Vec::new();
            layout.write_head(1, &mut out);
            let head = String::from_utf8_lossy(&out).into_owned();
            assert_eq!(head.trim_end().split(',').count(), columns);
            assert!(head.starts_with("PartnerId,PartnerName,CustomerId,"));
        }
    }
}
