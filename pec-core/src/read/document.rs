//! JSON documents: the records inside API answers, found without holding the whole text.
//!
//! `{"items": [...]}` of the v1 API, `{"value": [...]}` of Graph, a bare array, or objects one after the other,
//! printed on one line or on many. Records leave as JSON Lines.
//!
//! Azure Resource Manager puts what a record says into `properties`, beside its `id`, `name` and `type`: so the Consumption API answers
//! (azure-rest-api-specs@10ba2b9e, `Microsoft.Consumption/stable/2021-10-01/examples/UsageDetailsListByMCACustomer.json`). Where the first
//! record has them, they are what leaves.
//!
//! An answer may be one page of several. What stands beside its records tells, and is known at its end.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::MAX_RECORD_BYTES;

/// Where in a document the text stands.
#[derive(Default)]
pub(super) struct Documents {
    depth: u32,
    in_string: bool,
    escaped: bool,
    /// Where in the record the first line ends that the last string goes on over.
    line_end: Option<usize>,
    /// The depth of the array that holds the records, once it is entered.
    records_depth: Option<u32>,
    /// The text of the last string at depth 1, to know the key of an array.
    key: Vec<u8>,
    /// The record, or the object that may turn out to be one.
    record: Vec<u8>,
    had_array: bool,
    /// What stands beside the records of the answer, with nothing in the place of the records.
    beside: Vec<u8>,
    /// How many records left.
    count: u64,
    /// The most records that an answer says there are.
    counted: u64,
    /// Is there a page behind the last answer?
    goes_on: bool,
    /// Does the first record hold what it says in `properties`? Then all do.
    nested: Option<bool>,
}

/// What an answer says beside its records: of the v1 API, of Graph, of Azure Resource Manager. PowerShell writes properties of
/// .NET with a capital.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Page<'p> {
    #[serde(borrow, rename = "totalCount", alias = "TotalCount")]
    total_count: Option<&'p RawValue>,
    #[serde(borrow, rename = "nextLink", alias = "NextLink")]
    next_link: Option<&'p RawValue>,
    #[serde(borrow, rename = "@odata.nextLink")]
    odata_next_link: Option<&'p RawValue>,
    #[serde(alias = "Links")]
    links: Option<Links>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Links {
    #[serde(alias = "Next")]
    next: Option<IgnoredAny>,
}

impl Page<'_> {
    /// Has it a link to the next page?
    fn goes_on(&self) -> bool {
        let leads_on = |link: &RawValue| link.get() != "\"\"";
        self.links.as_ref().is_some_and(|links| links.next.is_some())
            || [self.next_link, self.odata_next_link].into_iter().flatten().any(leads_on)
    }
}

/// A record of Azure Resource Manager.
#[derive(Deserialize)]
struct Nested<'r> {
    #[serde(borrow)]
    properties: &'r RawValue,
}

/// What a record holds in `properties`.
fn properties(record: &[u8]) -> Option<&[u8]> {
    let nested: Nested<'_> = serde_json::from_slice(record).ok()?;
    Some(nested.properties.get().as_bytes()).filter(|properties| properties.starts_with(b"{"))
}

impl Documents {
    /// Reads on; whole records are appended to `records`, one a line.
    pub(super) fn feed(&mut self, bytes: &[u8], records: &mut Vec<u8>) {
        for &byte in bytes {
            self.step(byte, records);
        }
    }

    /// What is left at the end is a record that was cut off.
    pub(super) fn finish(&mut self, records: &mut Vec<u8>) {
        let cut_off = self.records_depth.is_some() || !self.had_array;
        if cut_off && !self.record.trim_ascii().is_empty() {
            self.emit(records);
        }
        self.goes_on |= self.records_depth.is_some() || self.depth > 0;
    }

    /// Is this, at its end, a part of what was asked for? The last answer has a link to a next page, one counts more records than
    /// there are, or the text breaks off.
    pub(super) const fn is_part(&self) -> bool {
        self.goes_on || self.counted > self.count
    }

    fn step(&mut self, byte: u8, records: &mut Vec<u8>) {
        if self.in_string {
            if byte == b'\n' {
                self.line_end.get_or_insert(self.record.len());
            }
            self.keep(byte);
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_string = false,
                _ if self.depth == 1 && self.key.len() < 32 => self.key.push(byte),
                _ => {}
            }
            return;
        }
        if self.line_end.is_some() && !byte.is_ascii_whitespace() && self.closed_below(byte, records) {
            return self.step(byte, records);
        }
        match byte {
            b'"' => {
                (self.in_string, self.line_end) = (true, None);
                self.key.clear();
                self.keep(byte);
            }
            b'[' if self.opens_records() => {
                if self.depth > 0 {
                    self.keep_beside();
                    self.beside.extend(b"[]");
                } else {
                    // What stands between two lists is told.
                    self.emit(records);
                }
                self.depth += 1;
                self.records_depth = Some(self.depth);
                self.had_array = true;
            }
            b'{' | b'[' => {
                if byte == b'{'
                    && let Some(level) = self.begins_anew()
                {
                    self.emit(records);
                    self.depth = level;
                }
                self.depth += 1;
                self.keep(byte);
            }
            b'}' | b']' => self.close(byte, records),
            b',' if self.at_record_level() || self.depth == 0 => self.emit(records),
            _ => self.keep(byte),
        }
    }

    /// A string seems to have closed lines below. Where nothing that may follow a string follows, its quote was the first of
    /// another one: the string before never closed, and its line ends it. Then what stands below is read anew.
    fn closed_below(&mut self, next: u8, records: &mut Vec<u8>) -> bool {
        let Some(line_end) = self.line_end.take() else { return false };
        let never_closed = !matches!(next, b',' | b':' | b'}' | b']') && self.record.len() <= MAX_RECORD_BYTES;
        if never_closed {
            let below = self.record.split_off(line_end.min(self.record.len()));
            below.into_iter().for_each(|byte| self.step(byte, records));
        }
        never_closed
    }

    /// Is this the array whose elements are the records?
    fn opens_records(&self) -> bool {
        let holds_records = matches!(self.key.to_ascii_lowercase().as_slice(), b"items" | b"value");
        self.records_depth.is_none() && (self.depth == 0 || (self.depth == 1 && holds_records && self.after_key()))
    }

    /// Does the kept text end with a key and its colon?
    fn after_key(&self) -> bool {
        self.record.trim_ascii_end().last() == Some(&b':')
    }

    /// An object stands after a comma in a list of records, and after a key in one. Elsewhere the record before was broken, and a
    /// new one begins: the depth of the list.
    fn begins_anew(&self) -> Option<u32> {
        let level = self.records_depth?;
        let before = self.record.trim_ascii();
        let anew = match self.depth.checked_sub(level)? {
            0 => !before.is_empty(),
            1 => before.starts_with(b"{") && !before.ends_with(b":"),
            _ => false,
        };
        // Of a record past the ceiling it is not known what stands before.
        (anew && self.record.len() <= MAX_RECORD_BYTES).then_some(level)
    }

    fn at_record_level(&self) -> bool {
        self.records_depth == Some(self.depth)
    }

    fn close(&mut self, byte: u8, records: &mut Vec<u8>) {
        if byte == b']' && self.at_record_level() {
            self.emit(records);
            self.records_depth = None;
            self.depth -= 1;
            // Behind a bare list other records may come.
            self.had_array = self.depth > 0;
            self.goes_on &= self.had_array;
            return;
        }
        self.keep(byte);
        self.depth = self.depth.saturating_sub(1);
        if self.depth == 0 {
            if self.had_array {
                self.end_page();
            } else {
                self.emit(records);
            }
            self.had_array = false;
        } else if self.at_record_level() {
            self.emit(records);
        }
    }

    /// The text before or behind records, with them it is an answer.
    fn keep_beside(&mut self) {
        if self.beside.len() <= MAX_RECORD_BYTES {
            self.beside.append(&mut self.record);
        }
        self.record.clear();
    }

    /// An answer has ended. What it says beside its records is no matter of rows: where it cannot be read, it says nothing.
    fn end_page(&mut self) {
        self.keep_beside();
        let page: Page<'_> = serde_json::from_slice(&self.beside).unwrap_or_default();
        let counted = page.total_count.and_then(|total| total.get().parse().ok());
        self.counted = self.counted.max(counted.unwrap_or_default());
        self.goes_on = page.goes_on();
        self.beside.clear();
    }

    /// Keeps a byte of the record; one past the ceiling is cut off and so becomes an issue.
    fn keep(&mut self, byte: u8) {
        if self.record.len() <= MAX_RECORD_BYTES {
            // Line breaks are white space here: inside strings JSON has none.
            self.record.push(if matches!(byte, b'\n' | b'\r') { b' ' } else { byte });
        }
    }

    fn emit(&mut self, records: &mut Vec<u8>) {
        let record = self.record.trim_ascii();
        if !record.is_empty() {
            let inner = if self.nested == Some(false) { None } else { properties(record) };
            self.nested.get_or_insert(inner.is_some());
            records.extend_from_slice(inner.unwrap_or(record));
            records.push(b'\n');
            self.count += 1;
        }
        self.record.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn records(text: &str, step: usize) -> Vec<String> {
        let (mut documents, mut records) = (Documents::default(), Vec::new());
        text.as_bytes().chunks(step.max(1)).for_each(|chunk| documents.feed(chunk, &mut records));
        documents.finish(&mut records);
        String::from_utf8(records).unwrap().lines().map(str::to_owned).collect()
    }

    #[test]
    fn shapes() {
        let two = ["{\"a\": 1}", "{\"b\": [2, {\"c\": \"},{\"}]}"];
        let body = two.join(" , ");
        for text in [
            format!("[{body}]"),
            format!("{{\"totalCount\":2,\"items\":[{body}],\"links\":{{\"self\":[1]}}}}"),
            format!("{{\"@odata.context\":\"x\",\"value\" : [\n{body}\n]}}"),
            two.join("\n"),
        ] {
            assert_eq!(records(&text, 7), two, "{text}");
        }
        assert_eq!(records("{\"items\": []}", 3), Vec::<String>::new());
        assert_eq!(records("{\n \"a\": 1\n}\n", 3), ["{  \"a\": 1 }"]);
        assert_eq!(records("[{\"a\": 1}, {\"b\"", 3), ["{\"a\": 1}", "{\"b\""]);
        assert_eq!(records("{\"x\": {\"items\": [1]}}", 3).len(), 1);
    }

    /// Is this a part of what was asked for?
    fn is_part(text: &str) -> bool {
        let mut documents = Documents::default();
        text.as_bytes().chunks(5).for_each(|chunk| documents.feed(chunk, &mut Vec::new()));
        documents.finish(&mut Vec::new());
        documents.is_part()
    }

    #[test]
    fn a_page_of_several_is_known() {
        let v1 = |count: u64, links: &str| {
            format!("{{\"totalCount\":{count},\"items\":[{{\"a\":1}}],\"links\":{{{links}}},\"attributes\":{{}}}}")
        };
        let next = "\"self\":{\"uri\":\"/x\"},\"next\":{\"uri\":\"/y\",\"headers\":[]}";
        for (text, part) in [
            (v1(1, "\"self\":{}"), false),
            (v1(1, "\"next\":null"), false),
            (v1(1, next), true),
            (v1(2, "\"self\":{}"), true),
            // Pages one after the other: the last tells, and all records count.
            (format!("{}\n{}", v1(1, next), v1(1, "")), false),
            (format!("{}\n{}", v1(1, ""), v1(1, next)), true),
            (format!("{}\n{}", v1(2, next), v1(2, "")), false),
            ("{\"@odata.nextLink\":\"https://x\",\"value\":[{\"a\":1}]}".to_owned(), true),
            ("{\"value\":[{\"a\":1}],\"nextLink\": \"https://x\"}".to_owned(), true),
            ("{\"value\":[],\"nextLink\": null, \"@odata.nextLink\":\"\"}".to_owned(), false),
            // A record may have such a property.
            ("[{\"nextLink\":\"x\"}]".to_owned(), false),
            ("{\"a\":1,\"nextLink\":\"x\"}".to_owned(), false),
            ("{\"TotalCount\":1,\"Items\":[{\"a\":1}],\"Links\":{\"Next\":{\"Uri\":\"/y\"}}}".to_owned(), true),
            // It breaks off, also behind a whole record.
            ("[{\"a\":1},".to_owned(), true),
            ("{\"items\":[{\"a\":1}],\"links\":{".to_owned(), true),
            ("{\"items\":[{\"a\":1}],\"links\":{\"next\":7}} ".to_owned(), true),
        ] {
            assert_eq!(is_part(&text), part, "{text}");
        }
    }

    #[test]
    fn what_stands_behind_a_list_is_told() {
        assert_eq!(records("[{\"a\": 1}]\n{\"b\": 1}", 4), ["{\"a\": 1}", "{\"b\": 1}"]);
        assert_eq!(records("[{\"a\": 1}] x [{\"b\": 1}]", 4), ["{\"a\": 1}", "x", "{\"b\": 1}"]);
        assert_eq!(records("[{\"a\": 1}], [{\"b\": 1}] y", 4), ["{\"a\": 1}", "{\"b\": 1}", "y"]);
        // Records with a comma behind each.
        assert_eq!(records("{\"a\": 1},\n{\"b\": 1},\n", 4), ["{\"a\": 1}", "{\"b\": 1}"]);
    }

    #[test]
    fn what_stands_in_properties_is_the_record() {
        let nested =
            |inner: &str| format!("{{\"id\": \"/x\", \"tags\": {{\"properties\": 1}}, \"properties\": {inner}}}");
        let (one, two) = (nested("{\"a\": [1]}"), nested("{\"a\":\n 2}"));
        for text in [
            format!("{{\"value\": [{one}, {two}], \"nextLink\": \"y\"}}"),
            format!("[{one},{two}]"),
            format!("{one}\n{two}"),
        ] {
            assert_eq!(records(&text, 5), ["{\"a\": [1]}", "{\"a\":  2}"], "{text}");
        }
        // The first record tells; what differs from it is a record as it stands.
        assert_eq!(records(&format!("[{one},{{\"b\": 1}}]"), 9), ["{\"a\": [1]}", "{\"b\": 1}"]);
        assert_eq!(records(&format!("[{{\"b\": 1}},{one}]"), 9), ["{\"b\": 1}", one.as_str()]);
        let text = nested("\"a\"");
        assert_eq!(records(&text, 9), [text.as_str()]);
    }

    #[test]
    fn a_broken_record_is_one() {
        let records = |text: &str| records(text, 6);
        let two = "{\"a\": \"x\"},\n{\"a\": \"y\"}";
        for broken in ["{\"a\": \"b, \"c\": 1},\n", "{\"a\": \"b\",\n", "{\"a\": {\"b\": 1}\n"] {
            let found = records(&format!("[{broken}{two}]"));
            assert_eq!(found.get(1..).unwrap(), ["{\"a\": \"x\"}", "{\"a\": \"y\"}"], "{broken}");
        }
        // A line break in a string is no JSON, and harmless.
        assert_eq!(records("[{\"a\": \"b\nc\", \"d\": 1}, {\"a\": 1}]"), ["{\"a\": \"b c\", \"d\": 1}", "{\"a\": 1}"]);
        // Printed on many lines.
        assert_eq!(records("[{\n\"a\": \"b,\n\"c\": 1\n}, {\"a\": 1}]").get(1..).unwrap(), ["{\"a\": 1}"]);
        assert_eq!(records("[1 {\"a\": 1}]"), ["1", "{\"a\": 1}"]);
        assert_eq!(records("[[{\"a\": 1}, {\"b\": 1}]]").len(), 1);
        let long = "x".repeat(MAX_RECORD_BYTES);
        assert_eq!(records(&format!("[{{\"a\": \"{long}\", \"b\": {{}}, \"c\": 1}}, {{\"a\": 1}}]")).len(), 2);
    }

    proptest! {
        #[test]
        fn prop_chunks_do_not_matter(text in "[\\[\\]{},:\"\\\\a1 \n]{0,80}", step in 1_usize..9) {
            prop_assert_eq!(records(&text, step), records(&text, 1000));
        }
    }
}
