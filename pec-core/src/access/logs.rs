//! What logs cover: where none shows a change, there was none.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use crate::day::{Interval, IntervalSet};

use super::evidence::{Evidence, EvidenceKind};
use super::facts::Text;

/// How long Azure keeps its activity log: what a complete export covers where it does not say.
const LOG_KEPT: TimeDelta = TimeDelta::days(90);

/// Stretches in which a log would show every change.
pub(super) struct Logs {
    assignments: BTreeMap<Text, IntervalSet>,
    delegations: BTreeMap<Text, IntervalSet>,
    all_delegations: IntervalSet,
    none: IntervalSet,
}

impl Logs {
    pub(super) fn of(evidence: &Evidence) -> Self {
        let mut assignments: BTreeMap<Text, Vec<Interval>> = BTreeMap::new();
        let mut delegations: BTreeMap<Text, Vec<Interval>> = BTreeMap::new();
        let mut all_delegations = Vec::new();
        for file in evidence.files.iter().filter(|file| file.complete) {
            let kept = Some(file.from.unwrap_or(file.taken_at - LOG_KEPT));
            let (of, from) = match file.kind {
                EvidenceKind::ActivityLog => (&mut assignments, kept),
                // Its command shows the last hour unless told otherwise.
                EvidenceKind::ChangeLog => (&mut assignments, file.from),
                EvidenceKind::DelegationLog => (&mut delegations, kept),
                EvidenceKind::RoleAssignments
                | EvidenceKind::RoleDefinitions
                | EvidenceKind::LighthouseAssignments
                | EvidenceKind::PartnerLinks
                | EvidenceKind::PimAssignments
                | EvidenceKind::PimEligibilities
                | EvidenceKind::DenyAssignments
                | EvidenceKind::GroupMembers
                | EvidenceKind::ManagementGroups
                | EvidenceKind::AoboChecker => continue,
            };
            let Some(covers) = from.and_then(|from| Interval::new(from, file.taken_at)) else { continue };
            for subscription in &file.subscriptions {
                of.entry(*subscription).or_default().push(covers);
            }
            if file.kind == EvidenceKind::DelegationLog && file.subscriptions.is_empty() {
                all_delegations.push(covers);
            }
        }
        for covers in delegations.values_mut() {
            covers.extend(&all_delegations);
        }
        let set = |(subscription, covers): (Text, Vec<Interval>)| (subscription, covers.into_iter().collect());
        Self {
            assignments: assignments.into_iter().map(set).collect(),
            delegations: delegations.into_iter().map(set).collect(),
            all_delegations: all_delegations.into_iter().collect(),
            none: IntervalSet::default(),
        }
    }

    /// For a scope in one subscription; what happens above subscriptions is in no subscription's log.
    pub(super) fn of_assignments(&self, subscriptions: &BTreeSet<Text>) -> &IntervalSet {
        only(subscriptions).and_then(|subscription| self.assignments.get(&subscription)).unwrap_or(&self.none)
    }

    pub(super) fn of_delegations(&self, subscriptions: &BTreeSet<Text>) -> &IntervalSet {
        only(subscriptions)
            .and_then(|subscription| self.delegations.get(&subscription))
            .unwrap_or(&self.all_delegations)
    }
}

fn only(subscriptions: &BTreeSet<Text>) -> Option<Text> {
    (subscriptions.len() == 1).then(|| subscriptions.first().copied()).flatten()
}
