//! Exports that contradict each other: what one proves was held, another says had ended.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Access;
use super::facts::Instant;
use super::track::{Told, proven};

/// An entry, or a file that should have one, against a grant that another export proves: it was made before that moment,
/// and is listed after it with the time it was made. The proof decides.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Contradiction {
    /// The moment that it tells of.
    pub at: DateTime<Utc>,
    /// What it says.
    pub says: Says,
    /// The file.
    pub file: String,
    /// The entry; the first is 1. `None` where it is the lack of one.
    pub entry: Option<u32>,
}

/// What is said against a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Says {
    /// It was revoked, or ended.
    Revoked,
    /// A complete export does not list it.
    NotListed,
}

impl Says {
    /// The word as tables spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::NotListed => "not_listed",
        }
    }
}

/// Something that is said against a grant, its file by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Against {
    pub(super) at: Instant,
    pub(super) says: Says,
    pub(super) file: u32,
    pub(super) entry: Option<u32>,
}

/// Of what is said against a grant that for which there is proof of the contrary.
pub(super) fn contradicted(mut against: Vec<Against>, events: &[(Instant, Told)]) -> Vec<Against> {
    let proven = proven(events);
    against.retain(|one| proven.iter().any(|held| held.from() < one.at && one.at < held.until()));
    against.sort_unstable();
    against.dedup();
    against
}

impl Access {
    pub(super) fn contradictions(&self, against: &[Against]) -> Vec<Contradiction> {
        let named = |Against { at, says, file, entry }: &Against| {
            let file = self.evidence.files.get(*file as usize)?.name.to_string();
            Some(Contradiction { at: *at, says: *says, file, entry: *entry })
        };
        against.iter().filter_map(named).collect()
    }
}
