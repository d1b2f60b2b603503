//! The stages composed: compile once, stream lines in any order, merge ledgers.
//!
//! An [`Engine`] is immutable and shared between threads. It has no logic of its own: reading, deciding, summing live in
//! their modules.

mod access_days;
mod decider;
mod feed;
#[cfg(feature = "arrow")]
mod frames;
mod run;
mod unpacking;
mod worker;

use std::ops::ControlFlow;
use std::sync::Arc;

pub use run::{EngineError, Progress, Run};

use crate::access::{Access, AccessDay, AccessExplanation, AccessTimeline};
use crate::credit_offer::Mode;
use crate::drawdown::{self, Claim, Cover, CreditUsage, Drawdown};
use crate::eligibility::{self, Verdict};
use crate::ledger::Ledger;
use crate::money::{Number, Rate};
use crate::normalise::RowIssue;
use crate::product::{Listing, PriceList};
use crate::programme::{Programme, ProgrammeError};
use crate::read::{Block, Columns, Input};
use crate::reconcile::{self, Decision};
use crate::tie_out::DailyCharges;
use crate::usage::UsageLine;

use decider::{Decided, Decider};
use feed::{Feed, Task};
use worker::{Finished, Purpose};

/// Everything a line is decided with.
///
/// ```
/// use pec_core::{engine::Engine, read::Input};
/// let file = "UsageDate,EntitlementId,UnitPrice,Quantity,PartnerEarnedCreditPercentage\n\
///             2026-10-04,3f47bcf1-965d-40a1-a2bc-3d5db3653250,0.045,24,15\n";
/// let engine = Engine::new()?;
/// let ledger = engine.reconcile([Input::new("usage.csv", file.as_bytes())], &Default::default())?;
/// let cell = ledger.cells()[0];
/// assert_eq!((cell.standing.as_str(), cell.sums.credit.to_string().as_str()), ("earned", "0.162"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Engine {
    programme: Programme,
    access: Option<Arc<Access>>,
    prices: Option<Arc<PriceList>>,
    drawdown: Option<Arc<Drawdown>>,
}

impl Engine {
    /// An engine with the built-in programme.
    ///
    /// # Errors
    ///
    /// None in a released library: its tests prove that the built-in programme can be read.
    pub fn new() -> Result<Self, ProgrammeError> {
        Programme::builtin().map(Self::with_programme)
    }

    /// An engine with a programme of your own.
    #[must_use]
    pub const fn with_programme(programme: Programme) -> Self {
        Self { programme, access: None, prices: None, drawdown: None }
    }

    /// The engine with a partner and its evidence of access.
    #[must_use]
    pub fn with_access(self, access: Access) -> Self {
        Self { access: Some(Arc::new(access)), ..self }
    }

    /// The partner and its evidence of access.
    #[must_use]
    pub fn access(&self) -> Option<&Access> {
        self.access.as_deref()
    }

    /// The engine with price lists, which tell what the lines' products are.
    #[must_use]
    pub fn with_prices(self, prices: impl Into<Arc<PriceList>>) -> Self {
        Self { prices: Some(prices.into()), ..self }
    }

    /// The price lists.
    #[must_use]
    pub fn prices(&self) -> Option<&PriceList> {
        self.prices.as_deref()
    }

    /// The engine with what Azure credits pay. It was made of the sums of the very lines that are decided with it.
    #[must_use]
    pub fn with_drawdown(self, drawdown: impl Into<Arc<Drawdown>>) -> Self {
        Self { drawdown: Some(drawdown.into()), ..self }
    }

    /// What Azure credits pay.
    #[must_use]
    pub fn drawdown(&self) -> Option<&Drawdown> {
        self.drawdown.as_deref()
    }

    /// The programme.
    #[must_use]
    pub const fn programme(&self) -> &Programme {
        &self.programme
    }

    /// What the rules say of a line, blind to what was paid. The only place where a line is decided.
    #[must_use]
    pub fn judge(&self, line: &UsageLine<'_>) -> Verdict {
        self.judge_covered(line).0
    }

    /// The verdict on a line, and what Azure credit pays of it.
    fn judge_covered(&self, line: &UsageLine<'_>) -> (Verdict, Cover) {
        let access = self.access().map(|access| access_days::access_day(access, &self.programme, line));
        let mut line = *line;
        line.product.listing = self.listing(&line);
        self.judge_with(&line, access.unwrap_or(AccessDay::NO_EVIDENCE))
    }

    /// What price lists say of the line's product on its day.
    fn listing(&self, line: &UsageLine<'_>) -> Listing {
        self.prices().map(|prices| prices.listing(line.product_ids, line.day)).unwrap_or_default()
    }

    /// What the rules say of a line of which the access and the listing on its day are known.
    fn judge_with(&self, line: &UsageLine<'_>, access: AccessDay) -> (Verdict, Cover) {
        let verdict = eligibility::decide(line, access);
        let Some(drawdown) = self.drawdown() else { return (verdict, Cover::None) };
        let draws = drawdown::claim(&verdict).is_some_and(|claim| match claim {
            Claim::Usage => true,
            Claim::Purchase => drawdown.covers_purchases(),
            Claim::Flagged => false,
        });
        if !draws {
            return (verdict, Cover::None);
        }
        match drawdown.cover(line.customer.as_str(), line.currency, line.day) {
            Cover::None => (verdict, Cover::None),
            Cover::Whole => (eligibility::decide(&UsageLine { paid_by_credit: true, ..*line }, access), Cover::Whole),
            // In the month in which the balance ends the deck pays a flat rate, whoever had access (R86).
            Cover::Share(number) if drawdown.mode() == Mode::Deck => {
                (eligibility::decide(line, AccessDay::COVERED), Cover::Share(number))
            }
            Cover::Share(number) => (verdict, Cover::Share(number)),
        }
    }

    /// The verdict beside what was paid, with the money.
    ///
    /// # Errors
    ///
    /// [`ProgrammeError`] for a day before the programme.
    pub fn decide(&self, line: &UsageLine<'_>) -> Result<Decision, ProgrammeError> {
        let rate = self.credit_rate(line)?;
        let (verdict, cover) = self.judge_covered(line);
        Ok(reconcile::reconcile(line, verdict, cover, rate))
    }

    /// What evidence shows of access to the line's resource on its day: every grant that was considered, with the reason why it
    /// counted or not. `None` without evidence, and on a day before the programme.
    #[must_use]
    pub fn explain_access(&self, line: &UsageLine<'_>) -> Option<AccessExplanation> {
        access_days::explanation(self.access()?, &self.programme, line)
    }

    /// The grants that reach the line's resource over time, on all its days. `None` without evidence.
    #[must_use]
    pub fn access_timeline(&self, line: &UsageLine<'_>) -> Option<AccessTimeline<'_>> {
        let access = self.access()?;
        Some(access.timeline_of(&access.reach(access_days::target(line)), &self.programme))
    }

    /// The columns that something is decided by.
    const fn wanted(&self) -> Columns {
        if self.prices.is_some() { Columns::LISTED } else { Columns::USUAL }
    }

    fn credit_rate(&self, line: &UsageLine<'_>) -> Result<Rate, ProgrammeError> {
        let in_force = self.programme.on(line.day.date())?;
        // The programme's loader holds rates to fractions from 0 to 1.
        Ok(Rate::from_fraction(Number::from(*in_force.credit_rate().value)).unwrap_or_default())
    }

    /// Reads an input from one end to the other and calls `each` for every data row: a line with its decision, or an issue.
    ///
    /// # Errors
    ///
    /// [`EngineError`] where the input cannot be used or `each` breaks off.
    pub fn stream(&self, input: Input<'_>, each: &mut Each<'_>) -> Result<(), EngineError> {
        // A feed that is not shared has nothing but blocks.
        let mut feed = Feed::new(vec![input], self.wanted(), false);
        let mut decider = Decider::new(self, self.wanted());
        let (mut memory, mut row) = (Block::default(), 0);
        while let Some(Task::Decide(job)) = feed.next(memory)? {
            decider.rows(&job, &mut |within, result| {
                let row = job.first_row + row + within;
                match result {
                    Ok(Decided { line, decision, .. }) => each(row, Ok((line, decision))),
                    Err(issue) => each(row, Err(job.issue(row, issue))),
                }
            })?;
            row += u64::from(decider.last_rows());
            memory = job.block;
        }
        Ok(())
    }

    /// Calls `each` for every row of record batches of one schema, as [`stream`](Self::stream) does for an input.
    ///
    /// # Errors
    ///
    /// [`EngineError`] where columns are missing, amounts are floats, or `each` breaks off.
    #[cfg(feature = "arrow")]
    pub fn stream_batches<E: std::fmt::Display>(
        &self,
        name: &str,
        schema: &arrow_schema::Schema,
        batches: impl IntoIterator<Item = Result<arrow_array::RecordBatch, E>>,
        each: &mut Each<'_>,
    ) -> Result<(), EngineError> {
        let mut frame = frames::Frame::new(self, Purpose::Ledger, name, schema)?;
        let mut batches = frames::Batches::new(name, batches);
        while let Some((before, batch)) = batches.next()? {
            frame.rows(before, &batch, &mut |row, result| match result {
                Ok(Decided { line, decision, .. }) => each(row.number, Ok((line, decision))),
                Err(issue) => each(row.number, Err(row.issue(issue))),
            })?;
        }
        Ok(())
    }

    /// Reads inputs, decides every line and sums. The same rows give the same ledger, whatever their order, their files and
    /// the threads.
    ///
    /// # Errors
    ///
    /// [`EngineError`] where an input cannot be used; rows that cannot be read are no error but
    /// [issues](Ledger::issues).
    pub fn reconcile<'a>(
        &self,
        inputs: impl IntoIterator<Item = Input<'a>>,
        run: &Run<'_>,
    ) -> Result<Ledger, EngineError> {
        self.finished(inputs.into_iter().collect(), Purpose::Ledger, run).map(|finished| finished.ledger)
    }

    /// Reads inputs and sums their lines as an invoice charges them: for [`tie_out`](crate::tie_out::tie_out).
    ///
    /// ```
    /// use pec_core::{engine::Engine, read::Input, tie_out::{Invoice, tie_out}};
    /// let daily = "UsageDate,EntitlementId,SubscriptionId,ProductId,SkuId,AvailabilityId,UnitPrice,Quantity,PartnerEarnedCreditPercentage\n\
    ///              2026-10-04,s,p,DZH318Z0BQD2,003J,DZH318Z0B5DK,0.868,29,15\n";
    /// let invoice = "SubscriptionId,ProductId,SkuId,AvailabilityId,UnitPrice,BillableQuantity,Subtotal,Currency,PriceAdjustmentDescription,SubscriptionDescription\n\
    ///                p,DZH318Z0BQD2,003J,DZH318Z0B5DK,0.868,29,21.39,USD,15.0% Partner earned credit for services managed,Azure plan\n";
    /// let charges = Engine::new()?.daily_charges([Input::new("daily.csv", daily.as_bytes())], &Default::default())?;
    /// let mut lines = Invoice::default();
    /// lines.read(Input::new("invoice.csv", invoice.as_bytes()))?;
    /// let found = tie_out(&charges, &lines)?;
    /// assert_eq!((found.keys, found.tied), (1, 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`EngineError`] where an input cannot be used.
    pub fn daily_charges<'a>(
        &self,
        inputs: impl IntoIterator<Item = Input<'a>>,
        run: &Run<'_>,
    ) -> Result<DailyCharges, EngineError> {
        self.finished(inputs.into_iter().collect(), Purpose::TieOut, run).map(Finished::into_charges)
    }

    /// Sums what draws on Azure credits: the first of two passes, for a [`Drawdown`].
    ///
    /// # Errors
    ///
    /// [`EngineError`] where an input cannot be used.
    pub fn credit_usage<'a>(
        &self,
        inputs: impl IntoIterator<Item = Input<'a>>,
        run: &Run<'_>,
    ) -> Result<CreditUsage, EngineError> {
        let engine = self.blind_to_access();
        engine.finished(inputs.into_iter().collect(), Purpose::CreditUsage, run).map(Finished::into_credit_usage)
    }

    /// What draws does not depend on access, so nobody has to look for it.
    fn blind_to_access(&self) -> Self {
        Self { programme: self.programme.clone(), access: None, prices: self.prices.clone(), drawdown: None }
    }

    /// Decides and sums the rows of record batches of one schema, as from a frame.
    ///
    /// # Errors
    ///
    /// [`EngineError`] where columns are missing or amounts are floats.
    #[cfg(feature = "arrow")]
    pub fn reconcile_batches<E: std::fmt::Display + Send>(
        &self,
        name: &str,
        schema: &arrow_schema::Schema,
        batches: impl IntoIterator<Item = Result<arrow_array::RecordBatch, E>, IntoIter: Send>,
        run: &Run<'_>,
    ) -> Result<Ledger, EngineError> {
        self.finished_batches(Purpose::Ledger, name, schema, batches, run).map(|finished| finished.ledger)
    }

    /// Sums the rows of record batches of one schema as an invoice charges them.
    ///
    /// # Errors
    ///
    /// [`EngineError`] where columns are missing or amounts are floats.
    #[cfg(feature = "arrow")]
    pub fn daily_charges_of_batches<E: std::fmt::Display + Send>(
        &self,
        name: &str,
        schema: &arrow_schema::Schema,
        batches: impl IntoIterator<Item = Result<arrow_array::RecordBatch, E>, IntoIter: Send>,
        run: &Run<'_>,
    ) -> Result<DailyCharges, EngineError> {
        self.finished_batches(Purpose::TieOut, name, schema, batches, run).map(Finished::into_charges)
    }

    /// Sums what draws on Azure credits of the rows of record batches of one schema.
    ///
    /// # Errors
    ///
    /// [`EngineError`] where columns are missing or amounts are floats.
    #[cfg(feature = "arrow")]
    pub fn credit_usage_of_batches<E: std::fmt::Display + Send>(
        &self,
        name: &str,
        schema: &arrow_schema::Schema,
        batches: impl IntoIterator<Item = Result<arrow_array::RecordBatch, E>, IntoIter: Send>,
        run: &Run<'_>,
    ) -> Result<CreditUsage, EngineError> {
        let engine = self.blind_to_access();
        engine.finished_batches(Purpose::CreditUsage, name, schema, batches, run).map(Finished::into_credit_usage)
    }
}

/// What [`Engine::stream`] calls for each data row: its number, and its line with the decision or its issue.
pub type Each<'e> = dyn FnMut(u64, Result<(&UsageLine<'_>, &Decision), RowIssue>) -> ControlFlow<()> + 'e;
