//! The credit that changes of access put at stake, from daily rated usage.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::losses::per_month;
use crate::access::{Comparison, StakeKind, Stakes, Target};
use crate::day::UsageDay;
use crate::money::{Amount, AmountError, Currency};
use crate::normalise::RowIssue;
use crate::reconcile::Decision;
use crate::usage::UsageLine;

/// How many row issues are kept whole.
const ISSUES_KEPT: usize = 10;

/// Gathers the potential credit of lines whose access is not what it was; lines that are excluded by design have none.
///
/// Memory grows with places, never with lines. The order of lines changes no sum.
///
/// ```
/// use pec_core::{access::{Comparison, Evidence}, engine::Engine, partner::Partner, read::Input, report::AtStake};
/// let toml = "[partner]\nkind = \"direct_bill\"\ntenant_id = \"t\"\npartner_ids = [\"1\"]\n";
/// let engine = Engine::new()?;
/// let partner = Partner::from_toml("partner.toml", toml)?;
/// let compared = Comparison::new(&partner, Evidence::new(), Evidence::new(), engine.programme());
/// let mut at_stake = AtStake::new(&compared);
/// let usage = "UsageDate,EntitlementId,UnitPrice,Quantity,CreditType\n2026-10-04,s,1,24,\n";
/// let mut failed = None;
/// engine.stream(Input::new("usage.csv", usage.as_bytes()), &mut |_, row| {
///     failed = failed.or(at_stake.add(row).err());
///     std::ops::ControlFlow::Continue(())
/// })?;
/// let found = at_stake.finish();
/// assert_eq!((failed, found.lines, found.lost.len()), (None, 1, 0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct AtStake<'c> {
    stakes: Stakes<'c>,
    sums: BTreeMap<(StakeKind, Of), BTreeMap<Currency, Amount>>,
    lines: u64,
    issues: Vec<RowIssue>,
    row_issues: u64,
    days: Option<(UsageDay, UsageDay)>,
}

/// What a sum is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Of {
    /// All lines, each once.
    All,
    /// Lines that no listed change reaches.
    NoChange,
    /// The lines of a change.
    Change(usize),
}

impl std::fmt::Debug for AtStake<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AtStake").field("lines", &self.lines).finish_non_exhaustive()
    }
}

/// Potential credit in a currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Credit {
    /// The pricing currency.
    pub currency: Currency,
    /// Of the days of the usage, exactly.
    pub credit: Amount,
    /// Of 30 days, by the days from the first to the last of the usage: to the cent, ties to even.
    pub credit_per_month: Option<Amount>,
}

/// What daily rated usage says of the credit at stake.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UsageAtStake {
    /// Data rows, unreadable ones included.
    pub lines: u64,
    /// Rows that could not be read.
    pub row_issues: u64,
    /// The first of them.
    pub issues: Vec<RowIssue>,
    /// The first day of usage.
    pub first_day: Option<UsageDay>,
    /// The last day of usage.
    pub last_day: Option<UsageDay>,
    /// Lines that were covered and are not: each once, though several grants may have reached it.
    pub lost: Vec<Credit>,
    /// Of these, lines that no listed change reaches: what covered them looks the same where it is given.
    pub lost_without_change: Vec<Credit>,
    /// Lines that were covered, and of which it cannot be told whether they are.
    pub not_told: Vec<Credit>,
    /// Lines that are covered only until an end that is known.
    pub ending: Vec<Credit>,
    /// Lines that are covered and were not.
    pub gained: Vec<Credit>,
    #[serde(skip)]
    of_changes: BTreeMap<(StakeKind, usize), Vec<Credit>>,
}

impl<'c> AtStake<'c> {
    /// For what two exports say differently.
    #[must_use]
    pub fn new(comparison: &'c Comparison<'c>) -> Self {
        let (stakes, sums) = (Stakes::new(comparison), BTreeMap::new());
        Self { stakes, sums, lines: 0, issues: Vec::new(), row_issues: 0, days: None }
    }

    /// Adds a row as [`Engine::stream`](crate::engine::Engine::stream) gives it, of an engine without access.
    ///
    /// # Errors
    ///
    /// [`AmountError::SumTooLarge`] where a sum does not fit.
    pub fn add(&mut self, row: Result<(&UsageLine<'_>, &Decision), RowIssue>) -> Result<(), AmountError> {
        self.lines += 1;
        let (line, decision) = match row {
            Ok(decided) => decided,
            Err(issue) => {
                self.row_issues += 1;
                self.issues.extend((self.issues.len() < ISSUES_KEPT).then_some(issue));
                return Ok(());
            }
        };
        let (first, last) = self.days.unwrap_or((line.day, line.day));
        self.days = Some((first.min(line.day), last.max(line.day)));
        if decision.potential_credit.is_zero() {
            return Ok(());
        }
        let target = Target {
            customer: line.customer.as_str(),
            subscription: line.subscription.as_str(),
            resource_group: line.resource_group,
            resource: line.resource,
            reseller: line.reseller.as_str(),
        };
        let Some(stake) = self.stakes.of(target) else { return Ok(()) };
        let none = stake.changes.is_empty().then_some(Of::NoChange);
        let of = std::iter::once(Of::All).chain(none).chain(stake.changes.iter().copied().map(Of::Change));
        for of in of {
            let sum = self.sums.entry((stake.kind, of)).or_default().entry(line.currency).or_default();
            *sum = sum.checked_add(decision.potential_credit)?;
        }
        Ok(())
    }

    /// The sums.
    #[must_use]
    pub fn finish(self) -> UsageAtStake {
        let Self { stakes: _, mut sums, lines, issues, row_issues, days } = self;
        let credits = |sums: Option<BTreeMap<Currency, Amount>>| -> Vec<Credit> {
            let credit = |(currency, credit)| {
                let credit_per_month = days.and_then(|(first, last)| per_month(credit, first, last));
                Credit { currency, credit, credit_per_month }
            };
            sums.into_iter().flatten().map(credit).collect()
        };
        let mut of = |kind, of| credits(sums.remove(&(kind, of)));
        let mut found = UsageAtStake {
            lines,
            row_issues,
            issues,
            first_day: days.map(|(first, _)| first),
            last_day: days.map(|(_, last)| last),
            lost: of(StakeKind::Lost, Of::All),
            lost_without_change: of(StakeKind::Lost, Of::NoChange),
            not_told: of(StakeKind::NotTold, Of::All),
            ending: of(StakeKind::Ending, Of::All),
            gained: of(StakeKind::Gained, Of::All),
            of_changes: BTreeMap::new(),
        };
        for ((kind, of), sums) in sums {
            if let Of::Change(number) = of {
                found.of_changes.insert((kind, number), credits(Some(sums)));
            }
        }
        found
    }
}

impl UsageAtStake {
    /// The credit of a change, by its place in its list.
    pub(super) fn of_change(&self, kind: StakeKind, number: usize) -> Vec<Credit> {
        self.of_changes.get(&(kind, number)).cloned().unwrap_or_default()
    }
}
