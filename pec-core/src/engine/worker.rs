//! What one thread does: blocks to sums.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::drawdown::CreditUsage;
use crate::eligibility::RuleId;
use crate::ledger::{Address, FileFacts, Ledger, RunningFacts};
use crate::money::{Amount, AmountError, Rate};
use crate::normalise::{ACCOUNT, RowIssue};
use crate::read::{Binding, Column, Columns};
use crate::reconcile::{Decision, flagged_rate};
use crate::tie_out::{DailyCharge, DailyCharges};
use crate::usage::UsageLine;

use super::decider::{Decided, Decider, Issue};
use super::feed::{FileHead, Job};
use super::{Engine, EngineError};

/// Decides rows and sums them.
pub(super) struct Worker<'e> {
    decider: Decider<'e>,
    books: Books,
    /// How many rows each block had: without them no row knows its number.
    rows_of_blocks: Vec<(usize, u32, u32)>,
}

/// What is to come of the lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Sums by account, standing and reason.
    Ledger,
    /// Sums as an invoice has them.
    TieOut,
    /// Sums of what draws on Azure credits.
    CreditUsage,
}

impl Purpose {
    /// The columns to read for it.
    pub(super) const fn wanted(self, engine: &Engine) -> Columns {
        match self {
            Self::Ledger | Self::CreditUsage => engine.wanted(),
            Self::TieOut => Columns::INVOICED,
        }
    }
}

/// What all lines came to.
pub(super) struct Finished {
    pub(super) ledger: Ledger,
    charges: Option<DailyCharges>,
    credit_usage: Option<CreditUsage>,
}

impl Finished {
    /// The sums of what draws on Azure credits.
    pub(super) fn into_credit_usage(self) -> CreditUsage {
        self.credit_usage.unwrap_or_default()
    }

    /// The sums as an invoice has them, with the rows that could not be read.
    pub(super) fn into_charges(self) -> DailyCharges {
        self.charges.unwrap_or_default().with_issues(self.ledger.issues().clone())
    }
}

/// A ledger and where the last line belonged in it: most lines belong where the one before does.
#[derive(Default)]
pub(super) struct Books {
    pub(super) ledger: Ledger,
    address: Address,
    /// Where lines are only summed as an invoice charges them, and not by account.
    charges: Option<DailyCharges>,
    /// Where lines are only summed as Azure credits are drawn.
    credit_usage: Option<CreditUsage>,
}

impl Books {
    pub(super) fn new(engine: &Engine, purpose: Purpose) -> Self {
        let charges = (purpose == Purpose::TieOut).then(DailyCharges::default);
        let credit_usage = (purpose == Purpose::CreditUsage).then(CreditUsage::default);
        let ledger = Ledger::default().with_drawdown(engine.drawdown.clone());
        Self { ledger, charges, credit_usage, ..Self::default() }
    }

    /// Adds a row of the input that `facts` are of; `issue` names it where it cannot be read.
    #[inline]
    pub(super) fn add(
        &mut self,
        facts: &mut RunningFacts,
        row: Result<Decided<'_>, Issue>,
        issue: impl FnOnce(Issue) -> RowIssue,
    ) -> Result<(), AmountError> {
        match row {
            Ok(decided) if self.can_sum(decided.line) => self.add_line(facts, &decided),
            Ok(Decided { line, .. }) => {
                let unfit = Issue::of_value(Column::Quantity, line.quantity, "a quantity below 10^20");
                self.add_issue(facts, issue(unfit));
                Ok(())
            }
            Err(unread) => {
                self.add_issue(facts, issue(unread));
                Ok(())
            }
        }
    }

    /// Can the line's units be summed?
    fn can_sum(&self, line: &UsageLine<'_>) -> bool {
        self.charges.is_none() || Amount::from_number(line.quantity).is_ok()
    }

    fn add_line(&mut self, facts: &mut RunningFacts, decided: &Decided<'_>) -> Result<(), AmountError> {
        let Decided { line, decision, changed, lossy_names } = *decided;
        facts.record(line, decision, lossy_names)?;
        if let Some(charges) = &mut self.charges {
            return charges.add(&charge(line, decision));
        }
        if let Some(usage) = &mut self.credit_usage {
            return usage.record(line, &decision.verdict);
        }
        if changed.any(ACCOUNT) {
            self.address = self.ledger.address(line);
        }
        self.ledger.record_at(self.address, line, decision)
    }

    #[cold]
    fn add_issue(&mut self, facts: &mut RunningFacts, issue: RowIssue) {
        facts.record_issue();
        self.ledger.issues_mut().record(issue);
    }
}

impl<'e> Worker<'e> {
    pub(super) fn new(engine: &'e Engine, purpose: Purpose) -> Self {
        let (decider, books) = (Decider::new(engine, purpose.wanted(engine)).for_sums(), Books::new(engine, purpose));
        Self { decider, books, rows_of_blocks: Vec::new() }
    }

    /// Decides and sums a block; how many rows it had.
    pub(super) fn add(&mut self, job: &Job) -> Result<u32, EngineError> {
        let Self { decider, books, rows_of_blocks } = self;
        let mut facts = RunningFacts::default();
        let mut failed = None;
        decider
            .rows(job, &mut |within, result| {
                // The number of the row is told once all blocks before are counted; until then its order is enough.
                let row = provisional_row(job.sequence, within);
                match books.add(&mut facts, result, |issue| job.issue(row, issue)) {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(error) => {
                        failed = Some(error);
                        ControlFlow::Break(())
                    }
                }
            })
            .or_else(|stopped| failed.map_or(Err(stopped), |error| Err(error.into())))?;
        let mut facts = facts.whole()?;
        facts.unknown_columns.extend(decider.unknown().map(str::to_owned));
        books.ledger.file(&job.name).merge(&facts)?;
        rows_of_blocks.push((job.file, job.sequence, decider.last_rows()));
        Ok(decider.last_rows())
    }
}

/// What a line adds to the invoice. Covered by a reservation or a savings plan it is not charged; paid by Azure credit it
/// earns nothing, and the credit is a line of its own.
fn charge<'l>(line: &UsageLine<'l>, decision: &Decision) -> DailyCharge<'l> {
    let verdict = &decision.verdict;
    let azure_credit = verdict.has(RuleId::AzureCreditApplied);
    let covered = verdict.has(RuleId::Reservation) || verdict.has(RuleId::SavingsPlan);
    DailyCharge {
        ids: line.product_ids,
        day: line.day,
        unit_price: line.unit_price,
        quantity: line.quantity,
        list_cost: decision.list_cost,
        rate: if azure_credit { Rate::ZERO } else { flagged_rate(line.credit, decision.rate) },
        azure_credit,
        charged: !covered || line.pricing_pre_tax_total.is_some_and(|total| !total.is_zero()),
        pricing: line.currency,
        billing: line.billing.currency,
        exchange_rate: line.billing.exchange_rate,
    }
}

const fn provisional_row(sequence: u32, within: u64) -> u64 {
    ((sequence as u64) << 32) | within
}

/// One ledger of all workers, with rows numbered and inputs described.
pub(super) fn merged(
    workers: Vec<Worker<'_>>,
    opened: &[Arc<FileHead>],
    wanted: Columns,
) -> Result<Finished, EngineError> {
    let mut first_rows: Vec<BTreeMap<u32, u64>> = opened.iter().map(|_| BTreeMap::new()).collect();
    for (file, sequence, rows) in workers.iter().flat_map(|worker| &worker.rows_of_blocks) {
        if let Some(blocks) = first_rows.get_mut(*file) {
            blocks.insert(*sequence, u64::from(*rows));
        }
    }
    let mut finished = united(workers.into_iter().map(|worker| worker.books).collect())?;
    let ledger = &mut finished.ledger;
    let mut blocks_of: BTreeMap<Arc<str>, BTreeMap<u32, u64>> = BTreeMap::new();
    for (head, mut blocks) in opened.iter().map(|file| &file.head).zip(first_rows) {
        let mut next = head.first_row;
        for rows in blocks.values_mut() {
            let first = next;
            next += *rows;
            *rows = first;
        }
        blocks_of.insert(Arc::clone(&head.name), blocks);
        let format = format!("{}{}", head.label, if head.gzip { ", gzip" } else { "" });
        let facts = ledger.file(&head.name);
        facts.amounts_were_doubles = head.doubles;
        facts.part_of_answer = head.part;
        describe(facts, format, &head.binding, wanted);
    }
    ledger.issues_mut().number(|file, provisional| {
        let sequence = u32::try_from(provisional >> 32).unwrap_or(u32::MAX);
        let first = blocks_of.get(file).and_then(|blocks| blocks.get(&sequence)).copied().unwrap_or_default();
        first + (provisional & u64::from(u32::MAX))
    });
    Ok(finished)
}

/// The books of all workers as one.
pub(super) fn united(books: Vec<Books>) -> Result<Finished, EngineError> {
    let mut books = books.into_iter();
    // The first ledger takes in the others, so that there never is a copy more than there were workers.
    let Books { mut ledger, mut charges, mut credit_usage, .. } = books.next().unwrap_or_default();
    for more in books {
        ledger.merge(&more.ledger)?;
        if let (Some(all), Some(more)) = (&mut charges, &more.charges) {
            all.merge(more)?;
        }
        if let (Some(all), Some(more)) = (&mut credit_usage, &more.credit_usage) {
            all.merge(more)?;
        }
    }
    Ok(Finished { ledger, charges, credit_usage })
}

pub(super) fn describe(facts: &mut FileFacts, format: String, binding: &Binding, wanted: Columns) {
    facts.format = format;
    facts.unknown_columns.extend(binding.unknown().iter().cloned());
    // An input without rows, such as an empty page of an API answer, has shown no columns.
    if binding.columns().is_empty() {
        return;
    }
    if !binding.has(Column::InvoiceNumber) {
        facts.open_period_lines = 0;
    }
    binding.kind().as_str().clone_into(&mut facts.kind);
    facts.missing_columns.extend(binding.would_say_more().map(str::to_owned));
    let asked = [Column::ProductId, Column::SkuId].into_iter().filter(|column| wanted.any(Columns::of(&[*column])));
    facts.missing_columns.extend(asked.filter(|column| !binding.has(*column)).map(|column| column.name().to_owned()));
}
