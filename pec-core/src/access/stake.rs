//! What a charge stands to lose, or has lost, between two exports.

use std::collections::BTreeMap;

use crate::lookup::{Table, Texts};

use super::compare::{Comparison, Numbered};
use super::exports::Cover;
use super::reach::Target;

/// Where the changes of each grant are in their list, and at which place: by the lists of [`StakeKind`].
#[derive(Clone, Debug, Default)]
pub(super) struct Index([BTreeMap<u32, Vec<(usize, String)>>; 3]);

/// What became of the access to a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum StakeKind {
    /// It was covered and is not.
    Lost,
    /// It was covered, and whether it is cannot be told.
    NotTold,
    /// It is covered only until an end that is known.
    Ending,
    /// It is covered and was not.
    Gained,
}

/// What became of the access to a charge, and which changes of its list were part in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Stake {
    pub(crate) kind: StakeKind,
    pub(crate) changes: Vec<usize>,
}

impl Index {
    /// Sorts the lists of what is lost, will end, and was gained.
    pub(super) fn new(lists: [&mut Vec<Numbered>; 3]) -> Self {
        Self(lists.map(|list| {
            list.sort();
            let mut of_grants: BTreeMap<u32, Vec<(usize, String)>> = BTreeMap::new();
            for (number, (change, grant)) in list.iter().enumerate() {
                of_grants.entry(*grant).or_default().push((number, change.place.clone()));
            }
            of_grants
        }))
    }

    /// The changes of these grants at places that hold a target.
    fn changes(&self, kind: StakeKind, grants: &[u32], paths: &[String]) -> Vec<usize> {
        let [lost, ending, gained] = &self.0;
        let of_grants = match kind {
            StakeKind::Lost | StakeKind::NotTold => lost,
            StakeKind::Ending => ending,
            StakeKind::Gained => gained,
        };
        let all = grants.iter().filter_map(|grant| of_grants.get(grant)).flatten();
        let mut here: Vec<_> = all.filter(|(_, place)| paths.contains(place)).map(|(number, _)| *number).collect();
        here.sort_unstable();
        here
    }
}

impl Comparison<'_> {
    /// What became of the access to a target; `None` where it is as it was.
    fn stake(&self, target: Target<'_>) -> Option<Stake> {
        let cover =
            |left: Option<super::exports::Left<'_>>| left.map_or((Cover::NotTold, Vec::new()), |left| left.own_cover());
        let (before, old) = cover(self.old.left_of(target));
        let (now, new) = cover(self.new.left_of(target));
        let (kind, grants) = match (before, now) {
            (Cover::Yes, Cover::No) => (StakeKind::Lost, old),
            (Cover::Yes, Cover::NotTold) => (StakeKind::NotTold, old),
            (Cover::No, Cover::Yes) => (StakeKind::Gained, new),
            (_, Cover::Yes) if self.all_end(target, &new) => (StakeKind::Ending, new),
            _ => return None,
        };
        Some(Stake { kind, changes: self.index.changes(kind, &grants, &target.paths()) })
    }

    fn all_end(&self, target: Target<'_>, grants: &[u32]) -> bool {
        let Some(left) = self.new.left_of(target) else { return false };
        grants.iter().all(|grant| self.new.ends_after(*grant, left.at).is_some())
    }
}

/// Stakes, worked out once for each place: a month has far more lines than these.
pub(crate) struct Stakes<'c> {
    comparison: &'c Comparison<'c>,
    texts: Texts,
    places: Table<[u32; 5], Option<Option<usize>>>,
    stakes: Vec<Stake>,
    numbers: BTreeMap<Stake, usize>,
}

impl<'c> Stakes<'c> {
    pub(crate) fn new(comparison: &'c Comparison<'c>) -> Self {
        let (texts, places) = (Texts::default(), Table::default());
        Self { comparison, texts, places, stakes: Vec::new(), numbers: BTreeMap::new() }
    }

    /// What became of the access to a target; `None` where it is as it was.
    pub(crate) fn of(&mut self, target: Target<'_>) -> Option<&Stake> {
        let Self { comparison, texts, places, stakes, numbers } = self;
        let Target { customer, subscription, resource_group, resource, reseller } = target;
        let place = [customer, subscription, resource_group, resource, reseller].map(|text| texts.number(text));
        let number = *places.entry(place).get_or_insert_with(|| {
            let stake = comparison.stake(target)?;
            Some(*numbers.entry(stake).or_insert_with_key(|stake| {
                stakes.push(stake.clone());
                stakes.len() - 1
            }))
        });
        self.stakes.get(number?)
    }
}
