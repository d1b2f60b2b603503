//! The page of a pack: HTML that needs nothing else, for reading and for printing.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use arrow_array::{Array, RecordBatch};
use arrow_cast::display::ArrayFormatter;
use arrow_schema::{ArrowError, DataType};

use super::{EvidencePack, LINES_SHOWN};
use crate::access::Assumed;
use crate::eligibility::{RuleId, rule};
use crate::ledger::Sums;
use crate::money::{Amount, Currency, Number};
use crate::partner::PartnerKind;
use crate::reconcile::Standing;
use crate::report::assumption_sentences;
use crate::report::setting::visible;
use crate::report::text::{cents, count, counted};
use crate::report::write::{cell_format, without_zone};

const STYLE: &str = "
:root { color-scheme: light dark; --line: #8886; --soft: #8882; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
h2 { margin-top: 2.5rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 13px; }
th, td { border-bottom: 1px solid var(--line); padding: .25rem .6rem; text-align: left; vertical-align: top; }
td { overflow-wrap: anywhere; unicode-bidi: isolate; }
th { background: var(--soft); white-space: nowrap; }
.number { text-align: right; white-space: nowrap; }
@media print {
  body { font-size: 10pt; margin: 0; max-width: none; padding: 0; }
  .wide { overflow: visible; }
  table { font-size: 7.5pt; }
  thead { display: table-header-group; }
  tr { break-inside: avoid; }
}
";

/// Columns of a table on the page: their names in the batch, and what stands above them.
type Shown = [(&'static str, &'static str)];

const MONEY: [&str; 3] = ["list_cost", "credit", "potential_credit"];
const DAYS: &Shown = &[
    ("subscription", "Azure subscription"),
    ("usage_day", "usage day"),
    ("standing", "standing"),
    ("reason", "reason"),
    ("covered_minutes", "minutes covered"),
    ("lines", "lines"),
    ("assumed_lines", "of these by assumption"),
    ("assumptions", "assumed"),
    ("list_cost", "list cost"),
    ("credit", "credit paid"),
    ("potential_credit", "credit possible"),
    ("currency", ""),
];
const GRANTS: &Shown = &[
    ("subscription", "Azure subscription"),
    ("scope", "granted at"),
    ("reaches", "for usage in"),
    ("path", "path"),
    ("role_name", "role"),
    ("role", "role id"),
    ("principal", "object id"),
    ("managing_tenant", "managing tenant"),
    ("from", "from (UTC)"),
    ("until", "until (UTC)"),
    ("state", "state"),
    ("assumed", "by assumption"),
    ("counts", "counts"),
    ("because", "because"),
    ("evidence", "read in"),
];
const SOURCES: &Shown = &[
    ("source", "file"),
    ("kind", "kind"),
    ("taken_at", "taken at (UTC)"),
    ("complete", "complete"),
    ("covers", "covers"),
    ("entries", "entries"),
    ("not_read", "not read"),
    ("cannot_show", "cannot show"),
    ("sha256", "SHA-256"),
];
const RULES: &Shown = &[
    ("id", "rule or value"),
    ("sentence", "what it says"),
    ("remedy", "what to do"),
    ("document", "document"),
    ("dated", "dated"),
    ("status", "status"),
];
const LINES: &Shown = &[
    ("usage_day", "usage day"),
    ("subscription", "Azure subscription"),
    ("resource", "resource"),
    ("product_name", "product"),
    ("sku_name", "SKU"),
    ("meter_name", "meter"),
    ("unit_price", "unit price"),
    ("quantity", "quantity"),
    ("list_cost", "list cost"),
    ("credit", "credit paid"),
    ("potential_credit", "credit possible"),
    ("currency", ""),
    ("standing", "standing"),
    ("reason", "reason"),
    ("file", "file"),
    ("row", "row"),
];

/// The page; `tables` are lines, days, grants, sources and rules.
pub(super) fn page(
    pack: &EvidencePack<'_>,
    not_yours: usize,
    tables: &[&RecordBatch; 5],
) -> Result<String, ArrowError> {
    let [lines, days, grants, sources, rules] = tables;
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>Partner Earned Credit: evidence</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <h1>Partner Earned Credit: evidence</h1>\n"
    );
    summary(&mut page, pack);
    money(&mut page, pack);
    heading(&mut page, "Days");
    paragraph(
        &mut page,
        "Each Azure subscription and day. Minutes covered are the fewest of the 1,440 that access which counts covers for any of the lines; by design none are asked for.",
    );
    table(&mut page, days, DAYS, "days.csv")?;
    heading(&mut page, "Grants");
    paragraph(
        &mut page,
        &format!(
            "Who held access, or may have, in these days and to what was used; cut to the days above. A grant counts if it is of the partner, has an eligible role, is standing, is linked where its path needs it, and is not denied. The customer's own users are left out: {}.",
            count(not_yours as u64)
        ),
    );
    table(&mut page, grants, GRANTS, "grants.csv")?;
    heading(&mut page, "Lines");
    paragraph(
        &mut page,
        "Lines that neither earned nor are excluded by design, in the order of the files. Amounts are shown to the cent; the exact ones are in lines.csv.",
    );
    rows(&mut page, lines, LINES, "lines.csv", pack.open_lines)?;
    heading(&mut page, "Sources");
    paragraph(&mut page, "The files that all this was read from. What a file cannot show was not taken as absence.");
    table(&mut page, sources, SOURCES, "sources.csv")?;
    heading(&mut page, "Rules");
    paragraph(
        &mut page,
        "The rules that occur and the values that were applied, with Microsoft's documents. Inferred: no page says so; conflicting: pages disagree, and one reading was chosen.",
    );
    table(&mut page, rules, RULES, "rules.csv")?;
    let _ = writeln!(page, "<p>Made with pec {}.</p>\n</body>\n</html>", env!("CARGO_PKG_VERSION"));
    Ok(page)
}

/// What is claimed, in plain words.
fn summary(page: &mut String, pack: &EvidencePack<'_>) {
    let (first, last) = pack.days;
    let subscriptions = pack.subscriptions.len();
    paragraph(
        page,
        &format!(
            "This is about Microsoft's Partner Earned Credit for the Azure usage of one customer, tenant {}, from {first} to {last} in {} Azure {}. Every line of the daily rated usage was decided by Microsoft's published rules, with exports of who held access on its day.",
            pack.customer,
            count(subscriptions as u64),
            if subscriptions == 1 { "subscription" } else { "subscriptions" },
        ),
    );
    let organization = &pack.partner.organization;
    let ids: Vec<_> = organization.partner_ids.iter().map(|partner| partner.id.as_str()).collect();
    let kind = match pack.partner.kind {
        PartnerKind::DirectBill => "a direct bill partner",
        PartnerKind::IndirectProvider => "an indirect provider",
        PartnerKind::IndirectReseller => "an indirect reseller",
    };
    paragraph(
        page,
        &format!("It is asked by {kind}: tenant {}, partner id {}.", organization.tenant_id, ids.join(", ")),
    );
    let said = [
        (Standing::Missed, "not credited although access that counts covered the whole day", "That credit is claimed"),
        (
            Standing::Lost,
            "not credited, and by the same evidence they could not earn",
            "It is no claim, and shown with its reasons",
        ),
        (Standing::Unknown, "not credited, and what was exported cannot tell why", "This is no claim yet"),
        (
            Standing::Unexpected,
            "credited although by the rules they could not earn",
            "They are listed for completeness",
        ),
    ];
    let mut told = false;
    for (standing, what, then) in said {
        for (currency, sums) in by_currency(pack, standing) {
            let amount = if standing == Standing::Unexpected { sums.credit } else { sums.potential_credit };
            let lines = if sums.lines == 1 { "line was" } else { "lines were" };
            let text = format!("{} {lines} {what}: {} {currency}. {then}.", count(sums.lines), cents(amount));
            paragraph(page, &text);
            told = true;
        }
        assumed(page, pack, standing);
    }
    if !told {
        paragraph(page, "All lines earned or are excluded by design: there is nothing to claim.");
    }
}

/// What of a standing nothing proves, and what would.
fn assumed(page: &mut String, pack: &EvidencePack<'_>, standing: Standing) {
    let days = || pack.sums.iter().filter(|((_, _, known, ..), _)| *known == standing).map(|(_, day)| day);
    let assumptions = days().fold(Assumed::NONE, |all, day| all.with(day.assumptions));
    if assumptions.is_empty() {
        return;
    }
    let lines: u64 = days().map(|day| day.assumed.lines).sum();
    let what = assumptions.iter().map(|assumption| {
        let (what, proof) = assumption_sentences(assumption);
        format!("{what} ({proof})")
    });
    let text = format!(
        "Of these, {} rest on what nothing here proves, and nothing contradicts: {}.",
        counted(lines, "line"),
        what.collect::<Vec<_>>().join("; ")
    );
    paragraph(page, &text);
}

fn by_currency(pack: &EvidencePack<'_>, standing: Standing) -> BTreeMap<Currency, Sums> {
    let mut found: BTreeMap<Currency, Sums> = BTreeMap::new();
    for ((.., currency), day) in pack.sums.iter().filter(|((_, _, known, ..), _)| *known == standing) {
        add(found.entry(*currency).or_default(), &day.sums);
    }
    found
}

/// Each part is in the ledger, whose sums fit.
fn add(sums: &mut Sums, more: &Sums) {
    let _ = sums.add(more);
}

/// The money by standing and reason.
fn money(page: &mut String, pack: &EvidencePack<'_>) {
    let mut found: BTreeMap<(Standing, Option<RuleId>, Currency), Sums> = BTreeMap::new();
    for ((_, _, standing, reason, currency), day) in &pack.sums {
        add(found.entry((*standing, *reason, *currency)).or_default(), &day.sums);
    }
    heading(page, "Money");
    let heads = ["standing", "reason", "what it means", "lines", "list cost", "credit paid", "credit possible", ""]
        .map(|head| (head, false));
    head(page, &heads);
    for ((standing, reason, currency), sums) in found {
        let cells = [
            (standing.to_string(), false),
            (reason.map(|id| id.to_string()).unwrap_or_default(), false),
            (reason.map(|id| rule(id).sentence.to_owned()).unwrap_or_default(), false),
            (count(sums.lines), true),
            (cents(sums.list_cost), true),
            (cents(sums.credit), true),
            (cents(sums.potential_credit), true),
            (currency.to_string(), false),
        ];
        row(page, &cells);
    }
    page.push_str("</tbody></table></div>\n");
}

fn table(page: &mut String, batch: &RecordBatch, shown: &Shown, file: &str) -> Result<(), ArrowError> {
    rows(page, batch, shown, file, batch.num_rows() as u64)
}

/// The first rows of a table, and where the others are.
fn rows(page: &mut String, batch: &RecordBatch, shown: &Shown, file: &str, all: u64) -> Result<(), ArrowError> {
    let options = cell_format();
    let arrays: Vec<_> = (shown.iter())
        .filter_map(|(name, title)| Some((*name, *title, without_zone(batch.column_by_name(name)?))))
        .collect();
    let number = |data: &DataType| data.is_numeric() || *data == DataType::LargeUtf8;
    let heads: Vec<_> = arrays.iter().map(|(_, title, array)| (*title, number(array.data_type()))).collect();
    let formatters = arrays.iter().map(|(_, _, array)| ArrayFormatter::try_new(array, &options));
    let formatters = formatters.collect::<Result<Vec<_>, _>>()?;
    head(page, &heads);
    let shown = batch.num_rows().min(LINES_SHOWN);
    for number in 0..shown {
        let mut cells = Vec::with_capacity(arrays.len());
        for ((name, _, _), (formatter, (_, is_number))) in arrays.iter().zip(formatters.iter().zip(&heads)) {
            let cell = formatter.value(number).try_to_string()?;
            cells.push((if MONEY.contains(name) { to_the_cent(&cell) } else { cell }, *is_number));
        }
        row(page, &cells);
    }
    page.push_str("</tbody></table></div>\n");
    if all > shown as u64 {
        paragraph(page, &format!("{} of {} rows are shown; all are in {file}.", count(shown as u64), count(all)));
    }
    Ok(())
}

fn to_the_cent(cell: &str) -> String {
    let amount = cell.parse::<Number>().ok().and_then(|number| Amount::from_number(number).ok());
    amount.map_or_else(|| cell.to_owned(), cents)
}

fn head(page: &mut String, heads: &[(&str, bool)]) {
    page.push_str("<div class=\"wide\"><table>\n<thead><tr>");
    heads.iter().for_each(|(title, number)| cell(page, "th", title, *number));
    page.push_str("</tr></thead>\n<tbody>\n");
}

fn row(page: &mut String, cells: &[(String, bool)]) {
    page.push_str("<tr>");
    cells.iter().for_each(|(text, number)| cell(page, "td", text, *number));
    page.push_str("</tr>\n");
}

fn cell(page: &mut String, tag: &str, text: &str, number: bool) {
    let class = if number { " class=\"number\"" } else { "" };
    let _ = write!(page, "<{tag}{class}>{}</{tag}>", escaped(text));
}

fn heading(page: &mut String, text: &str) {
    let _ = writeln!(page, "<h2>{}</h2>", escaped(text));
}

fn paragraph(page: &mut String, text: &str) {
    let _ = writeln!(page, "<p>{}</p>", escaped(text));
}

/// A text that stays text, whatever stands in it. All that comes from files goes through here.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        assert_eq!(
            escaped("<script>alert('a' & \"b\")</script>\u{1b}[2J\0"),
            "&lt;script&gt;alert(&#39;a&#39; &amp; &quot;b&quot;)&lt;/script&gt;\\u{1b}[2J\\u{0}"
        );
        assert_eq!(escaped("&lt;"), "&amp;lt;");
        assert_eq!(escaped("Größe 1"), "Größe 1");
    }

    #[test]
    fn cents_of_exact_amounts() {
        assert_eq!(to_the_cent("-1234.565000"), "-1,234.56");
        assert_eq!(to_the_cent("none"), "none");
    }
}
