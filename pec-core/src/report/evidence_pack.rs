//! What a support request on one customer needs: the lines, the grants of those days, the sources and the rules, as tables and as
//! a page.
//!
//! Nothing personal is in it: ids and paths of Azure, no names of customers or people, and of files the names alone.

mod lines;
mod names;
mod page;
mod places;
mod tables;

use std::collections::{BTreeMap, BTreeSet};

use arrow_array::RecordBatch;
use arrow_schema::ArrowError;

use super::EvidenceFacts;
use crate::access::{Access, Assumed};
use crate::day::{Interval, UsageDay};
use crate::eligibility::RuleId;
use crate::ids::{CustomerId, SubscriptionId};
use crate::ledger::{Cell, Ledger, Sums, summed_reason};
use crate::money::{AmountError, Currency};
use crate::partner::Partner;
use crate::programme::Programme;
use crate::reconcile::{Decision, Standing};
use crate::usage::UsageLine;

use lines::Lines;
use names::Names;
use places::Places;

/// How many lines the page shows; all of them are in the table.
const LINES_SHOWN: usize = 1_000;
/// How many customers or subscriptions an error names.
const NAMED: usize = 5;

/// Whose lines a pack is of, and of which days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EvidencePackOf {
    /// The customer's tenant id.
    pub customer: String,
    /// Its Azure subscriptions; none means all.
    pub subscriptions: Vec<String>,
    /// The first day.
    pub from: Option<UsageDay>,
    /// The day after the last.
    pub until: Option<UsageDay>,
}

/// Why there is no pack.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EvidencePackError {
    /// The customer is not in the input.
    #[error("no lines of customer `{customer}`; name one that is in the input: {found}")]
    NoCustomer {
        /// The customer that was asked for.
        customer: String,
        /// Those that are there, or some of them.
        found: String,
    },
    /// The customer has no lines in these subscriptions and days.
    #[error(
        "no lines of customer `{customer}` in these Azure subscriptions and days; name some that are in the input: {found}"
    )]
    NoLines {
        /// The customer that was asked for.
        customer: String,
        /// Where and when it has lines.
        found: String,
    },
}

/// Gathers what a support request on one customer needs. Lines leave it in batches, in the order in which they came.
///
/// ```
/// use std::collections::BTreeMap;
/// use pec_core::access::{Access, Evidence};
/// use pec_core::{engine::Engine, partner::Partner, read::Input};
/// use pec_core::report::{EvidencePack, EvidencePackOf};
///
/// let file = "UsageDate,CustomerId,EntitlementId,UnitPrice,Quantity,PartnerEarnedCreditPercentage\n\
///             2026-10-04,c,s,0.045,24,0\n2026-10-05,c,s,0.045,24,15\n";
/// let input = || Input::new("usage.csv", file.as_bytes());
/// let partner = "[partner]\nkind = \"direct_bill\"\ntenant_id = \"t\"\npartner_ids = [\"1\"]\n";
/// let access = Access::new(Partner::from_toml("partner.toml", partner)?, Evidence::new());
/// let engine = Engine::new()?.with_access(access.clone());
///
/// let ledger = engine.reconcile([input()], &Default::default())?;
/// let of = EvidencePackOf { customer: "c".to_owned(), ..Default::default() };
/// let mut pack = EvidencePack::new(&ledger, engine.programme(), &access, &of)?;
/// engine.stream(input(), &mut |row, line| {
///     if let Ok((line, decision)) = line {
///         pack.add("usage.csv", row, line, decision).unwrap();
///     }
///     std::ops::ControlFlow::Continue(())
/// })?;
/// assert_eq!(pack.take()?.num_rows(), 1, "the line that earned is no matter of support");
/// let files = pack.finish(&[], &BTreeMap::new(), &[])?;
/// assert_eq!(files.tables.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["grants", "days", "sources", "rules"]);
/// assert!(files.page.starts_with("<!doctype html>"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct EvidencePack<'a> {
    ledger: &'a Ledger,
    programme: &'a Programme,
    partner: &'a Partner,
    customer: String,
    /// The Azure subscriptions that have lines, in lower case.
    subscriptions: BTreeSet<String>,
    /// The first and the last day that have lines.
    days: (UsageDay, UsageDay),
    names: Names,
    places: Places<'a>,
    sums: BTreeMap<DayKey, DaySums>,
    rules: BTreeSet<RuleId>,
    lines: Lines,
    /// The lines that the page shows.
    shown: Option<RecordBatch>,
    open_lines: u64,
}

/// Subscription, day, standing, reason and currency.
type DayKey = (String, UsageDay, Standing, Option<RuleId>, Currency);

/// The lines of a key.
#[derive(Clone, Debug, Default)]
struct DaySums {
    sums: Sums,
    /// Those of them that rest on an assumption.
    assumed: Sums,
    /// What they rest on that nothing proves.
    assumptions: Assumed,
    /// The fewest minutes that counting grants cover of any of the lines; none by design.
    covered_minutes: Option<u64>,
}

/// The files of a pack besides its lines.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct EvidencePackFiles {
    /// Tables by name: `grants`, `days`, `sources`, `rules`.
    pub tables: Vec<(&'static str, RecordBatch)>,
    /// The page, in HTML.
    pub page: String,
}

impl<'a> EvidencePack<'a> {
    /// A pack of what made this ledger.
    ///
    /// # Errors
    ///
    /// [`EvidencePackError`] where there are no such lines; it says what there is.
    pub fn new(
        ledger: &'a Ledger,
        programme: &'a Programme,
        access: &'a Access,
        of: &EvidencePackOf,
    ) -> Result<Self, EvidencePackError> {
        let customer = CustomerId::new(&of.customer).unwrap_or_default().to_string();
        let asked: BTreeSet<_> =
            of.subscriptions.iter().map(|id| SubscriptionId::new(id).unwrap_or_default().to_string()).collect();
        let held = |cell: &Cell<'_>| {
            (asked.is_empty() || asked.contains(cell.subscription))
                && of.from.is_none_or(|from| from <= cell.day)
                && of.until.is_none_or(|until| cell.day < until)
        };
        let all: Vec<_> = ledger.unordered_cells().filter(|cell| cell.customer == customer).collect();
        let cells = || all.iter().filter(|cell| held(cell));
        let (Some(first), Some(last)) = (cells().map(|cell| cell.day).min(), cells().map(|cell| cell.day).max()) else {
            return Err(absent(ledger, customer, &all));
        };
        let subscriptions = cells().map(|cell| cell.subscription.to_owned()).collect();
        let mut names = Names::default();
        for file in ledger.files().keys() {
            names.of(file);
        }
        let period = Interval::new(first.interval().from(), last.interval().until());
        Ok(Self {
            ledger,
            programme,
            partner: access.partner(),
            customer,
            subscriptions,
            days: (first, last),
            names,
            places: Places::new(access, programme, period),
            sums: BTreeMap::new(),
            rules: BTreeSet::new(),
            lines: Lines::new(ledger),
            shown: None,
            open_lines: 0,
        })
    }

    /// Adds a line of the ledger, unless it is of another customer, subscription or day; true when a batch of lines is full and
    /// should be [taken](Self::take).
    ///
    /// # Errors
    ///
    /// [`AmountError`] where a sum does not fit, because the ledger was another one.
    pub fn add(
        &mut self,
        file: &str,
        row: u64,
        line: &UsageLine<'_>,
        decision: &Decision,
    ) -> Result<bool, AmountError> {
        let (first, last) = self.days;
        let subscription = line.subscription.as_str().to_ascii_lowercase();
        if line.day < first
            || last < line.day
            || !line.customer.as_str().eq_ignore_ascii_case(&self.customer)
            || !self.subscriptions.contains(&subscription)
        {
            return Ok(false);
        }
        let by_design = decision.verdict.by_design();
        let minutes = if by_design { None } else { Some(self.places.covered_minutes(line)) };
        let key = (subscription, line.day, decision.standing, summed_reason(decision), line.currency);
        let sums = self.sums.entry(key).or_insert_with(|| DaySums { covered_minutes: minutes, ..DaySums::default() });
        sums.covered_minutes = sums.covered_minutes.min(minutes);
        let one = Sums {
            lines: 1,
            list_cost: decision.list_cost,
            potential_credit: decision.potential_credit,
            credit: decision.credit,
        };
        sums.sums.add(&one)?;
        let assumptions = decision.verdict.assumptions();
        if !assumptions.is_empty() {
            sums.assumed.add(&one)?;
            sums.assumptions = sums.assumptions.with(assumptions);
        }
        self.rules.extend(summed_reason(decision));
        if matches!(decision.standing, Standing::Earned | Standing::Excluded) {
            return Ok(false);
        }
        self.rules.extend(decision.verdict.findings().map(|reason| reason.rule()));
        self.open_lines += 1;
        Ok(self.lines.add(self.names.of(file), row, line, decision))
    }

    /// The lines added since the last batch: those that neither earned nor are excluded by design.
    ///
    /// # Errors
    ///
    /// [`ArrowError`] where an amount does not fit, because the ledger was another one.
    pub fn take(&mut self) -> Result<RecordBatch, ArrowError> {
        let batch = self.lines.take()?;
        if self.shown.is_none() {
            self.shown = Some(batch.slice(0, batch.num_rows().min(LINES_SHOWN)));
        }
        Ok(batch)
    }

    /// The other tables and the page, after all lines were added and [taken](Self::take).
    ///
    /// `sha256` of usage files by the name of the file, and of files of evidence in their order.
    ///
    /// # Errors
    ///
    /// [`ArrowError`] where an amount does not fit.
    pub fn finish(
        mut self,
        evidence: &[EvidenceFacts],
        sha256_of_usage: &BTreeMap<String, String>,
        sha256_of_evidence: &[String],
    ) -> Result<EvidencePackFiles, ArrowError> {
        let not_yours = self.places.not_yours();
        let grants = tables::grants(&self.places, &mut self.names, &mut self.rules)?;
        let days = tables::days(self.ledger, &self.sums)?;
        let sources = tables::sources(&mut self, evidence, sha256_of_usage, sha256_of_evidence)?;
        let rules = tables::rules(&self)?;
        let shown = self.shown.take().map_or_else(|| self.lines.take(), Ok)?;
        let page = page::page(&self, not_yours, &[&shown, &days, &grants, &sources, &rules])?;
        Ok(EvidencePackFiles {
            tables: vec![("grants", grants), ("days", days), ("sources", sources), ("rules", rules)],
            page,
        })
    }
}

/// What there is instead of the lines that were asked for.
fn absent(ledger: &Ledger, customer: String, cells: &[Cell<'_>]) -> EvidencePackError {
    if cells.is_empty() {
        let customers: BTreeSet<_> = ledger.unordered_cells().map(|cell| cell.customer).collect();
        return EvidencePackError::NoCustomer { customer, found: named(&customers) };
    }
    let subscriptions: BTreeSet<_> = cells.iter().map(|cell| cell.subscription).collect();
    let day = |day: Option<UsageDay>| day.map(|day| day.to_string()).unwrap_or_default();
    let days = || cells.iter().map(|cell| cell.day);
    let found = format!("{} from {} to {}", named(&subscriptions), day(days().min()), day(days().max()));
    EvidencePackError::NoLines { customer, found }
}

/// Some ids, and how many more there are.
fn named(ids: &BTreeSet<&str>) -> String {
    let shown: Vec<_> = ids.iter().take(NAMED).map(|id| format!("`{id}`")).collect();
    match ids.len().saturating_sub(NAMED) {
        0 if shown.is_empty() => "there are none".to_owned(),
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
