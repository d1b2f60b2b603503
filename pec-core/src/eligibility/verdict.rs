//! Verdicts: what all rules together say of a line.

use serde::{Deserialize, Serialize};

use super::reason::{Reason, RuleId};
use super::rules::ByDesign;
use crate::access::Findings;

/// May the line earn?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It should have earned.
    Eligible,
    /// It could not earn.
    Ineligible,
    /// It cannot be told from what was given.
    Undetermined,
}

/// What all rules say of a line, blind to what was paid.
///
/// ```
/// use pec_core::{engine::Engine, eligibility::Outcome, normalise::Record};
/// let mut record = Record::new([
///     ("UsageDate", "2026-10-04"), ("EntitlementId", "s"), ("UnitPrice", "1"), ("Quantity", "2"),
///     ("CreditType", "Credit Not Applied"), ("MeterName", "D2s v3 Spot"),
/// ])?;
/// let verdict = Engine::new()?.judge(&record.line()?);
/// assert_eq!(verdict.outcome(), Outcome::Ineligible);
/// assert_eq!(verdict.primary().unwrap().rule().as_str(), "spot_virtual_machine");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    outcome: Outcome,
    by_design: bool,
    /// In rank order; room for one of each rule, so that a verdict needs no memory of its own.
    design: ByDesign,
    /// They come after those by design.
    access: Findings,
}

impl Verdict {
    pub(super) fn new(design: ByDesign, access: Findings) -> Self {
        let by_design = design.iter().any(Option::is_some);
        let (outcome, access) = match (by_design, access.blocking()) {
            // What could not earn for a reason that is known needs no evidence of anything else.
            (true, blocking) => (Outcome::Ineligible, blocking),
            (false, blocking) if !blocking.is_empty() => (Outcome::Ineligible, blocking),
            (false, _) if access.is_empty() => (Outcome::Eligible, access),
            (false, _) => (Outcome::Undetermined, access),
        };
        Self { outcome, by_design, design, access }
    }

    /// May the line earn?
    #[must_use]
    pub const fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// Does the line earn nothing by the programme's design, whoever had access?
    #[must_use]
    pub const fn by_design(&self) -> bool {
        self.by_design
    }

    /// Everything that was found, in rank order.
    pub fn findings(&self) -> impl Iterator<Item = Reason> + '_ {
        let access = self.access.iter().map(|finding| Reason::Access { finding });
        self.design.iter().flatten().copied().chain(access)
    }

    /// The finding that decides: the first in rank order.
    #[must_use]
    pub fn primary(&self) -> Option<Reason> {
        self.findings().next()
    }

    /// Was this found?
    #[must_use]
    pub fn has(&self, rule: RuleId) -> bool {
        // Rules by design have their places in the order of their ids.
        match self.design.get(rule as usize) {
            Some(found) => found.is_some(),
            None => self.access.iter().any(|finding| RuleId::of(finding) == rule),
        }
    }
}
