//! The rules and what there is to know of each.

use std::borrow::Cow;
use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::reason::RuleId;
use super::rules::RULES;
use crate::programme::{Source, Status};

/// A rule: what it decides, who can act, and where it is written.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Rule {
    /// Its stable id.
    pub id: RuleId,
    /// Its place in the order of precedence; lower comes first. What cannot be told shares the last place.
    pub rank: u8,
    /// What kind of answer it gives.
    pub group: Group,
    /// What it found, as part of a sentence.
    pub sentence: &'static str,
    /// Who could change it.
    pub owner: Owner,
    /// Can anybody do something about it?
    pub can_act: bool,
    /// What to do.
    pub remedy: &'static str,
    /// Where it is written.
    pub source: Source,
}

/// What a finding of a rule means for the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Group {
    /// The line earns nothing by the programme's design.
    ByDesign,
    /// The partner could not earn on that day.
    Partner,
    /// Access did not cover the day, or does not count.
    Access,
    /// It cannot be told; some export would settle it.
    Undetermined,
}

/// Who could change what a rule found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Owner {
    /// The partner.
    Partner,
    /// The customer.
    Customer,
    /// Nobody.
    Nobody,
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::ByDesign => "by design",
            Self::Partner => "partner",
            Self::Access => "access",
            Self::Undetermined => "undetermined",
        })
    }
}

impl Owner {
    /// The word as files and tables spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Partner => "partner",
            Self::Customer => "customer",
            Self::Nobody => "nobody",
        }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// All rules, in rank order.
///
/// ```
/// let spot = pec_core::eligibility::rules().iter().find(|rule| rule.id.as_str() == "spot_virtual_machine").unwrap();
/// assert_eq!(spot.source.location(), "R59");
/// ```
#[must_use]
pub fn rules() -> &'static [Rule] {
    &RULES
}

/// The rule with this id.
#[must_use]
pub fn rule(id: RuleId) -> &'static Rule {
    // Ids and rules are declared in one order; a test holds them together.
    let index = RuleId::ALL.iter().position(|known| *known == id).unwrap_or_default();
    #[expect(clippy::indexing_slicing, reason = "a test proves one rule for each id")]
    &RULES[index]
}

pub(super) const fn source(
    document: &'static str,
    (year, month, day): (i32, u32, u32),
    location: &'static str,
    status: Status,
) -> Source {
    let dated = match NaiveDate::from_ymd_opt(year, month, day) {
        Some(date) => date,
        None => NaiveDate::MIN,
    };
    Source::new(Cow::Borrowed(document), dated, Cow::Borrowed(location), status, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_rule_for_each_id_in_rank_order() {
        let ids: Vec<_> = rules().iter().map(|rule| rule.id).collect();
        assert_eq!(ids, RuleId::ALL);
        assert!(rules().windows(2).all(|pair| pair[0].rank <= pair[1].rank));
        for known in rules() {
            assert_eq!(rule(known.id).id, known.id);
            assert!(known.source.dated() > NaiveDate::MIN && !known.source.location().is_empty());
            // Texts rely on it.
            assert_eq!(known.remedy.starts_with("nothing to do"), !known.can_act, "{}", known.id);
        }
    }
}
