//! A part of a ledger: some customers, Azure subscriptions, reasons, standings or days.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::splits::SplitGroup;
use super::{Account, Cell, CellKey, Ledger, Place};
use crate::day::UsageDay;
use crate::eligibility::RuleId;
use crate::money::AmountError;
use crate::reconcile::Standing;

/// Which lines of a ledger are kept: those that every given condition keeps.
///
/// ```
/// use pec_core::ledger::Filter;
/// let october = Filter { first_day: "2026-10-01".parse().ok(), last_day: "2026-10-31".parse().ok(), ..Filter::default() };
/// let mine = Filter { customers: Some(["a".to_owned()].into()), ..Filter::default() };
/// assert_eq!(mine.and(&october).first_day, october.first_day);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// Tenant ids of customers, in lower case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customers: Option<BTreeSet<String>>,
    /// Ids of Azure subscriptions, in lower case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscriptions: Option<BTreeSet<String>>,
    /// Primary reasons: lines without one are left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasons: Option<BTreeSet<RuleId>>,
    /// Standings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standings: Option<BTreeSet<Standing>>,
    /// The first day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_day: Option<UsageDay>,
    /// The last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_day: Option<UsageDay>,
}

impl Filter {
    /// What both keep.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self {
            customers: both(self.customers.as_ref(), other.customers.as_ref()),
            subscriptions: both(self.subscriptions.as_ref(), other.subscriptions.as_ref()),
            reasons: both(self.reasons.as_ref(), other.reasons.as_ref()),
            standings: both(self.standings.as_ref(), other.standings.as_ref()),
            first_day: self.first_day.into_iter().chain(other.first_day).max(),
            last_day: self.last_day.into_iter().chain(other.last_day).min(),
        }
    }

    fn keeps_day(&self, day: UsageDay) -> bool {
        self.first_day.is_none_or(|first| first <= day) && self.last_day.is_none_or(|last| day <= last)
    }

    /// Does it keep the place and day, whatever was decided?
    fn reaches(&self, customer: &str, subscription: &str, day: UsageDay) -> bool {
        let among = |ids: Option<&BTreeSet<String>>, id: &str| ids.is_none_or(|ids| ids.contains(id));
        self.keeps_day(day)
            && among(self.customers.as_ref(), customer)
            && among(self.subscriptions.as_ref(), subscription)
    }

    /// Does it keep what was decided, wherever that is?
    fn keeps_decision(&self, standing: Standing, reason: Option<RuleId>) -> bool {
        self.standings.as_ref().is_none_or(|standings| standings.contains(&standing))
            && self.reasons.as_ref().is_none_or(|reasons| reason.is_some_and(|reason| reasons.contains(&reason)))
    }

    fn keeps(&self, cell: &Cell<'_>) -> bool {
        self.reaches(cell.customer, cell.subscription, cell.day) && self.keeps_decision(cell.standing, cell.reason)
    }

    /// Does it keep a portion of such lines?
    fn keeps_split(&self, of: &SplitGroup) -> bool {
        let (standing, reason) = of.covered;
        self.reaches(&of.customer, &of.subscription, of.day)
            && (self.keeps_decision(of.rest.0, of.rest.1) || self.keeps_decision(standing, Some(reason)))
    }
}

fn both<T: Ord + Clone>(a: Option<&BTreeSet<T>>, b: Option<&BTreeSet<T>>) -> Option<BTreeSet<T>> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a & b),
        (a, b) => a.or(b).cloned(),
    }
}

/// What a filtered ledger knows of the one that it was made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Filtered {
    filter: Filter,
    /// Decided lines that were left out.
    left_out: u64,
    /// The last day on which an Azure subscription of a customer could earn, lines of other reasons and standings included.
    #[serde(serialize_with = "as_rows", deserialize_with = "of_rows")]
    could_earn: BTreeMap<(String, String), UsageDay>,
    /// Split lines of which a portion is left.
    splits: Vec<(SplitGroup, u64)>,
}

impl Ledger {
    /// The ledger of the lines that a filter keeps.
    ///
    /// By customer, Azure subscription and day it has the sums and gaps that a run over these lines alone gives. Reasons and
    /// standings say nothing of gaps, which are runs between days with pay: of them, those stay whose Azure subscription has
    /// lines left. A row that cannot be read may be anybody's: they stay counted, and are shown by the whole ledger only.
    /// Files are told as they were read, whole. Azure credits are those of customers with lines left.
    ///
    /// # Errors
    ///
    /// [`AmountError::SumTooLarge`] where a sum would not fit.
    pub fn filtered(&self, filter: &Filter) -> Result<Self, AmountError> {
        let before = self.filtered.as_ref();
        let filter = before.map_or_else(|| filter.clone(), |before| before.filter.and(filter));
        let mut about = Filtered { left_out: self.left_out(), ..Filtered::default() };
        let mut kept = Self {
            files: self.files.clone(),
            issues: self.issues.without_rows(),
            widest: self.widest,
            ..Self::default()
        };
        let mut left = BTreeSet::new();
        for cell in self.unordered_cells() {
            if filter.reaches(cell.customer, cell.subscription, cell.day) && cell.standing != Standing::Excluded {
                about.note_could_earn((cell.customer, cell.subscription), cell.day);
            }
            if filter.keeps(&cell) {
                left.insert((cell.customer, cell.subscription));
                kept.add_cell(&cell)?;
            } else {
                about.left_out += cell.sums.lines;
            }
        }
        for ((customer, subscription), day) in before.iter().flat_map(|before| &before.could_earn) {
            if left.contains(&(customer.as_str(), subscription.as_str())) && filter.keeps_day(*day) {
                about.note_could_earn((customer, subscription), *day);
            }
        }
        let texts = &mut kept.texts;
        kept.observed = self.observed.filtered(
            |day| filter.keeps_day(day),
            |place, resource| {
                let account = (self.text(place.customer), self.text(place.subscription));
                let mut number = |text: u32| texts.number(self.text(text));
                left.contains(&account).then(|| {
                    let (customer, subscription) = (number(place.customer), number(place.subscription));
                    (Place { customer, subscription, resource_group: number(place.resource_group) }, number(resource))
                })
            },
        )?;
        kept.keep_names(self, &left);
        let customers: BTreeSet<_> = left.iter().map(|(customer, _)| *customer).collect();
        kept.drawdown =
            self.drawdown().map(|drawdown| Arc::new(drawdown.of_customers(|customer| customers.contains(customer))));
        about.splits = self.split_groups(|group| filter.keeps_split(group));
        about.filter = filter;
        kept.filtered = Some(about);
        Ok(kept)
    }

    /// What it was filtered by.
    #[must_use]
    pub fn filter(&self) -> Option<&Filter> {
        self.filtered.as_ref().map(|about| &about.filter)
    }

    /// How many decided lines a filter left out.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        self.filtered.as_ref().map_or(0, |about| about.left_out)
    }

    /// The last day of each Azure subscription of a customer on which it could earn, where a filter may have taken it away.
    pub(crate) fn could_earn(&self) -> impl Iterator<Item = (&str, &str, UsageDay)> {
        let days = self.filtered.iter().flat_map(|about| &about.could_earn);
        days.map(|((customer, subscription), day)| (customer.as_str(), subscription.as_str(), *day))
    }

    fn add_cell(&mut self, cell: &Cell<'_>) -> Result<(), AmountError> {
        let place = Place {
            customer: self.texts.number(cell.customer),
            subscription: self.texts.number(cell.subscription),
            resource_group: self.texts.number(cell.resource_group),
        };
        let account = Account { place, reseller: self.texts.number(cell.reseller), currency: cell.currency };
        let account = self.accounts.place(account);
        self.cells
            .entry(CellKey::new(account, cell.day, (cell.standing, cell.reason, cell.assumptions)))
            .add(&cell.sums)
    }

    /// Keeps the names of customers and subscriptions that are left.
    fn keep_names(&mut self, all: &Self, left: &BTreeSet<(&str, &str)>) {
        let customers: BTreeSet<_> = left.iter().map(|(customer, _)| *customer).collect();
        let subscriptions: BTreeSet<_> = left.iter().map(|(_, subscription)| *subscription).collect();
        for ((names, kept), ids) in self.names.iter_mut().zip(&all.names).zip([customers, subscriptions]) {
            let named = kept.iter().map(|(id, name)| (all.texts.get(*id), name));
            names.extend(
                named.filter(|(id, _)| ids.contains(id)).map(|(id, name)| (self.texts.number(id), name.clone())),
            );
        }
    }
}

fn as_rows<S: serde::Serializer>(days: &BTreeMap<(String, String), UsageDay>, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(days)
}

fn of_rows<'de, D: serde::Deserializer<'de>>(from: D) -> Result<BTreeMap<(String, String), UsageDay>, D::Error> {
    Vec::deserialize(from).map(|rows| rows.into_iter().collect())
}

impl Filtered {
    /// All its counts.
    pub(super) fn lines(&self) -> impl Iterator<Item = u64> {
        self.splits().map(|(_, lines)| lines).chain([self.left_out])
    }

    pub(super) fn splits(&self) -> impl Iterator<Item = (&SplitGroup, u64)> {
        self.splits.iter().map(|(group, lines)| (group, *lines))
    }

    fn note_could_earn(&mut self, (customer, subscription): (&str, &str), day: UsageDay) {
        let last = self.could_earn.entry((customer.to_owned(), subscription.to_owned())).or_insert(day);
        *last = day.max(*last);
    }
}
