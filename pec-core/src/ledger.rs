//! Mergeable, exact sums by key.
//!
//! One [`Ledger`] for each worker, partition or machine; merging is associative and commutative, so no split of the work can
//! change a result. Every table of a report is a sum over its [cells](Ledger::cells): nothing is counted twice.

mod files;
mod filter;
mod issues;
mod saved;
mod splits;

use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) use files::RunningFacts;
pub use files::{FileFacts, InferredFromPrice, NotAzurePlanByName, OtherRates, PaidTotals, TotalsAre};
pub use filter::Filter;
pub use issues::RowIssues;
pub(crate) use saved::FORM;
#[cfg(feature = "arrow")]
pub(crate) use splits::{Portion, SplitParts};

use crate::day::UsageDay;
use crate::drawdown::Drawdown;
use crate::eligibility::RuleId;
use crate::lookup::{Table, Texts, same};
use crate::money::{Amount, AmountError, Currency};
use crate::observed::Observed;
use crate::reconcile::{Decision, Standing};
use crate::usage::UsageLine;

use filter::Filtered;
use splits::{SplitLine, Splits};

/// Sums of decided lines by customer, Azure subscription, resource group, day, reseller, standing, reason and currency.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    texts: Texts,
    accounts: Table<Account, ()>,
    cells: Table<CellKey, Sums>,
    observed: Observed,
    files: BTreeMap<String, FileFacts>,
    issues: RowIssues,
    last: LastLine,
    /// Names of customers and of subscriptions, by the number of their id.
    names: [BTreeMap<u32, String>; 2],
    /// The most decimals that a line's amounts can have, and the largest list cost.
    widest: (u32, Amount),
    /// What Azure credits pay of the lines.
    drawdown: Option<Arc<Drawdown>>,
    splits: Splits,
    /// All split lines, whole: their portions stay below it.
    split_sums: Sums,
    /// Where it is a part of another ledger.
    filtered: Option<Filtered>,
}

/// An account on a day with a standing, in one word: a cell is looked up for every line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct CellKey(u64);

impl CellKey {
    /// The account by its place in [`Ledger::accounts`].
    fn new(account: u32, day: UsageDay, standing: Standing, reason: Option<RuleId>) -> Self {
        let reason = reason.map_or(0, |reason| reason as u64 + 1);
        Self(u64::from(account) << 32 | u64::from(day.number()) << 16 | (standing as u64) << 8 | reason)
    }

    const fn account(self) -> u32 {
        (self.0 >> 32) as u32
    }

    fn of_account(self, account: u32) -> Self {
        Self(u64::from(account) << 32 | self.0 & u64::from(u32::MAX))
    }

    fn day(self) -> UsageDay {
        UsageDay::numbered((self.0 >> 16) as u16)
    }

    fn standing(self) -> Option<Standing> {
        Standing::ALL.get(usize::from((self.0 >> 8) as u8)).copied()
    }

    fn reason(self) -> Option<RuleId> {
        RuleId::ALL.get(usize::from(self.0 as u8).checked_sub(1)?).copied()
    }
}

/// Why two ledgers cannot be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MergeError {
    /// A sum does not fit.
    #[error(transparent)]
    Amount(#[from] AmountError),
    /// Azure credits were drawn down by other usage, or other credits.
    #[error(
        "the results rest on different drawdowns of Azure credit; make one drawdown of the usage of both, and decide all lines with it"
    )]
    Drawdown,
    /// One of them is a part of a result.
    #[error("a result that was filtered does not merge; merge the whole ones, then filter")]
    Filtered,
}

/// Who and where, in one currency: texts by their number in [`Texts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Account {
    place: Place,
    reseller: u32,
    currency: Currency,
}

/// A resource group of an Azure subscription of a customer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    pub(crate) customer: u32,
    pub(crate) subscription: u32,
    pub(crate) resource_group: u32,
}

/// Where a line belongs in its ledger.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Address {
    place: Place,
    resource: u32,
    account: u32,
}

/// The texts of the last line and their numbers: exports come in runs, and comparing is cheaper than hashing.
#[derive(Clone, Debug, Default)]
struct LastLine {
    texts: [String; 5],
    numbers: [u32; 5],
    /// Ids of a customer and a subscription with the names they last had.
    named: [(u32, String); 2],
}

/// Lines and their money.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// How many lines.
    pub lines: u64,
    /// List price x quantity.
    pub list_cost: Amount,
    /// What the lines would earn at the programme's rate.
    pub potential_credit: Amount,
    /// What the file says they earned.
    pub credit: Amount,
}

impl Sums {
    /// Adds other sums.
    ///
    /// # Errors
    ///
    /// [`AmountError::SumTooLarge`] past 5.7 x 10^20.
    #[inline]
    pub fn add(&mut self, other: &Self) -> Result<(), AmountError> {
        self.lines += other.lines;
        self.list_cost = self.list_cost.checked_add(other.list_cost)?;
        self.potential_credit = self.potential_credit.checked_add(other.potential_credit)?;
        self.credit = self.credit.checked_add(other.credit)?;
        Ok(())
    }
}

/// The sums of one combination of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell<'l> {
    /// The customer's tenant id, lower case; blank where the file does not say.
    pub customer: &'l str,
    /// The Azure subscription's id, lower case.
    pub subscription: &'l str,
    /// The resource group, lower case; blank for charges outside groups.
    pub resource_group: &'l str,
    /// The reseller of record; blank in the direct model.
    pub reseller: &'l str,
    /// The day of consumption.
    pub day: UsageDay,
    /// The pricing currency.
    pub currency: Currency,
    /// The standing.
    pub standing: Standing,
    /// The primary reason; `None` where the lines earned.
    pub reason: Option<RuleId>,
    /// Lines and money.
    pub sums: Sums,
}

/// The reason that money is summed by: none where a line earned.
#[must_use]
pub fn summed_reason(decision: &Decision) -> Option<RuleId> {
    match decision.standing {
        Standing::Earned | Standing::Missed => None,
        Standing::Lost | Standing::Unexpected | Standing::Unknown | Standing::Excluded => {
            decision.verdict.primary().map(|reason| reason.rule())
        }
    }
}

impl Ledger {
    /// An empty ledger.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a decided line.
    ///
    /// # Errors
    ///
    /// [`AmountError::SumTooLarge`] where a sum would not fit.
    pub fn record(&mut self, line: &UsageLine<'_>, decision: &Decision) -> Result<(), AmountError> {
        let address = self.address(line);
        self.record_at(address, line, decision)
    }

    /// Where lines of this account and resource belong.
    pub(crate) fn address(&mut self, line: &UsageLine<'_>) -> Address {
        let texts = [
            line.customer.as_str(),
            line.subscription.as_str(),
            line.resource_group,
            line.reseller.as_str(),
            line.resource,
        ];
        let [customer, subscription, resource_group, reseller, resource] = self.last.numbers(&mut self.texts, texts);
        self.name([(customer, line.customer_name), (subscription, line.subscription_name)]);
        let place = Place { customer, subscription, resource_group };
        let account = self.accounts.place(Account { place, reseller, currency: line.currency });
        Address { place, resource, account }
    }

    /// Adds a decided line where it belongs.
    pub(crate) fn record_at(
        &mut self,
        address: Address,
        line: &UsageLine<'_>,
        decision: &Decision,
    ) -> Result<(), AmountError> {
        let Address { place, resource, account } = address;
        if let Some(split) = SplitLine::of(account, line, decision) {
            self.add_split(split, decision)?;
        } else {
            let key = CellKey::new(account, line.day, decision.standing, summed_reason(decision));
            self.cells.entry(key).add(&Sums {
                lines: 1,
                list_cost: decision.list_cost,
                potential_credit: decision.potential_credit,
                credit: decision.credit,
            })?;
        }
        let decimals = line.unit_price.scale() + line.quantity.scale() + decision.paid.decimals().max(2);
        self.widest = (self.widest.0.max(decimals), self.widest.1.max(decision.list_cost.abs()));
        self.observed.record(place, resource, line, decision)
    }

    /// Keeps the names of a customer and a subscription; of several names of one id the first in the alphabet, so that the
    /// order of lines cannot matter.
    fn name(&mut self, named: [(u32, &str); 2]) {
        for ((last, names), (id, name)) in self.last.named.iter_mut().zip(&mut self.names).zip(named) {
            if name.is_empty() || (last.0 == id && same(last.1.as_bytes(), name.as_bytes())) {
                continue;
            }
            *last = (id, name.to_owned());
            let kept = names.entry(id).or_insert_with(|| name.to_owned());
            if name < kept.as_str() {
                *kept = name.to_owned();
            }
        }
    }

    /// Names of customers by their id.
    pub fn customer_names(&self) -> impl Iterator<Item = (&str, &str)> {
        self.names.iter().take(1).flatten().map(|(id, name)| (self.texts.get(*id), name.as_str()))
    }

    /// Names of Azure subscriptions by their id.
    pub fn subscription_names(&self) -> impl Iterator<Item = (&str, &str)> {
        self.names.iter().skip(1).flatten().map(|(id, name)| (self.texts.get(*id), name.as_str()))
    }

    /// The ledger of lines that are decided with a drawdown.
    pub(crate) fn with_drawdown(self, drawdown: Option<Arc<Drawdown>>) -> Self {
        Self { drawdown, ..self }
    }

    /// What Azure credits pay of the lines.
    #[must_use]
    pub fn drawdown(&self) -> Option<&Drawdown> {
        self.drawdown.as_deref()
    }

    /// Adds everything of another ledger.
    ///
    /// # Errors
    ///
    /// [`MergeError`] where a sum would not fit, where the lines were decided with different drawdowns, and where a ledger was
    /// filtered.
    pub fn merge(&mut self, other: &Self) -> Result<(), MergeError> {
        if self.filtered.is_some() || other.filtered.is_some() {
            return Err(MergeError::Filtered);
        }
        if self.drawdown != other.drawdown {
            return Err(MergeError::Drawdown);
        }
        let numbers: Vec<u32> = other.texts.iter().map(|text| self.texts.number(text)).collect();
        let number = |number: u32| numbers.get(number as usize).copied().unwrap_or_default();
        let place = |place: Place| Place {
            customer: number(place.customer),
            subscription: number(place.subscription),
            resource_group: number(place.resource_group),
        };
        let accounts: Vec<u32> = (other.accounts.entries().iter())
            .map(|(account, ())| {
                let (place, reseller) = (place(account.place), number(account.reseller));
                self.accounts.place(Account { place, reseller, ..*account })
            })
            .collect();
        self.cells.reserve(&other.cells);
        for (key, sums) in other.cells.entries() {
            let account = accounts.get(key.account() as usize).copied().unwrap_or_default();
            self.cells.entry(key.of_account(account)).add(sums)?;
        }
        for (line, lines) in other.splits.entries() {
            let account = accounts.get(line.account() as usize).copied().unwrap_or_default();
            *self.splits.entry(line.of_account(account)) += lines;
        }
        self.split_sums.add(&other.split_sums)?;
        self.observed.merge(&other.observed, |from, resource| (place(from), number(resource)))?;
        for (kind, names) in other.names.iter().enumerate() {
            for (id, name) in names {
                let id = number(*id);
                if let Some(kept) =
                    self.names.get_mut(kind).map(|names| names.entry(id).or_insert_with(|| name.clone()))
                    && name < kept
                {
                    kept.clone_from(name);
                }
            }
        }
        for (name, facts) in &other.files {
            self.files.entry(name.clone()).or_default().merge(facts)?;
        }
        self.issues.merge(&other.issues);
        self.widest = (self.widest.0.max(other.widest.0), self.widest.1.max(other.widest.1));
        Ok(())
    }

    /// All cells, in the order of their keys.
    #[must_use]
    pub fn cells(&self) -> Vec<Cell<'_>> {
        let mut cells: Vec<_> = self.unordered_cells().collect();
        cells.sort_unstable_by(|a, b| Cell::key(a).cmp(&Cell::key(b)));
        // A portion of split lines can belong where whole lines do.
        cells.dedup_by(|next, first| Cell::key(next) == Cell::key(first) && first.sums.add(&next.sums).is_ok());
        cells
    }

    /// All cells, for sums, which have no order. A key may come more than once: split lines have cells of their own.
    pub(crate) fn unordered_cells(&self) -> impl Iterator<Item = Cell<'_>> {
        self.cells.entries().iter().copied().chain(self.portions()).filter_map(|(key, sums)| {
            let (account, ()) = self.accounts.entries().get(key.account() as usize)?;
            Some(Cell {
                customer: self.texts.get(account.place.customer),
                subscription: self.texts.get(account.place.subscription),
                resource_group: self.texts.get(account.place.resource_group),
                reseller: self.texts.get(account.reseller),
                day: key.day(),
                currency: account.currency,
                standing: key.standing()?,
                reason: key.reason(),
                sums,
            })
        })
    }

    /// Facts of each input, by its name.
    #[must_use]
    pub const fn files(&self) -> &BTreeMap<String, FileFacts> {
        &self.files
    }

    pub(crate) fn file(&mut self, name: &str) -> &mut FileFacts {
        if !self.files.contains_key(name) {
            self.files.insert(name.to_owned(), FileFacts::default());
        }
        self.files.entry(name.to_owned()).or_default()
    }

    /// Rows that could not be read.
    #[must_use]
    pub const fn issues(&self) -> &RowIssues {
        &self.issues
    }

    pub(crate) const fn issues_mut(&mut self) -> &mut RowIssues {
        &mut self.issues
    }

    /// The most decimals that a line's amounts can have, and the largest list cost.
    #[cfg(feature = "arrow")]
    pub(crate) const fn widest(&self) -> (u32, Amount) {
        self.widest
    }

    /// What the file itself shows of access.
    pub(crate) const fn observed(&self) -> &Observed {
        &self.observed
    }

    pub(crate) fn text(&self, number: u32) -> &str {
        self.texts.get(number)
    }
}

impl<'l> Cell<'l> {
    fn key(cell: &Self) -> impl Ord + use<'l> {
        let reason = cell.reason;
        let text = (cell.customer, cell.subscription, cell.resource_group);
        (text, cell.day, cell.reseller, cell.standing, reason, cell.currency)
    }
}

impl LastLine {
    fn numbers(&mut self, known: &mut Texts, texts: [&str; 5]) -> [u32; 5] {
        for ((last, number), text) in self.texts.iter_mut().zip(&mut self.numbers).zip(texts) {
            if !same(last.as_bytes(), text.as_bytes()) {
                *number = known.number(text);
                last.clear();
                last.push_str(text);
            }
        }
        self.numbers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_key_gives_back_what_it_was_made_of() {
        let days = [UsageDay::from_ymd(2000, 1, 1), UsageDay::from_ymd(2026, 10, 4), UsageDay::from_ymd(2099, 12, 31)];
        for (account, day) in [0, 7, u32::MAX].into_iter().zip(days.into_iter().flatten()) {
            for standing in Standing::ALL {
                for reason in RuleId::ALL.iter().copied().map(Some).chain([None]) {
                    let key = CellKey::new(account, day, standing, reason);
                    assert_eq!((key.account(), key.day()), (account, day));
                    assert_eq!((key.standing(), key.reason()), (Some(standing), reason));
                    assert_eq!(key.of_account(3), CellKey::new(3, day, standing, reason));
                }
            }
        }
    }
}
