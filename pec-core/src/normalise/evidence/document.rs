//! The entries of an export, whatever holds them.
//!
//! A flat array, `{"value": [...]}` of REST and Graph, `{"data": [...]}` of Resource Graph, `{"records": [...]}` of
//! Event Hubs, tables of Resource Graph and Log Analytics, several of these in an array or one after the other, or a
//! single entry.

use std::ops::ControlFlow;

use super::entry::Entry;
use super::error::EvidenceErrorKind;
use super::json::{Json, Object, values};
use crate::read::shorten;

/// Arrays in arrays, deeper than any export has them.
const MAX_DEPTH: u8 = 8;

/// Names that hold the entries of a page.
const ROWS: &[&str] = &["value", "data", "records", "tables"];

/// Names of what leads to the next page.
const NEXT: &[&str] = &["nextLink", "@odata.nextLink", "skip_token", "skipToken", "$skipToken"];

/// A JSON text, known to be one.
pub(super) struct Document<'a>(Vec<Json<'a>>);

/// What stands where an entry does.
pub(super) enum Item<'a> {
    Entry(Entry<'a>),
    /// Not an object.
    Other(Json<'a>),
}

/// Names of how many rows the whole answer of Resource Graph has.
const TOTAL: &[&str] = &["total_records", "totalRecords"];

/// How many entries there are, and whether the last page leads to another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) entries: u32,
    pub(super) continued: bool,
}

/// What was walked so far.
#[derive(Default)]
struct Walked {
    extent: Extent,
    /// How many entries the pages say there are.
    total: u64,
}

impl<'a> Document<'a> {
    pub(super) fn parse(text: &'a str) -> Result<Self, EvidenceErrorKind> {
        let values = values(text).map_err(|error| EvidenceErrorKind::from(&error))?;
        match values.iter().find(|value| !value.is_list() && !value.is_object()) {
            Some(value) => Err(EvidenceErrorKind::NoEntries { found: shorten(&value.shown()) }),
            None => Ok(Self(values)),
        }
    }

    /// Calls `each` with every item and its number, until it breaks; the first is 1.
    pub(super) fn each(&self, each: &mut dyn FnMut(u32, Item<'a>) -> ControlFlow<()>) -> Extent {
        let mut walked = Walked::default();
        let _ = self.0.iter().try_for_each(|value| walk(*value, 0, &mut walked, each));
        let Walked { extent, total } = walked;
        Extent { continued: extent.continued || u64::from(extent.entries) < total, ..extent }
    }

    /// Calls `each` with every entry.
    pub(super) fn each_entry(&self, mut each: impl FnMut(Entry<'a>)) {
        self.each(&mut |_, item| {
            if let Item::Entry(entry) = item {
                each(entry);
            }
            ControlFlow::Continue(())
        });
    }
}

fn walk<'a>(
    value: Json<'a>,
    depth: u8,
    walked: &mut Walked,
    each: &mut dyn FnMut(u32, Item<'a>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    if depth < MAX_DEPTH
        && let Some(values) = value.list()
    {
        return values.into_iter().try_for_each(|value| walk(value, depth + 1, walked, each));
    }
    let mut hand_over = |walked: &mut Walked, item| {
        let entries = &mut walked.extent.entries;
        *entries = entries.saturating_add(1);
        each(*entries, item)
    };
    let Some(object) = value.object() else { return hand_over(walked, Item::Other(value)) };
    if let Some(rows) = table_rows(&object) {
        return rows.into_iter().try_for_each(|row| hand_over(walked, row));
    }
    let inner = ROWS.iter().find_map(|name| object.get(name)).filter(|_| depth < MAX_DEPTH);
    let Some(inner) = inner.filter(|inner| inner.is_list() || inner.object().is_some_and(|inner| is_table(&inner)))
    else {
        return hand_over(walked, Item::Entry(Entry::new(object)));
    };
    walked.extent.continued = leads_on(&object);
    walked.total = walked.total.max(total(&object));
    walk(inner, depth + 1, walked, each)
}

fn is_table(object: &Object<'_>) -> bool {
    object.has("columns") && object.has("rows")
}

/// The rows of a table, each under the names of its columns; a row that has not as many values is no entry.
fn table_rows<'a>(object: &Object<'a>) -> Option<Vec<Item<'a>>> {
    let (columns, rows) = (object.get("columns")?.list()?, object.get("rows")?.list()?);
    let names: Option<Vec<_>> = columns.into_iter().map(|column| column.object()?.get("name")?.text()).collect();
    let names = names?;
    let item = |row: Json<'a>| match row.list().filter(|values| values.len() == names.len()) {
        Some(values) => Item::Entry(Entry::new(Object::of(names.iter().cloned().zip(values)))),
        None => Item::Other(row),
    };
    Some(rows.into_iter().map(item).collect())
}

/// How many entries all pages have together, where one says so: Resource Graph gives some cut answers no other sign.
fn total(page: &Object<'_>) -> u64 {
    let told = TOTAL.iter().find_map(|name| page.get(name)).and_then(Json::text);
    told.and_then(|text| text.trim().parse().ok()).unwrap_or_default()
}

/// Does a page lead to another one? Resource Graph also cuts answers off without a token, and Log Analytics gives the rows it has
/// beside an error.
fn leads_on(page: &Object<'_>) -> bool {
    let told = |value: Json<'_>| value.text().is_none_or(|text| !text.trim().is_empty());
    let cut_off = page.get("resultTruncated").or_else(|| page.get("result_truncated")).and_then(Json::text);
    page.get("error").is_some()
        || NEXT.iter().any(|name| page.get(name).is_some_and(told))
        || cut_off.is_some_and(|cut_off| cut_off.eq_ignore_ascii_case("true"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<String>, Extent) {
        let mut found = Vec::new();
        let extent = Document::parse(text).unwrap().each(&mut |number, item| {
            found.push(match item {
                Item::Entry(entry) => format!("{number}:{}", entry.text(&["a"]).ok().flatten().unwrap_or_default()),
                Item::Other(value) => format!("{number}?{}", value.shown()),
            });
            ControlFlow::Continue(())
        });
        (found, extent)
    }

    #[test]
    fn containers() {
        for text in [
            r#"[{"a": 1}, {"a": 2}]"#,
            r#"{"value": [{"a": 1}, {"a": 2}], "nextLink": null}"#,
            r#"{"count": 2, "Data": [{"a": 1}, {"a": 2}], "skip_token": null, "total_records": 2}"#,
            r#"[{"value": [{"a": 1}], "nextLink": "https://next"}, {"nextLink": "", "value": [{"a": 2}]}]"#,
            r#"{"value": [{"a": 1}], "@odata.nextLink": "x"} {"value": [{"a": 2}]}"#,
            "[{\"a\": 1}]\n[{\"a\": 2}]\n",
            r#"[[{"a": 1}], [{"a": 2}]]"#,
            "{\"a\": 1}\n{\"a\": 2}",
            r#"[{"data": [{"a": 1}], "total_records": 2}, {"data": [{"a": 2}], "total_records": 2}]"#,
            r#"{"totalRecords": 2, "data": {"columns": [{"name": "b"}, {"name": "A"}], "rows": [[{}, 1], [null, 2]]}}"#,
            r#"{"tables": [{"name": "t", "columns": [{"name": "a", "type": "long"}], "rows": [[1], [2]]}]}"#,
        ] {
            let expected = (vec!["1:1".to_owned(), "2:2".to_owned()], Extent { entries: 2, continued: false });
            assert_eq!(read(text), expected, "{text}");
        }
        assert_eq!(read("[]"), (vec![], Extent::default()));
        assert_eq!(read(r#"["x", {"a": 2}, null]"#).0, ["1?x", "2:2", "3?null"]);
        let uneven = r#"{"columns": [{"name": "a"}], "rows": [[1], [1, 2], {}, [3]]}"#;
        assert_eq!(read(uneven).0, ["1:1", "2?an array", "3?an object", "4:3"]);
        assert_eq!(read(r#"{"columns": [{}], "rows": [[1]], "a": 5}"#).0, ["1:5"], "no table, so an entry");
    }

    #[test]
    fn a_page_that_leads_nowhere() {
        for text in [
            r#"{"value": [], "nextLink": "https://next"}"#,
            r#"{"data": [], "skip_token": "t"}"#,
            r#"{"data": [], "$skipToken": "t"}"#,
            r#"{"SkipToken": "t", "Data": []}"#,
            r#"{"data": [], "resultTruncated": "true"}"#,
            r#"{"count": 1, "data": [{}], "skip_token": null, "total_records": 2}"#,
            r#"{"count": 1, "data": [{}], "totalRecords": "2"}"#,
            r#"[{"data": [{}], "total_records": 3}, {"data": [{}], "total_records": 3}]"#,
            r#"{"data": {"columns": [], "rows": []}, "$skipToken": "t"}"#,
            r#"{"tables": [{"columns": [], "rows": []}], "error": {"code": "PartialError"}}"#,
            r#"[{"value": [], "nextLink": null}, {"value": [], "nextLink": {}}]"#,
        ] {
            assert!(read(text).1.continued, "{text}");
        }
    }

    #[test]
    fn what_holds_no_entries() {
        for (text, expected) in [
            ("42", EvidenceErrorKind::NoEntries { found: "42".to_owned() }),
            ("\"x\"", EvidenceErrorKind::NoEntries { found: "x".to_owned() }),
            ("[]\nnull", EvidenceErrorKind::NoEntries { found: "null".to_owned() }),
            ("[\n{\"a\": }]", EvidenceErrorKind::NotJson { line: 2, column: 7 }),
            ("[{},]", EvidenceErrorKind::NotJson { line: 1, column: 5 }),
            ("[\n{\"a\"", EvidenceErrorKind::CutOff { line: 2 }),
            ("WARNING: x", EvidenceErrorKind::NotJson { line: 1, column: 1 }),
        ] {
            assert_eq!(Document::parse(text).err(), Some(expected), "{text}");
        }
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(read(&deep).0, ["1?an array"]);
    }
}
