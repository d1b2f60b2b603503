//! Ledgers as bytes: for another process, another machine, another day.
//!
//! JSON, amounts as texts: exact, and the same bytes for the same sums, whatever order they came in.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::filter::Filtered;
use super::splits::{SavedSplit, SplitLine};
use super::{Account, CellKey, FileFacts, Ledger, Place, RowIssues, Sums};
use crate::day::UsageDay;
use crate::drawdown::{Drawdown, SavedDrawdown};
use crate::eligibility::RuleId;
use crate::money::{Amount, Currency};
use crate::observed::SavedObserved;
use crate::reconcile::Standing;
use crate::saved::{Form, SavedError};

pub(crate) const FORM: Form = Form::new("result", 4);
/// More lines than this no ledger has: sums of counts must not overflow.
const MOST: u64 = 1 << 53;

/// Texts are given by their place in `texts`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    texts: Vec<String>,
    accounts: Vec<SavedAccount>,
    cells: Vec<SavedCell>,
    drawdown: Option<SavedDrawdown>,
    splits: Vec<SavedSplit>,
    observed: SavedObserved,
    customer_names: BTreeMap<String, String>,
    subscription_names: BTreeMap<String, String>,
    files: BTreeMap<String, FileFacts>,
    row_issues: RowIssues,
    widest: (u32, Amount),
    filtered: Option<Filtered>,
}

/// Customer, Azure subscription, resource group, reseller, currency.
type SavedAccount = (u32, u32, u32, u32, Currency);
/// Account by its place, day, standing, reason; lines, list cost, potential credit, credit.
type SavedCell = (u32, UsageDay, Standing, Option<RuleId>, u64, Amount, Amount, Amount);

impl Ledger {
    /// The ledger as bytes.
    ///
    /// ```
    /// use pec_core::ledger::Ledger;
    /// let bytes = Ledger::new().to_bytes()?;
    /// assert_eq!(Ledger::from_bytes(&bytes)?.to_bytes()?, bytes);
    /// assert!(Ledger::from_bytes(b"PK").is_err());
    /// # Ok::<(), pec_core::saved::SavedError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SavedError`] where it cannot be written; no ledger is known that cannot.
    pub fn to_bytes(&self) -> Result<Vec<u8>, SavedError> {
        FORM.bytes_of(self.saved())
    }

    fn saved(&self) -> Saved {
        let texts: BTreeSet<&str> = self.texts.iter().collect();
        let numbers: BTreeMap<&str, u32> = texts.iter().copied().zip(0..).collect();
        let number = |text: u32| numbers.get(self.text(text)).copied().unwrap_or_default();
        let place = |of: Place| (number(of.customer), number(of.subscription), number(of.resource_group));
        let account = |account: &Account| {
            let (customer, subscription, group) = place(account.place);
            (customer, subscription, group, number(account.reseller), account.currency)
        };
        let accounts: Vec<SavedAccount> = self.accounts.entries().iter().map(|(of, ())| account(of)).collect();
        let sorted: BTreeSet<_> = accounts.iter().copied().collect();
        let places: BTreeMap<_, u32> = sorted.iter().copied().zip(0..).collect();
        let cell = |(key, sums): &(CellKey, Sums)| {
            let account = places.get(accounts.get(key.account() as usize)?).copied()?;
            let Sums { lines, list_cost, potential_credit, credit } = *sums;
            Some((account, key.day(), key.standing()?, key.reason(), lines, list_cost, potential_credit, credit))
        };
        let mut cells: Vec<SavedCell> = self.cells.entries().iter().filter_map(cell).collect();
        cells.sort_unstable();
        let split = |(line, lines): &(SplitLine, u64)| {
            let account = places.get(accounts.get(line.account() as usize)?).copied()?;
            Some(line.of_account(account).saved(*lines))
        };
        let mut splits: Vec<SavedSplit> = self.splits.entries().iter().filter_map(split).collect();
        splits.sort_unstable();
        Saved {
            texts: texts.iter().map(|text| (*text).to_owned()).collect(),
            accounts: sorted.into_iter().collect(),
            cells,
            drawdown: self.drawdown().map(Drawdown::saved),
            splits,
            observed: self.observed.saved(|of, resource| (place(of), number(resource))),
            customer_names: owned(self.customer_names()),
            subscription_names: owned(self.subscription_names()),
            files: self.files.clone(),
            row_issues: self.issues.clone(),
            widest: self.widest,
            filtered: self.filtered.clone(),
        }
    }

    /// The ledger of such bytes.
    ///
    /// # Errors
    ///
    /// [`SavedError`] for other bytes, and for those of another version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SavedError> {
        FORM.content_of::<Saved>(bytes)?.ledger()
    }
}

impl Saved {
    fn ledger(self) -> Result<Ledger, SavedError> {
        self.check_counts()?;
        let mut ledger = Ledger { files: self.files, widest: self.widest, ..Ledger::default() };
        let numbers: Vec<u32> = self.texts.iter().map(|text| ledger.texts.number(text)).collect();
        let number = |text: u32| FORM.found(&numbers, text).copied();
        let place = |(customer, subscription, resource_group): (u32, u32, u32)| {
            let (customer, subscription) = (number(customer)?, number(subscription)?);
            Ok::<_, SavedError>(Place { customer, subscription, resource_group: number(resource_group)? })
        };
        let mut accounts = Vec::with_capacity(self.accounts.len());
        for (customer, subscription, group, reseller, currency) in self.accounts {
            let place = place((customer, subscription, group))?;
            accounts.push(ledger.accounts.place(Account { place, reseller: number(reseller)?, currency }));
        }
        for (account, day, standing, reason, lines, list_cost, potential_credit, credit) in self.cells {
            let account = *FORM.found(&accounts, account)?;
            let sums = Sums { lines, list_cost, potential_credit, credit };
            ledger.cells.entry(CellKey::new(account, day, standing, reason)).add(&sums)?;
        }
        ledger.drawdown = self.drawdown.map(SavedDrawdown::drawdown).transpose()?.map(Arc::new);
        ledger.load_splits(self.splits, &accounts)?;
        ledger.observed = self.observed.observed(|of, resource| Ok((place(of)?, number(resource)?)))?;
        for (names, saved) in ledger.names.iter_mut().zip([self.customer_names, self.subscription_names]) {
            names.extend(saved.into_iter().map(|(id, name)| (ledger.texts.number(&id), name)));
        }
        ledger.issues.merge(&self.row_issues);
        ledger.filtered = self.filtered;
        Ok(ledger)
    }

    /// Counts are added up later, which must not overflow.
    fn check_counts(&self) -> Result<(), SavedError> {
        let cells = self.cells.iter().map(|(_, _, _, _, lines, ..)| *lines);
        let files = self.files.values().flat_map(FileFacts::all_counts);
        let splits = self.splits.iter().map(|(.., lines)| *lines);
        let filtered = self.filtered.iter().flat_map(Filtered::lines);
        let rest = filtered.chain([self.row_issues.saturating_count()]);
        let all = cells.chain(splits).chain(files).chain(rest).chain(self.observed.lines());
        let too_many = || FORM.problem("more lines than there can be");
        (all.fold(0, u64::saturating_add) < MOST).then_some(()).ok_or_else(too_many)
    }
}

fn owned<'n>(names: impl Iterator<Item = (&'n str, &'n str)>) -> BTreeMap<String, String> {
    names.map(|(id, name)| (id.to_owned(), name.to_owned())).collect()
}
