//! JSON whose parts stay text until they are asked for.
//!
//! An entry of an export has dozens of properties of which a handful is needed. Only these are read; names of people,
//! addresses and claims are skipped as text and never copied.

use std::borrow::Cow;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// A JSON value by its text.
#[derive(Clone, Copy)]
pub(super) struct Json<'a>(&'a RawValue);

/// An object: its values by name, in the order of the file.
pub(super) struct Object<'a>(Vec<(Cow<'a, str>, Json<'a>)>);

/// All values of a text, one after the other.
pub(super) fn values(text: &str) -> Result<Vec<Json<'_>>, serde_json::Error> {
    serde_json::Deserializer::from_str(text).into_iter().collect()
}

impl<'a> Json<'a> {
    pub(super) fn is_null(self) -> bool {
        self.0.get() == "null"
    }

    /// Is it `null` or a text of white space?
    pub(super) fn is_blank(self) -> bool {
        self.is_null() || self.text().is_some_and(|text| text.trim().is_empty())
    }

    pub(super) fn is_list(self) -> bool {
        self.0.get().starts_with('[')
    }

    pub(super) fn is_object(self) -> bool {
        self.0.get().starts_with('{')
    }

    /// The text of a string, a number or a truth value.
    pub(super) fn text(self) -> Option<Cow<'a, str>> {
        let raw = self.0.get();
        let Some(inner) = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
            return (!self.is_object() && !self.is_list()).then_some(Cow::Borrowed(raw));
        };
        if !inner.contains('\\') {
            return Some(Cow::Borrowed(inner));
        }
        // An escape that is half a character leaves no text.
        serde_json::from_str(raw).ok().map(Cow::Owned)
    }

    /// It as JSON: most logs have JSON as a text, some as it is.
    pub(super) fn json(self) -> Option<Cow<'a, str>> {
        if self.is_object() { Some(Cow::Borrowed(self.0.get())) } else { self.text() }
    }

    pub(super) fn object(self) -> Option<Object<'a>> {
        if self.is_object() { serde_json::from_str(self.0.get()).ok() } else { None }
    }

    pub(super) fn list(self) -> Option<Vec<Self>> {
        if self.is_list() { serde_json::from_str(self.0.get()).ok() } else { None }
    }

    /// As much of it as an issue may show. Objects and arrays may hold anything: only their kind is told.
    pub(super) fn shown(self) -> String {
        match self.text() {
            Some(text) => text.into_owned(),
            None if self.is_object() => "an object".to_owned(),
            None if self.is_list() => "an array".to_owned(),
            None => "a broken escape".to_owned(),
        }
    }
}

impl<'a> Object<'a> {
    /// Of names and their values.
    pub(super) fn of(properties: impl Iterator<Item = (Cow<'a, str>, Json<'a>)>) -> Self {
        Self(properties.collect())
    }

    /// The value of a name. Names compare without regard to case; `null` is no value.
    pub(super) fn get(&self, name: &str) -> Option<Json<'a>> {
        let mut named = self.0.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        named.find(|(_, value)| !value.is_null()).map(|(_, value)| *value)
    }

    /// Is there a property of this name, be it `null`?
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known.eq_ignore_ascii_case(name))
    }
}

impl<'de> Deserialize<'de> for Json<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&RawValue>::deserialize(deserializer).map(Self)
    }
}

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Properties)
    }
}

struct Properties;

/// A name; one without escapes is part of the text.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> Visitor<'de> for Properties {
    type Value = Object<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
        // As many as a role assignment of the Azure CLI has.
        let mut properties = Vec::with_capacity(24);
        while let Some((Name(name), value)) = map.next_entry()? {
            properties.push((name, value));
        }
        Ok(Object(properties))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(text: &str) -> Json<'_> {
        values(text).unwrap()[0]
    }

    #[test]
    fn texts() {
        for (json, expected) in [
            ("\"a\"", Some("a")),
            ("\"\"", Some("")),
            (r#""\/Date(1)\/""#, Some("/Date(1)/")),
            (r#""\u00fc\"""#, Some("ü\"")),
            (r#""\ud800""#, None),
            (" 12 ", Some("12")),
            ("true", Some("true")),
            ("{}", None),
            ("[\"a\"]", None),
        ] {
            assert_eq!(only(json).text().as_deref(), expected, "{json}");
        }
    }

    #[test]
    fn names_have_no_case_and_null_is_no_value() {
        let object = only(r#"{"a": null, "B": 1, "b": 2, "\u0041": 3}"#).object().unwrap();
        let text = |name| object.get(name).and_then(Json::text).map(Cow::into_owned);
        assert_eq!(text("b").as_deref(), Some("1"));
        assert_eq!(text("A").as_deref(), Some("3"));
        assert_eq!(text("x"), None);
        assert!(object.has("A") && !object.has("x"));
        assert!(only("[1]").object().is_none() && only("{}").list().is_none());
    }

    #[test]
    fn depth_is_no_danger() {
        let text = format!("[{}{}]", "[".repeat(1_000_000), "]".repeat(1_000_000));
        assert_eq!(only(&text).list().unwrap().len(), 1);
        assert_eq!(only(&text).shown(), "an array");
    }
}
