//! One entry of an export and its fields.
//!
//! The Azure CLI and PowerShell write the properties of a resource beside its id, REST and Resource Graph under
//! `properties`: here they are the same.

use std::borrow::Cow;

use super::json::{Json, Object};
use super::time;
use crate::access::Instant;

/// An entry whose properties are found in either place.
pub(super) struct Entry<'a> {
    object: Object<'a>,
    properties: Option<Object<'a>>,
}

/// The names of a field; the first is the one that issues tell.
pub(super) type Names = &'static [&'static str];

/// What cannot be read in an entry: which field, what was found, what was expected.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unread {
    pub(super) field: Cow<'static, str>,
    pub(super) found: String,
    pub(super) expected: &'static str,
}

/// What could not be read of an entry of which the rest is kept.
#[derive(Default)]
pub(super) struct Issues(pub(super) Vec<Unread>);

/// More characters than any id has.
const MAX_ID: usize = 128;

const ID: &str = "an object id, usually a GUID";
const SCOPE: &str = "an ARM path such as `/subscriptions/<id>`";

impl Unread {
    pub(super) fn new(field: impl Into<Cow<'static, str>>, found: impl Into<String>, expected: &'static str) -> Self {
        Self { field: field.into(), found: found.into(), expected }
    }

    /// The same, in a part of the entry.
    pub(super) fn in_part(self, list: Names, place: usize) -> Self {
        Self { field: format!("{}[{place}].{}", name(list), self.field).into(), ..self }
    }
}

impl Issues {
    pub(super) fn push(&mut self, unread: Unread) {
        self.0.push(unread);
    }

    /// What was read; what could not be is noted.
    pub(super) fn keep<T>(&mut self, read: Result<T, Unread>) -> Option<T> {
        read.map_err(|unread| self.push(unread)).ok()
    }
}

impl<'a> Entry<'a> {
    pub(super) fn new(object: Object<'a>) -> Self {
        let properties = object.get("properties").and_then(Json::object);
        Self { object, properties }
    }

    /// The value of the first of these names that has one; `null` is none.
    pub(super) fn get(&self, names: &[&str]) -> Option<Json<'a>> {
        let named = |name: &&str| self.object.get(name).or_else(|| self.properties.as_ref()?.get(name));
        names.iter().find_map(named)
    }

    /// Is there a field of this name, be it `null`?
    pub(super) fn has(&self, name: &str) -> bool {
        self.object.has(name) || self.properties.as_ref().is_some_and(|properties| properties.has(name))
    }

    /// What a field says; `None` too where it is no text.
    pub(super) fn told(&self, names: Names) -> Option<Cow<'a, str>> {
        self.text(names).ok().flatten()
    }

    /// The code of an error that stands where an entry should.
    pub(super) fn error(&self) -> Option<Cow<'a, str>> {
        let error = self.object.get("error")?.object()?;
        Some(error.get("code").and_then(Json::text).unwrap_or_default())
    }

    /// The text of a field, trimmed; `None` where it is absent or blank.
    pub(super) fn text(&self, names: Names) -> Result<Option<Cow<'a, str>>, Unread> {
        self.get(names).map_or(Ok(None), |value| text(value, name(names)))
    }

    /// The text of a field that is `{"value": text}` in logs, and a bare text in their other exports.
    pub(super) fn value(&self, names: Names) -> Result<Option<Cow<'a, str>>, Unread> {
        let Some(value) = self.get(names) else { return Ok(None) };
        let inner = value.object().map(|object| object.get("value"));
        inner.unwrap_or(Some(value)).map_or(Ok(None), |value| text(value, name(names)))
    }

    /// An id that must be there.
    pub(super) fn id(&self, names: Names) -> Result<Cow<'a, str>, Unread> {
        self.text(names)?.map_or_else(|| Err(Unread::new(name(names), "", ID)), |text| id(text, name(names)))
    }

    /// An id that may be absent.
    pub(super) fn id_if_any(&self, names: Names) -> Result<Option<Cow<'a, str>>, Unread> {
        self.text(names)?.map(|text| id(text, name(names))).transpose()
    }

    /// The id of a role: what ends the path of its definition.
    pub(super) fn role(&self) -> Result<Cow<'a, str>, Unread> {
        let names: Names = &["roleDefinitionId"];
        let path = self.text(names)?.unwrap_or_default();
        let role = last_segment(path);
        if role.is_empty() { Err(Unread::new(name(names), "", "a role definition id")) } else { id(role, name(names)) }
    }

    /// A scope that must be there.
    pub(super) fn scope(&self, names: Names) -> Result<Cow<'a, str>, Unread> {
        scope(self.text(names)?.unwrap_or_default(), name(names))
    }

    /// What ends the path of a resource of this type in this scope; `None` where no such path is told.
    pub(super) fn name_in(&self, scope: &str, names: Names, resource_type: &str) -> Option<String> {
        let path = self.told(names)?;
        let name = last_segment(path.as_ref().into()).into_owned();
        let own = format!("{}/providers/{resource_type}/{name}", if scope == "/" { "" } else { scope });
        let plain = name.chars().count() <= MAX_ID && !name.chars().any(|c| c.is_control() || c == '@');
        (plain && path.eq_ignore_ascii_case(&own)).then_some(name)
    }

    /// The instant of a field; `None` where it is absent, blank or the first year of the calendar, which says nothing.
    pub(super) fn instant(&self, names: Names) -> Result<Option<Instant>, Unread> {
        let Some(text) = self.text(names)? else { return Ok(None) };
        match time::instant(&text) {
            Some(at) => Ok(told(at)),
            None => Err(Unread::new(name(names), text, time::EXPECTED)),
        }
    }

    /// An instant that must be there.
    pub(super) fn instant_needed(&self, names: Names) -> Result<Instant, Unread> {
        self.instant(names)?.ok_or_else(|| Unread::new(name(names), "", time::EXPECTED))
    }

    /// A truth value; absent is no.
    pub(super) fn flag(&self, names: Names) -> Result<bool, Unread> {
        let Some(text) = self.text(names)? else { return Ok(false) };
        match text.to_ascii_lowercase().as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(Unread::new(name(names), text, "`true` or `false`")),
        }
    }

    /// The elements of an array; `None` where it is absent.
    pub(super) fn list(&self, names: Names) -> Result<Option<Vec<Json<'a>>>, Unread> {
        let Some(value) = self.get(names) else { return Ok(None) };
        value.list().map(Some).ok_or_else(|| Unread::new(name(names), value.shown(), "an array"))
    }

    /// The objects of an array; absent is empty.
    pub(super) fn entries(&self, names: Names) -> Result<Vec<Self>, Unread> {
        self.each_entry(names)?.into_iter().collect()
    }

    /// The elements of an array, each an object or what cannot be read; absent is empty.
    pub(super) fn each_entry(&self, names: Names) -> Result<Vec<Result<Self, Unread>>, Unread> {
        let values = self.list(names)?.unwrap_or_default();
        let entry = |(place, value): (usize, Json<'a>)| {
            let object = value.object();
            let field = || format!("{}[{place}]", name(names));
            object.map(Self::new).ok_or_else(|| Unread::new(field(), value.shown(), "an object"))
        };
        Ok(values.into_iter().enumerate().map(entry).collect())
    }

    /// The object of a field as an entry of its own.
    pub(super) fn entry(&self, names: Names) -> Option<Self> {
        self.get(names).and_then(Json::object).map(Self::new)
    }
}

fn name(names: Names) -> &'static str {
    names.first().copied().unwrap_or_default()
}

/// .NET writes the first instant of its calendar where it has none.
fn told(at: Instant) -> Option<Instant> {
    (at > Instant::UNIX_EPOCH).then_some(at)
}

fn text<'a>(value: Json<'a>, field: &'static str) -> Result<Option<Cow<'a, str>>, Unread> {
    let text = value.text().ok_or_else(|| Unread::new(field, value.shown(), "a text"))?;
    Ok(Some(trimmed(text)).filter(|text| !text.is_empty()))
}

fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => text.trim().into(),
        Cow::Owned(text) => text.trim().to_owned().into(),
    }
}

/// Checks an id. A sign-in name is none, and must not be shown.
pub(super) fn id<'a>(text: Cow<'a, str>, field: &'static str) -> Result<Cow<'a, str>, Unread> {
    if text.contains('@') {
        return Err(Unread::new(field, "a sign-in name", ID));
    }
    let fits = !text.is_empty() && text.chars().count() <= MAX_ID && !text.chars().any(char::is_control);
    if fits { Ok(text) } else { Err(Unread::new(field, text, ID)) }
}

/// Checks a path; what ends it with `/` is dropped.
pub(super) fn scope<'a>(path: Cow<'a, str>, field: &'static str) -> Result<Cow<'a, str>, Unread> {
    if !path.starts_with('/') {
        return Err(Unread::new(field, path, SCOPE));
    }
    let end = path.trim_end_matches('/').len().max(1);
    Ok(cut(path, end))
}

/// What follows the last `/`.
pub(super) fn last_segment(path: Cow<'_, str>) -> Cow<'_, str> {
    match path {
        Cow::Borrowed(path) => segment(path).into(),
        Cow::Owned(path) => segment(&path).to_owned().into(),
    }
}

fn segment(path: &str) -> &str {
    let path = path.trim_end_matches('/');
    path.rsplit_once('/').map_or(path, |(_, last)| last)
}

/// The scope that a resource of this type is in; its path where it is none of them. The root is `/`.
pub(super) fn scope_above<'a>(path: Cow<'a, str>, resource_type: &str) -> Cow<'a, str> {
    let folded = path.to_ascii_lowercase();
    match folded.rfind(&format!("/providers/{resource_type}")) {
        None => path,
        Some(0) => "/".into(),
        Some(end) => cut(path, end),
    }
}

fn cut(text: Cow<'_, str>, end: usize) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => text.get(..end).unwrap_or(text).into(),
        Cow::Owned(mut text) => {
            text.truncate(end);
            text.into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::json::values;
    use super::*;

    fn entry(text: &str) -> Entry<'_> {
        Entry::new(values(text).unwrap()[0].object().unwrap())
    }

    #[test]
    fn fields_are_found_in_both_places() {
        let read =
            entry(r#"{"ID": " x ", "properties": {"Scope": "/subscriptions/s/", "id": "y", "on": "TRUE", "n": 3}}"#);
        assert_eq!(read.id(&["id"]).unwrap(), "x");
        assert_eq!(read.scope(&["scope"]).unwrap(), "/subscriptions/s");
        assert_eq!(read.flag(&["on"]), Ok(true));
        assert_eq!(read.flag(&["off"]), Ok(false));
        assert_eq!(read.text(&["n"]).unwrap().unwrap(), "3");
        assert!(read.has("SCOPE") && !read.has("off"));
    }

    #[test]
    fn what_cannot_be_read_says_so() {
        let read = entry(
            r#"{"a": {"secret": 1}, "b": "", "c": "anna@contoso.com", "d": "soon", "e": "s", "roleDefinitionId": "/"}"#,
        );
        let unread = |field: &'static str, found: &str, expected| Some(Unread::new(field, found, expected));
        assert_eq!(read.text(&["a"]).err(), unread("a", "an object", "a text"));
        assert_eq!(read.id(&["b"]).err(), unread("b", "", ID));
        assert_eq!(read.id(&["c"]).err(), unread("c", "a sign-in name", ID));
        assert_eq!(read.instant(&["d"]).err(), unread("d", "soon", time::EXPECTED));
        assert_eq!(read.scope(&["e"]).err(), unread("e", "s", SCOPE));
        assert_eq!(read.flag(&["e"]).err(), unread("e", "s", "`true` or `false`"));
        assert_eq!(read.list(&["e"]).err(), unread("e", "s", "an array"));
        assert_eq!(read.role().err(), unread("roleDefinitionId", "", "a role definition id"));
        assert_eq!(read.instant(&["b"]), Ok(None));
    }

    #[test]
    fn names_are_those_of_a_path_in_the_scope() {
        let of_type = "microsoft.authorization/roleassignments";
        let name = |path: &str, scope: &str| {
            let text = format!("{{\"id\": \"{path}\"}}");
            entry(&text).name_in(scope, &["id"], of_type)
        };
        let path = "/subscriptions/S/providers/Microsoft.Authorization/roleAssignments/R1";
        assert_eq!(name(path, "/subscriptions/s").as_deref(), Some("R1"));
        assert_eq!(name(path, "/subscriptions/s2"), None);
        assert_eq!(name("/providers/Microsoft.Authorization/roleAssignments/R1", "/").as_deref(), Some("R1"));
        assert_eq!(name("R1", "/subscriptions/s"), None);
        assert_eq!(name(&path.replace("R1", "anna@contoso.com"), "/subscriptions/s"), None);
        assert_eq!(name("", "/subscriptions/s"), None);
    }

    #[test]
    fn paths() {
        let above = |path: &'static str| scope_above(path.into(), "microsoft.authorization/").into_owned();
        assert_eq!(above("/subscriptions/S/providers/Microsoft.Authorization/roleAssignments/r"), "/subscriptions/S");
        assert_eq!(above("/providers/Microsoft.Authorization/roleAssignments/r"), "/");
        assert_eq!(above("/subscriptions/S"), "/subscriptions/S");
        assert_eq!(scope("/".into(), "scope").unwrap(), "/");
        assert_eq!(last_segment("/a/b/".into()), "b");
        assert_eq!(last_segment("b".into()), "b");
    }
}
