//! Ledgers as bytes: for another process, another machine, another day.
//!
//! JSON, amounts as texts: exact, and the same bytes for the same sums, whatever order they came in.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::filter::Filtered;
use super::{Account, CellKey, FileFacts, Ledger, Place, RowIssues, Sums};
use crate::day::UsageDay;
use crate::eligibility::RuleId;
use crate::money::{Amount, AmountError, Currency};
use crate::observed::SavedObserved;
use crate::reconcile::Standing;

/// What the bytes are.
const FORMAT: &str = "pec ledger";
/// The version of the form; another one is refused.
const VERSION: u32 = 1;
/// More lines than this no ledger has: sums of counts must not overflow.
const MOST: u64 = 1 << 53;

/// Why a ledger cannot be saved or loaded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SavedError {
    /// These are other bytes.
    #[error("these bytes are no saved result ({0}); save it again")]
    Form(String),
    /// Another version of the form.
    #[error(
        "this result was saved in version {0} of the form, expected version {VERSION}; save it again with this version of pec"
    )]
    Version(u32),
    /// A sum does not fit.
    #[error(transparent)]
    Amount(#[from] AmountError),
    /// What Azure credits pay is not saved.
    #[error("a result with Azure credits cannot be saved; keep its files and reconcile again")]
    Drawdown,
}

/// What any version has.
#[derive(Deserialize)]
struct Head {
    format: String,
    version: u32,
}

/// Texts are given by their place in `texts`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    format: String,
    version: u32,
    texts: Vec<String>,
    accounts: Vec<SavedAccount>,
    cells: Vec<SavedCell>,
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
    /// # Ok::<(), pec_core::ledger::SavedError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SavedError::Drawdown`] where the lines were decided with Azure credits.
    pub fn to_bytes(&self) -> Result<Vec<u8>, SavedError> {
        if self.drawdown.is_some() {
            return Err(SavedError::Drawdown);
        }
        serde_json::to_vec(&self.saved()).map_err(|error| SavedError::Form(error.to_string()))
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
        Saved {
            format: FORMAT.to_owned(),
            version: VERSION,
            texts: texts.iter().map(|text| (*text).to_owned()).collect(),
            accounts: sorted.into_iter().collect(),
            cells,
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
        let form = |error: serde_json::Error| SavedError::Form(error.to_string());
        let head: Head = serde_json::from_slice(bytes).map_err(form)?;
        if head.format != FORMAT {
            return Err(SavedError::Form(format!("`format` is not `{FORMAT}`")));
        }
        if head.version != VERSION {
            return Err(SavedError::Version(head.version));
        }
        serde_json::from_slice::<Saved>(bytes).map_err(form)?.ledger()
    }
}

impl Saved {
    fn ledger(self) -> Result<Ledger, SavedError> {
        self.check_counts()?;
        let mut ledger = Ledger { files: self.files, widest: self.widest, ..Ledger::default() };
        let numbers: Vec<u32> = self.texts.iter().map(|text| ledger.texts.number(text)).collect();
        let number = |text: u32| found(&numbers, text).copied();
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
            let account = *found(&accounts, account)?;
            let sums = Sums { lines, list_cost, potential_credit, credit };
            ledger.cells.entry(CellKey::new(account, day, standing, reason)).add(&sums)?;
        }
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
        let rest = [self.row_issues.saturating_count(), self.filtered.as_ref().map_or(0, Filtered::lines)];
        let all = cells.chain(files).chain(rest).chain(self.observed.lines());
        let too_many = || SavedError::Form("more lines than there can be".to_owned());
        (all.fold(0, u64::saturating_add) < MOST).then_some(()).ok_or_else(too_many)
    }
}

/// What is at a place, or the error that there is nothing.
pub(crate) fn found<T>(all: &[T], place: u32) -> Result<&T, SavedError> {
    all.get(place as usize).ok_or_else(|| SavedError::Form("a number points to nothing".to_owned()))
}

fn owned<'n>(names: impl Iterator<Item = (&'n str, &'n str)>) -> BTreeMap<String, String> {
    names.map(|(id, name)| (id.to_owned(), name.to_owned())).collect()
}
