//! Names of a table and what they mean.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::super::columns::{misplaced, normal};
use super::super::delimited::header;
use super::super::row::shorten;
use super::{Cell, Malformed, ReadErrorKind, TableColumn};

/// Which name of a table is which of our columns.
#[derive(Debug)]
pub(crate) struct Heading<C> {
    columns: BTreeMap<Cow<'static, str>, C>,
    /// The header of each of our columns, as the table spells it.
    spelled: Vec<Option<String>>,
    /// Names that were met, and the places of what they mean: records repeat theirs.
    met: BTreeMap<String, Option<usize>>,
    unknown: BTreeSet<String>,
}

/// No more names than this are kept.
const MAX_NAMES: usize = 1_000;

impl<C: TableColumn> Default for Heading<C> {
    fn default() -> Self {
        let names = |column: &C| column.names().iter().map(|name| (normal(name), *column)).collect::<Vec<_>>();
        let columns = C::ALL.iter().flat_map(names).collect();
        Self { columns, spelled: vec![None; C::ALL.len()], met: BTreeMap::new(), unknown: BTreeSet::new() }
    }
}

impl<C: TableColumn> Heading<C> {
    pub(crate) fn has(&self, column: C) -> bool {
        self.spelled.get(column.place()).is_some_and(Option::is_some)
    }

    pub(crate) fn spelled(&self, column: C) -> &str {
        let microsofts = column.names().first().copied().unwrap_or_default();
        self.spelled.get(column.place()).and_then(Option::as_deref).unwrap_or(microsofts)
    }

    /// Names that mean nothing here and that Microsoft does not document.
    pub(crate) fn unknown(&self) -> impl Iterator<Item = &str> {
        self.unknown.iter().map(String::as_str)
    }

    fn column(&self, name: &str) -> Option<C> {
        self.columns.get(&normal(name)).copied()
    }

    /// Binds the names of a header, or of a first record.
    pub(super) fn bind(&mut self, names: &[impl AsRef<str>]) -> Result<Vec<Option<usize>>, ReadErrorKind> {
        let mut places = Vec::with_capacity(names.len());
        for name in names.iter().map(|name| name.as_ref().trim().trim_start_matches('\u{feff}')) {
            let place = self.place(name);
            if let Some(spelled) = place.and_then(|place| self.spelled.get_mut(place)) {
                if let Some(first) = spelled {
                    return Err(ReadErrorKind::DuplicateColumn { first: first.clone(), second: name.to_owned() });
                }
                *spelled = Some(name.to_owned());
            }
            places.push(place);
        }
        let missing = C::NEEDED.iter().filter(|column| !self.has(**column));
        let missing: Vec<_> = missing.map(|column| self.spelled(*column).to_owned()).collect();
        if !missing.is_empty() {
            let names: Vec<_> = names.iter().map(|name| name.as_ref().trim()).collect();
            let known = misplaced(&names, |name| self.column(name).is_some());
            return Err(known.unwrap_or(ReadErrorKind::MissingColumns { missing, advice: C::ADVICE }));
        }
        match names.iter().map(|name| name.as_ref().trim()).find(|name| C::ELSEWHERE.contains(&normal(name).as_ref())) {
            Some(column) => Err(ReadErrorKind::OtherKind { column: column.to_owned(), advice: C::ADVICE }),
            None => Ok(places),
        }
    }

    fn place(&mut self, name: &str) -> Option<usize> {
        if let Some(place) = self.met.get(name) {
            return *place;
        }
        let place = self.column(name).map(TableColumn::place);
        let is_known = name.is_empty() || C::DOCUMENTED.contains(&normal(name).as_ref());
        if place.is_none() && !is_known && self.unknown.len() < MAX_NAMES {
            self.unknown.insert(shorten(name));
        }
        if self.met.len() < MAX_NAMES {
            self.met.insert(name.to_owned(), place);
        }
        place
    }

    /// The cells of a record of names and values.
    pub(super) fn cells<'l>(&mut self, properties: Properties<'l>, line: &[u8]) -> Result<Vec<Cell<'l>>, Malformed> {
        let mut cells = vec![None; C::ALL.len()];
        for (name, value) in properties.0 {
            let Some(cell) = self.place(&name).and_then(|place| cells.get_mut(place)) else { continue };
            if cell.replace(Cell::json(value.get().as_bytes())).is_some() {
                return Err(not_a_record(line)); // of two prices neither is the price
            }
        }
        Ok(cells.into_iter().map(Option::unwrap_or_default).collect())
    }
}

/// The separator, the fields of the header and where the rows begin: commas, unless the names are parted by something else.
pub(super) fn separated<C: TableColumn>(text: &[u8]) -> Result<(u8, Vec<Cow<'_, str>>, usize), ReadErrorKind> {
    let known = Heading::<C>::default();
    let read = |separator| header(text, separator).map(|(fields, end)| (separator, fields, end));
    let bound = |(_, fields, _): &(u8, Vec<Cow<'_, str>>, usize)| {
        fields.iter().filter(|field| known.column(field).is_some()).count()
    };
    let other = [b';', b'\t'].into_iter().filter_map(|separator| read(separator).ok()).max_by_key(bound);
    match (read(b','), other) {
        (Ok(commas), Some(other)) if bound(&other) > bound(&commas) => Ok(other),
        (commas, _) => commas,
    }
}

/// The properties of a JSON object, in order.
pub(super) struct Properties<'l>(Vec<(Cow<'l, str>, &'l RawValue)>);

pub(super) fn object(line: &[u8]) -> Result<Properties<'_>, Malformed> {
    struct Object;
    impl<'l> Visitor<'l> for Object {
        type Value = Properties<'l>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a JSON object")
        }

        fn visit_map<M: MapAccess<'l>>(self, mut map: M) -> Result<Self::Value, M::Error> {
            let mut properties = Vec::new();
            while let Some(property) = map.next_entry::<Cow<'l, str>, &'l RawValue>()? {
                properties.push(property);
            }
            Ok(Properties(properties))
        }
    }
    let mut deserializer = serde_json::Deserializer::from_slice(line);
    let object = deserializer.deserialize_map(Object).and_then(|object| deserializer.end().map(|()| object));
    object.map_err(|_| not_a_record(line))
}

fn not_a_record(line: &[u8]) -> Malformed {
    let found = shorten(&String::from_utf8_lossy(line));
    Malformed { found, expected: "a JSON object, each property once".into() }
}
