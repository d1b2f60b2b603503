//! Standings: what money is summed by.

use std::fmt;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::eligibility::{Outcome, Verdict};

/// The verdict beside what was paid. Every line has exactly one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Standing {
    /// Paid, and nothing says it should not have been.
    Earned,
    /// Evidence says it should have earned: claim it.
    Missed,
    /// Not paid for want of access, or of a partner that could earn: recoverable from now on, the past is gone (R54).
    Lost,
    /// Paid although the rules say it could not earn: our evidence is wrong, or it may be taken back.
    Unexpected,
    /// Not paid, and what was given cannot tell why.
    Unknown,
    /// Not paid, by design.
    Excluded,
}

impl Standing {
    /// All of them, in the order of reports.
    pub const ALL: [Self; 6] =
        [Self::Earned, Self::Missed, Self::Lost, Self::Unexpected, Self::Unknown, Self::Excluded];

    /// The standing of a line.
    #[must_use]
    pub fn of(verdict: &Verdict, paid: bool) -> Self {
        match (verdict.outcome(), paid) {
            (Outcome::Eligible | Outcome::Undetermined, true) => Self::Earned,
            (Outcome::Eligible, false) => Self::Missed,
            (Outcome::Undetermined, false) => Self::Unknown,
            (Outcome::Ineligible, paid) if verdict.by_design() => Self::by_design(paid),
            (Outcome::Ineligible, true) => Self::Unexpected,
            (Outcome::Ineligible, false) => Self::Lost,
        }
    }

    /// The standing of what cannot earn by design.
    pub(super) const fn by_design(paid: bool) -> Self {
        if paid { Self::Unexpected } else { Self::Excluded }
    }

    /// The word as files and tables spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Earned => "earned",
            Self::Missed => "missed",
            Self::Lost => "lost",
            Self::Unexpected => "unexpected",
            Self::Unknown => "unknown",
            Self::Excluded => "excluded",
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Standing {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let found = Self::ALL.iter().copied().find(|one| one.as_str() == name);
        found.ok_or_else(|| D::Error::custom("expected a standing"))
    }
}

impl Serialize for Standing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
