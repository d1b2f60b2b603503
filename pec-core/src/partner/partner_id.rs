//! Partner ids, and when they were held.

use std::ops::Range;

use chrono::{DateTime, Utc};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::interval;
use super::when::When;

/// A partner id and when the organization held it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PartnerId {
    /// The id.
    pub id: String,
    /// From, without until.
    pub held: Range<DateTime<Utc>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DatedText {
    id: String,
    from: Option<When>,
    until: Option<When>,
}

impl PartnerId {
    fn new(id: &str, from: Option<When>, until: Option<When>) -> Result<Self, String> {
        let held = interval(from, until)?;
        Ok(Self { id: id.trim().to_ascii_lowercase(), held: held.from()..held.until() })
    }
}

impl<'de> Deserialize<'de> for PartnerId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AsPartnerId)
    }
}

/// Of the two forms the one that is there is read, so that what is wrong in it is told.
struct AsPartnerId;

impl<'de> Visitor<'de> for AsPartnerId {
    type Value = PartnerId;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a partner id as text, or { id = \"1234567\", from = ..., until = ... }")
    }

    fn visit_str<E: Error>(self, id: &str) -> Result<PartnerId, E> {
        PartnerId::new(id, None, None).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<PartnerId, A::Error> {
        let DatedText { id, from, until } = DatedText::deserialize(MapAccessDeserializer::new(map))?;
        PartnerId::new(&id, from, until).map_err(Error::custom)
    }
}

/// Without any, no line would be a reseller's and no link would be anybody's.
pub(super) fn some_ids<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<PartnerId>, D::Error> {
    let ids = Vec::deserialize(deserializer)?;
    if ids.is_empty() { Err(Error::custom("found no partner id, expected one or more")) } else { Ok(ids) }
}
