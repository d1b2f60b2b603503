//! Lines that Azure credit pays in part: kept whole until all lines that share are known, as parts go by largest remainder.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Account, CellKey, Decided, FORM, Ledger, Sums};
use crate::access::Assumed;
use crate::day::UsageDay;
use crate::drawdown::Cover;
use crate::eligibility::RuleId;
use crate::lookup::Table;
use crate::money::{Amount, ListCost, Number, Parts, Rate};
use crate::reconcile::{Decision, Standing};
use crate::saved::SavedError;
use crate::usage::UsageLine;

/// What is the same of lines that have equal parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct SplitLine {
    /// The number of the share.
    share: u32,
    /// By its place in the ledger's accounts.
    account: u32,
    day: UsageDay,
    rest: Decided,
    covered: (Standing, RuleId),
    cost: ListCost,
    /// The programme's rate where the rest could earn it.
    rate: Rate,
    paid: Rate,
}

/// What a filter looks at of split lines.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SplitGroup {
    pub(super) customer: String,
    pub(super) subscription: String,
    pub(super) day: UsageDay,
    pub(super) rest: (Standing, Option<RuleId>),
    pub(super) covered: (Standing, RuleId),
}

/// A portion of a line: what was decided, and its money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Portion {
    pub(crate) decided: Decided,
    pub(crate) sums: Sums,
}

/// Split lines and how many there are of each.
pub(super) type Splits = Table<SplitLine, u64>;

/// Share, account by its place, day; what was decided of the rest, and of what is covered; cost, rate, paid rate, lines.
pub(super) type SavedSplit = (u32, u32, UsageDay, Decided, (Standing, RuleId), Amount, Rate, Rate, u64);

impl SplitLine {
    /// What a partly covered line is split by; `None` for other lines.
    pub(super) fn of(account: u32, line: &UsageLine<'_>, decision: &Decision) -> Option<Self> {
        let Cover::Share(share) = decision.cover else { return None };
        Some(Self {
            share,
            account,
            day: line.day,
            rest: super::decided(decision),
            covered: decision.covered(),
            cost: line.list_cost,
            rate: if decision.verdict.by_design() { Rate::ZERO } else { decision.rate },
            paid: decision.paid,
        })
    }

    /// The form to save.
    pub(super) fn saved(&self, lines: u64) -> SavedSplit {
        let Self { share, account, day, rest, covered, cost, rate, paid } = *self;
        (share, account, day, rest, covered, cost.amount(), rate, paid, lines)
    }

    pub(super) const fn account(&self) -> u32 {
        self.account
    }

    pub(super) const fn of_account(self, account: u32) -> Self {
        Self { account, ..self }
    }

    fn key(&self, portion: &Portion) -> CellKey {
        CellKey::new(self.account, self.day, portion.decided)
    }

    /// The covered portion and the rest of so many lines, of which the credit pays `covered`. Lines count with their rest.
    fn portions(&self, lines: u64, covered: ListCost) -> [Portion; 2] {
        let rest = self.cost.times(lines).without(covered);
        let sums = |lines, cost: ListCost, rate| Sums {
            lines,
            list_cost: cost.amount(),
            potential_credit: cost.share(rate),
            credit: cost.share(self.paid),
        };
        let (standing, reason) = self.covered;
        [
            Portion { decided: (standing, Some(reason), Assumed::NONE), sums: sums(0, covered, Rate::ZERO) },
            Portion { decided: self.rest, sums: sums(lines, rest, self.rate) },
        ]
    }
}

/// Parts of a ledger's split lines, handed out line by line.
#[cfg(feature = "arrow")]
#[derive(Clone, Debug, Default)]
pub(crate) struct SplitParts {
    texts: crate::lookup::Texts,
    accounts: Table<Account, ()>,
    parts: Table<SplitLine, Parts>,
}

#[cfg(feature = "arrow")]
impl SplitParts {
    /// The portions of the next line of this kind; `None` for a line that is not split.
    pub(crate) fn next(&mut self, line: &UsageLine<'_>, decision: &Decision) -> Option<[Portion; 2]> {
        if !matches!(decision.cover, Cover::Share(_)) {
            return None;
        }
        let number = |text: &str| self.texts.find(text);
        let place = super::Place {
            customer: number(line.customer.as_str())?,
            subscription: number(line.subscription.as_str())?,
            resource_group: number(line.resource_group)?,
        };
        let account = Account { place, reseller: number(line.reseller.as_str())?, currency: line.currency };
        let line = SplitLine::of(self.accounts.find(account)?, line, decision)?;
        let parts = self.parts.entry(line);
        let one = Parts { larger: parts.larger.min(1), ..*parts };
        parts.larger -= one.larger;
        Some(line.portions(1, one.sum(1)))
    }
}

impl Ledger {
    /// How many lines Azure credit pays in part: each is split. A filter keeps such a line where it keeps one of its portions.
    #[must_use]
    pub fn split_lines(&self) -> u64 {
        self.filtered.as_ref().map_or_else(
            || self.splits.entries().iter().map(|(_, lines)| lines).sum(),
            |about| about.splits().map(|(_, lines)| lines).sum(),
        )
    }

    /// Split lines by what a filter looks at, in order: none is counted twice, though it has two portions.
    pub(super) fn split_groups(&self, keeps: impl Fn(&SplitGroup) -> bool) -> Vec<(SplitGroup, u64)> {
        if let Some(about) = &self.filtered {
            return about
                .splits()
                .filter(|(group, _)| keeps(group))
                .map(|(group, lines)| (group.clone(), lines))
                .collect();
        }
        let mut found = BTreeMap::new();
        for (line, lines) in self.splits.entries() {
            let SplitLine { account, day, rest: (standing, reason, _), covered, .. } = *line;
            let Some((Account { place, .. }, ())) = self.accounts.entries().get(account as usize) else { continue };
            let [customer, subscription] = [place.customer, place.subscription].map(|text| self.text(text).to_owned());
            let group = SplitGroup { customer, subscription, day, rest: (standing, reason), covered };
            if keeps(&group) {
                *found.entry(group).or_insert(0) += lines;
            }
        }
        found.into_iter().collect()
    }

    /// Takes saved split lines in; their sums are held to what sums of amounts can be.
    pub(super) fn load_splits(&mut self, saved: Vec<SavedSplit>, accounts: &[u32]) -> Result<(), SavedError> {
        // Without regard to signs: the order in which parts are added must not matter.
        let mut absolute = Amount::ZERO;
        for (share, account, day, rest, covered, cost, rate, paid, lines) in saved {
            if self.drawdown().and_then(|drawdown| drawdown.share(share)).is_none() {
                return Err(FORM.problem("a split line has no share"));
            }
            let Some(cost) = ListCost::of_amount(cost) else {
                return Err(FORM.problem("a split line has another cost than a line can have"));
            };
            let times = |amount: Amount| amount.times(Number::new(lines.into(), 0));
            let whole = Sums {
                lines,
                list_cost: times(cost.amount())?,
                potential_credit: times(cost.share(rate))?,
                credit: times(cost.share(paid))?,
            };
            absolute = absolute.checked_add(whole.list_cost.abs())?;
            self.split_sums.add(&whole)?;
            let account = *FORM.found(accounts, account)?;
            *self.splits.entry(SplitLine { share, account, day, rest, covered, cost, rate, paid }) += lines;
        }
        Ok(())
    }

    /// The parts of all split lines.
    #[cfg(feature = "arrow")]
    pub(crate) fn split_parts(&self) -> SplitParts {
        if self.splits.entries().is_empty() {
            return SplitParts::default();
        }
        let mut parts = Table::default();
        for (line, _, of_line) in self.parted() {
            *parts.entry(line) = of_line;
        }
        SplitParts { texts: self.texts.clone(), accounts: self.accounts.clone(), parts }
    }

    /// The cells of portions of split lines.
    pub(super) fn portions(&self) -> Vec<(CellKey, Sums)> {
        let portions = |(line, lines, parts): (SplitLine, u64, Parts)| {
            line.portions(lines, parts.sum(lines)).map(|portion| (line.key(&portion), portion.sums))
        };
        let something = |(_, sums): &(CellKey, Sums)| sums.lines > 0 || !sums.list_cost.is_zero();
        self.parted().into_iter().flat_map(portions).filter(something).collect()
    }

    /// All split lines with their number and parts.
    fn parted(&self) -> Vec<(SplitLine, u64, Parts)> {
        let mut lines = self.splits.entries().to_vec();
        lines.sort_by(|(a, _), (b, _)| a.share.cmp(&b.share).then_with(|| self.tie(a, b)));
        let mut found = Vec::with_capacity(lines.len());
        for lines in lines.chunk_by(|(a, _), (b, _)| a.share == b.share) {
            let number = lines.first().map_or(0, |(line, _)| line.share);
            let share = self.drawdown.as_ref().and_then(|drawdown| drawdown.share(number)).unwrap_or_default();
            let costs: Vec<_> = lines.iter().map(|(line, lines)| (line.cost, *lines)).collect();
            found.extend(lines.iter().zip(share.parts(&costs)).map(|((line, lines), parts)| (*line, *lines, parts)));
        }
        found
    }

    /// The order of lines of equal remainders: by what they are summed by, so that the order of rows cannot matter.
    fn tie(&self, a: &SplitLine, b: &SplitLine) -> Ordering {
        let of = |line: &SplitLine| {
            let (Account { place, reseller, .. }, ()) = self.accounts.entries().get(line.account as usize)?;
            let texts = [place.customer, place.subscription, place.resource_group, *reseller];
            Some((texts.map(|text| self.texts.get(text)), line.rest, line.cost, line.day, line.paid, line.rate))
        };
        of(a).cmp(&of(b))
    }

    /// Checks that the portions of a split line can be summed, as is done at once for other lines.
    pub(super) fn add_split(&mut self, line: SplitLine, decision: &Decision) -> Result<(), crate::money::AmountError> {
        *self.splits.entry(line) += 1;
        let Decision { list_cost, potential_credit, credit, .. } = *decision;
        let whole = Sums { lines: 1, list_cost, potential_credit, credit };
        self.split_sums.add(&whole)?;
        if let Some(share) = self.drawdown.as_ref().and_then(|drawdown| drawdown.share(line.share)) {
            let decimals = [share.part, share.whole].map(Amount::decimals).into_iter().max().unwrap_or_default();
            self.widest.0 = self.widest.0.max(decimals + decision.paid.decimals().max(2));
        }
        Ok(())
    }
}
