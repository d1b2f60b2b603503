//! Results for people and programs: tables, JSON, text. Text is made here and nowhere else.

#[cfg(feature = "arrow")]
mod arrow;

mod access_diff;
mod alert;
mod assumed;
mod at_stake;
mod balance;
mod cells;
mod commands;
mod credit_offer;
mod evidence;
#[cfg(feature = "arrow")]
mod evidence_pack;
mod explain;
mod explanations;
mod files;
#[cfg(feature = "arrow")]
mod findings;
mod headline;
mod losses;
mod picked;
mod prices;
mod remedies;
mod same_usage;
mod setting;
mod sums;
mod text;
mod tie_out;
#[cfg(feature = "arrow")]
mod timeline;
#[cfg(feature = "arrow")]
mod write;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

pub use access_diff::{ChangeAtStake, DiffReport, ExportReport};
pub use alert::Alert;
#[cfg(feature = "arrow")]
pub use arrow::{Table, record_batch};
pub use assumed::{AssumedSums, assumption_sentences};
pub use at_stake::{AtStake, Credit, UsageAtStake};
#[cfg(feature = "arrow")]
pub use balance::{credit_days_batch, credit_months_batch, credits_batch};
pub use commands::{Command, Purpose};
pub use credit_offer::Precision;
pub use evidence::EvidenceFacts;
#[cfg(feature = "arrow")]
pub use evidence_pack::{EvidencePack, EvidencePackError, EvidencePackFiles, EvidencePackOf};
pub use explain::explain;
pub use explanations::{ExplainedStanding, Explanation, Explanations, explain_access};
#[cfg(feature = "arrow")]
pub use findings::Findings;
pub use losses::Loss;
pub use same_usage::{SameUsage, SameUsageBecause};
pub use setting::Width;
pub use sums::{Dimension, SumRow, SumTable, sum_by};
#[cfg(feature = "arrow")]
pub use tie_out::untied_batch;
#[cfg(feature = "arrow")]
pub use timeline::{access_of, access_timeline};
#[cfg(feature = "arrow")]
pub use write::CsvTable;
#[cfg(feature = "parquet")]
pub use write::ParquetTable;

use crate::day::UsageDay;
use crate::drawdown::CreditStatus;
use crate::eligibility::RuleId;
use crate::ledger::{FileFacts, Filter, Ledger};
use crate::money::{Amount, AmountError, Currency};
use crate::normalise::RowIssue;
use crate::normalise::credit_balance::CreditBalancesRead;
use crate::normalise::price_list::PricesRead;
use crate::observed::{ObservedGap, observed_gaps};
use crate::programme::Programme;
use crate::reconcile::Standing;

/// Everything a run found, ready to be shown.
///
/// Serialises to the object of `pec reconcile --json`: amounts as plain decimal texts, exact.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// Data rows of the input, unreadable ones included.
    pub lines: u64,
    /// Rows that could not be read.
    pub row_issues: u64,
    /// What the result was filtered by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<Filter>,
    /// Decided lines that the filter left out.
    #[serde(skip_serializing_if = "is_none")]
    pub left_out: u64,
    /// Sums by standing, reason and currency: their lines, the row issues and what a filter left out are all data rows.
    pub sums: Vec<StandingSums>,
    /// Which of them rest on what nothing proves.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assumed: Vec<AssumedSums>,
    /// Observed gaps, the costliest first.
    pub gaps: Vec<ObservedGap>,
    /// The first row issues of each input.
    pub issues: Vec<RowIssue>,
    /// Row issues by column and what was expected.
    pub issue_counts: Vec<IssueCount>,
    /// Credit missed or lost by reason and Azure subscription, the costliest first.
    pub losses: Vec<Loss>,
    /// Names of customers by their id.
    pub customer_names: BTreeMap<String, String>,
    /// Names of Azure subscriptions by their id.
    pub subscription_names: BTreeMap<String, String>,
    /// Facts of each input.
    pub files: Vec<NamedFile>,
    /// Inputs that may hold the same usage; all their lines count.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub same_usage: Vec<SameUsage>,
    /// What was read of access.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<EvidenceFacts>,
    /// Days for which Microsoft said that its credit reporting was wrong for a time, with the lines of the input on them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub incidents: Vec<TouchedByIncident>,
    /// What was read of price lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prices: Option<PricesRead>,
    /// What was read of balance reports of Azure credits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credit_balances: Option<CreditBalancesRead>,
    /// What became of Azure credits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub azure_credits: Option<CreditStatus>,
    /// Lines of which Azure credit pays a part: they have two portions, and count with the rest.
    #[serde(skip_serializing_if = "is_none")]
    pub split_lines: u64,
    /// Through which day the programme's values were verified; later days are decided with the last known ones.
    pub programme_verified_through: Option<UsageDay>,
}

/// The sums of one standing, reason and currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct StandingSums {
    /// The standing.
    pub standing: Standing,
    /// The primary reason; none where the lines earned.
    pub reason: Option<RuleId>,
    /// The pricing currency.
    pub currency: Currency,
    /// How many lines.
    pub lines: u64,
    /// List price x quantity.
    pub list_cost: Amount,
    /// What the lines would earn.
    pub potential_credit: Amount,
    /// What the file says they earned.
    pub credit: Amount,
}

/// How often a column was not what was expected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct IssueCount {
    /// The column; blank where the row as a whole is meant.
    pub column: String,
    /// What was expected.
    pub expected: String,
    /// In how many rows.
    pub rows: u64,
}

/// An incident (R53) and how much of the input it touches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TouchedByIncident {
    /// The first day touched.
    pub first_day: NaiveDate,
    /// The last day touched, as far as it was announced.
    pub last_day: NaiveDate,
    /// What happened.
    pub what: String,
    /// Where it was announced.
    pub source: String,
    /// Lines on those days.
    pub lines: u64,
}

/// An input and its facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NamedFile {
    /// Its name.
    pub file: String,
    /// Its facts.
    #[serde(flatten)]
    pub facts: FileFacts,
}

impl Report {
    /// The report of a ledger that was made with this programme.
    ///
    /// # Errors
    ///
    /// [`AmountError::SumTooLarge`] where a sum does not fit.
    pub fn new(ledger: &Ledger, programme: &Programme) -> Result<Self, AmountError> {
        let files: Vec<_> =
            ledger.files().iter().map(|(file, facts)| NamedFile { file: file.clone(), facts: facts.clone() }).collect();
        let counts = ledger.issues().counts();
        let cells::Summed { sums, assumed, losses, incidents } = cells::summed(ledger, programme)?;
        Ok(Self {
            lines: files.iter().map(|file| file.facts.rows).sum(),
            row_issues: ledger.issues().count(),
            filter: ledger.filter().cloned(),
            left_out: ledger.left_out(),
            sums,
            assumed,
            gaps: observed_gaps(ledger)?,
            losses,
            issues: ledger.issues().iter().cloned().collect(),
            issue_counts: counts
                .map(|(column, expected, rows)| IssueCount { column: column.into(), expected: expected.into(), rows })
                .collect(),
            customer_names: owned(ledger.customer_names()),
            subscription_names: owned(ledger.subscription_names()),
            programme_verified_through: verified_through(programme, &files),
            incidents,
            same_usage: same_usage::same_usage(&files),
            files,
            evidence: Vec::new(),
            prices: None,
            credit_balances: None,
            azure_credits: ledger.drawdown().map(|drawdown| drawdown.status(Vec::new())).transpose()?,
            split_lines: ledger.split_lines(),
        })
    }

    /// The report with what was read of access.
    #[must_use]
    pub fn with_evidence(self, evidence: Vec<EvidenceFacts>) -> Self {
        Self { evidence, ..self }
    }

    /// The report with what was read of price lists.
    #[must_use]
    pub fn with_prices(self, prices: PricesRead) -> Self {
        Self { prices: Some(prices), ..self }
    }

    /// The report with what was read of balance reports of Azure credits.
    #[must_use]
    pub fn with_credit_balances(self, balances: CreditBalancesRead) -> Self {
        Self { credit_balances: Some(balances), ..self }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
const fn is_none(count: &u64) -> bool {
    *count == 0
}

fn owned<'n>(names: impl Iterator<Item = (&'n str, &'n str)>) -> BTreeMap<String, String> {
    names.map(|(id, name)| (id.to_owned(), name.to_owned())).collect()
}

/// The day through which values were verified, where some days of the input are later.
fn verified_through(programme: &Programme, files: &[NamedFile]) -> Option<UsageDay> {
    let last = files.iter().filter_map(|file| file.facts.last_day).max()?;
    let rate = programme.on(last.date()).ok()?.credit_rate();
    if rate.verified { None } else { UsageDay::try_from(rate.verified_through).ok() }
}
