//! What is to be said of each input.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::day::UsageDay;
use crate::eligibility::RuleId;
use crate::money::{Amount, AmountError, Currency, ListCost, Number, Rate};
use crate::reconcile::Decision;
use crate::usage::{Offer, UsageLine};

/// Facts of one input.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FileFacts {
    /// `daily rated usage`, `Cost Management cost details`, or `FOCUS` with its version; blank where no column was shown.
    pub kind: String,
    /// `CSV`, `JSON Lines`, `JSON document` or `frame`, with `, gzip` behind it where it was packed.
    pub format: String,
    /// Data rows, unreadable ones included.
    pub rows: u64,
    /// Rows that could not be read.
    pub row_issues: u64,
    /// Lines of an open period: the file has invoice numbers, and theirs is blank. What it says of them may change.
    pub open_period_lines: u64,
    /// The first day of consumption.
    pub first_day: Option<UsageDay>,
    /// The last day of consumption.
    pub last_day: Option<UsageDay>,
    /// Columns that are not documented; they were passed over.
    pub unknown_columns: BTreeSet<String>,
    /// Columns that would say more and are not there.
    pub missing_columns: BTreeSet<String>,
    /// The list cost of all lines, by currency.
    pub list_cost: BTreeMap<Currency, Amount>,
    /// What the totals of paid lines are, net of the credit or not.
    pub paid_totals: PaidTotals,
    /// Lines of which no column says whether a credit was applied. They count as not paid.
    pub untold_lines: u64,
    /// Those of them whose price looks as if the credit was applied. They count as not paid too.
    pub inferred_from_price: InferredFromPrice,
    /// Lines whose `CreditType` says the opposite of their percentage, which is believed. Charges of nothing do not count.
    pub contradicting_lines: u64,
    /// Lines that are `not_azure_plan` by the name of their plan alone, which a customer can change.
    pub not_azure_plan_by_name: NotAzurePlanByName,
    /// Paid lines whose rate is not the programme's of their day. The rate of the file is believed.
    pub other_rates: OtherRates,
    /// Amounts were stored as binary floating-point numbers, as Parquet files and workbooks do: they carry 15 to 17 digits.
    pub amounts_were_doubles: bool,
    /// Lines whose names are not UTF-8; what cannot be read of a name is shown as `\u{fffd}`.
    pub not_utf8_lines: u64,
    /// The file is a part of an answer of an API: it has a link to a next page, counts more records than it holds, or breaks off.
    pub part_of_answer: bool,
}

/// Lines whose reason is `not_azure_plan`, and nothing but the name of the plan (`SubscriptionDescription`) says so.
///
/// Customers can rename an Azure plan, and daily rated usage has no other column for the offer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct NotAzurePlanByName {
    /// How many.
    pub lines: u64,
    /// Those of them that were paid: Microsoft took their plan for an Azure plan.
    pub paid_lines: u64,
}

impl NotAzurePlanByName {
    fn record(&mut self, line: &UsageLine<'_>, decision: &Decision) {
        let reason = || decision.verdict.primary().map(|reason| reason.rule());
        if line.offer == Offer::Other && reason() == Some(RuleId::NotAzurePlan) {
            self.lines += 1;
            self.paid_lines += u64::from(!decision.paid.is_zero());
        }
    }

    /// Those of both.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self { lines: self.lines + other.lines, paid_lines: self.paid_lines + other.paid_lines }
    }
}

/// Rates that were paid and are not the programme's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OtherRates {
    /// How many lines.
    pub lines: u64,
    /// The rates met, the highest [`OtherRates::KEPT`] of them.
    pub rates: BTreeSet<Rate>,
}

impl OtherRates {
    /// How many rates are kept; a file of many more must not fill memory.
    pub const KEPT: usize = 10;

    /// The highest of all are among the highest of each part, so no split of the work changes them.
    fn merge(&mut self, lines: u64, rates: impl IntoIterator<Item = Rate>) {
        self.lines += lines;
        for rate in rates {
            self.rates.insert(rate);
            if self.rates.len() > Self::KEPT {
                self.rates.pop_first();
            }
        }
    }
}

/// Credit inferred from price: lines without a flag whose effective price is the list price less the programme's rate.
///
/// An effective price below the list price is no proof (R75): promotions, discounts of a contract and cutting to cents do it too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InferredFromPrice {
    /// How many lines.
    pub lines: u64,
    /// The programme's rate x their list cost.
    pub credit: Amount,
}

impl InferredFromPrice {
    /// Effective prices are quotients of an amount that was cut to cents: E x Q lies in (net - 0.01, net].
    fn record(&mut self, line: &UsageLine<'_>, decision: &Decision) -> Result<(), AmountError> {
        let Some(price) = line.effective_unit_price.filter(|price| !price.is_zero()) else { return Ok(()) };
        // A product of too many digits is no price to infer from.
        let Ok(effective) = ListCost::new(price, line.quantity) else { return Ok(()) };
        let net = decision.list_cost.checked_sub(decision.potential_credit)?;
        let short = net.checked_sub(effective.amount())?;
        let cent = Amount::from_number(Number::new(1, 2))?;
        // Printed prices carry 15 digits: equal up to a part in 10^13.
        let in_band = (short >= Amount::ZERO || short.is_within(decision.list_cost, 13)) && short < cent;
        if in_band && decision.list_cost > Amount::ZERO && !decision.potential_credit.is_zero() {
            self.lines += 1;
            self.credit = self.credit.checked_add(decision.potential_credit)?;
        }
        Ok(())
    }
}

/// The credit by amount beside the credit by flag, over paid lines that carry a pre-tax total.
///
/// Whether published daily totals are net of the credit is not settled by any public record, so it is found out for each
/// file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PaidTotals {
    /// Lines whose total is list cost x (1 - rate).
    pub net_lines: u64,
    /// Lines whose total is the list cost.
    pub gross_lines: u64,
    /// Lines whose total is neither.
    pub other_lines: u64,
    /// The flagged rate x list cost.
    pub credit_by_flag: Amount,
    /// List cost - total.
    pub credit_by_amount: Amount,
}

/// What the pre-tax totals of paid lines are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TotalsAre {
    /// After the credit.
    Net,
    /// Before the credit.
    Gross,
    /// Some this, some that, or neither.
    Mixed,
    /// No paid line carries a total.
    Untold,
}

impl PaidTotals {
    /// What the totals are.
    #[must_use]
    pub const fn totals_are(&self) -> TotalsAre {
        match (self.net_lines, self.gross_lines, self.other_lines) {
            (0, 0, 0) => TotalsAre::Untold,
            (_, 0, 0) => TotalsAre::Net,
            (0, _, 0) => TotalsAre::Gross,
            _ => TotalsAre::Mixed,
        }
    }

    fn record(&mut self, decision: &Decision, total: Number) -> Result<(), AmountError> {
        let total = Amount::from_number(total)?;
        let by_amount = decision.list_cost.checked_sub(total)?;
        let off = |credit: Amount| by_amount.checked_sub(credit);
        // Published totals carry 15 digits of a product that has more (F4): equal up to a part in 10^13.
        let near = |difference: Amount| difference.is_within(decision.list_cost, 13);
        if near(off(decision.credit)?) {
            self.net_lines += 1;
        } else if near(by_amount) {
            self.gross_lines += 1;
        } else {
            self.other_lines += 1;
        }
        self.credit_by_flag = self.credit_by_flag.checked_add(decision.credit)?;
        self.credit_by_amount = self.credit_by_amount.checked_add(by_amount)?;
        Ok(())
    }

    fn merge(&mut self, other: &Self) -> Result<(), AmountError> {
        self.net_lines += other.net_lines;
        self.gross_lines += other.gross_lines;
        self.other_lines += other.other_lines;
        self.credit_by_flag = self.credit_by_flag.checked_add(other.credit_by_flag)?;
        self.credit_by_amount = self.credit_by_amount.checked_add(other.credit_by_amount)?;
        Ok(())
    }
}

/// Facts of a stretch of one input while its lines come.
#[derive(Debug, Default)]
pub(crate) struct RunningFacts {
    facts: FileFacts,
    /// The list cost of the lines since the currency last changed. Nearly all lines are of one.
    since: Option<(Currency, Amount)>,
}

impl RunningFacts {
    pub(crate) fn record(
        &mut self,
        line: &UsageLine<'_>,
        decision: &Decision,
        lossy_names: bool,
    ) -> Result<(), AmountError> {
        match &mut self.since {
            Some((currency, sum)) if *currency == line.currency => *sum = sum.checked_add(decision.list_cost)?,
            _ => {
                self.settle()?;
                self.since = Some((line.currency, decision.list_cost));
            }
        }
        self.facts.rows += 1;
        self.facts.not_utf8_lines += u64::from(lossy_names);
        self.facts.record(line, decision)
    }

    /// A row that could not be read.
    pub(crate) fn record_issue(&mut self) {
        self.facts.rows += 1;
        self.facts.row_issues += 1;
    }

    /// All of them.
    pub(crate) fn whole(mut self) -> Result<FileFacts, AmountError> {
        self.settle()?;
        Ok(self.facts)
    }

    fn settle(&mut self) -> Result<(), AmountError> {
        self.since.take().map_or(Ok(()), |(currency, sum)| self.facts.add_list_cost(currency, sum))
    }
}

impl FileFacts {
    fn record(&mut self, line: &UsageLine<'_>, decision: &Decision) -> Result<(), AmountError> {
        self.first_day = Some(self.first_day.map_or(line.day, |first| first.min(line.day)));
        self.last_day = Some(self.last_day.map_or(line.day, |last| last.max(line.day)));
        self.open_period_lines += u64::from(!line.invoiced);
        if !line.credit.told {
            self.untold_lines += 1;
            self.inferred_from_price.record(line, decision)?;
        }
        self.contradicting_lines +=
            u64::from(line.credit.contradict() && !decision.verdict.has(RuleId::NothingCharged));
        self.not_azure_plan_by_name.record(line, decision);
        if !decision.paid.is_zero() && decision.paid != decision.rate {
            self.other_rates.merge(1, [decision.paid]);
        }
        match line.pricing_pre_tax_total {
            Some(total) if !decision.paid.is_zero() => self.paid_totals.record(decision, total),
            _ => Ok(()),
        }
    }

    fn add_list_cost(&mut self, currency: Currency, list_cost: Amount) -> Result<(), AmountError> {
        let sum = self.list_cost.entry(currency).or_default();
        *sum = sum.checked_add(list_cost)?;
        Ok(())
    }

    /// All its counts.
    pub(super) fn all_counts(&self) -> [u64; 13] {
        let PaidTotals { net_lines, gross_lines, other_lines, .. } = self.paid_totals;
        let inferred = self.inferred_from_price.lines;
        let Self { rows, row_issues, open_period_lines, untold_lines, contradicting_lines, .. } = *self;
        [
            rows,
            row_issues,
            open_period_lines,
            untold_lines,
            contradicting_lines,
            self.not_azure_plan_by_name.lines,
            self.not_azure_plan_by_name.paid_lines,
            self.other_rates.lines,
            inferred,
            net_lines,
            gross_lines,
            other_lines,
            self.not_utf8_lines,
        ]
    }

    pub(crate) fn merge(&mut self, other: &Self) -> Result<(), AmountError> {
        if self.kind.is_empty() {
            self.kind.clone_from(&other.kind);
        }
        if self.format.is_empty() {
            self.format.clone_from(&other.format);
        }
        self.rows += other.rows;
        self.row_issues += other.row_issues;
        self.open_period_lines += other.open_period_lines;
        self.first_day = self.first_day.into_iter().chain(other.first_day).min();
        self.last_day = self.last_day.into_iter().chain(other.last_day).max();
        self.unknown_columns.extend(other.unknown_columns.iter().cloned());
        self.missing_columns.extend(other.missing_columns.iter().cloned());
        self.untold_lines += other.untold_lines;
        self.inferred_from_price.lines += other.inferred_from_price.lines;
        let inferred = self.inferred_from_price.credit.checked_add(other.inferred_from_price.credit)?;
        self.inferred_from_price.credit = inferred;
        self.contradicting_lines += other.contradicting_lines;
        self.not_azure_plan_by_name = self.not_azure_plan_by_name.with(other.not_azure_plan_by_name);
        self.other_rates.merge(other.other_rates.lines, other.other_rates.rates.iter().copied());
        for (currency, list_cost) in &other.list_cost {
            self.add_list_cost(*currency, *list_cost)?;
        }
        self.amounts_were_doubles |= other.amounts_were_doubles;
        self.not_utf8_lines += other.not_utf8_lines;
        self.part_of_answer |= other.part_of_answer;
        self.paid_totals.merge(&other.paid_totals)
    }
}
