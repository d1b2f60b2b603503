//! Who held access to what, for which instants, and whether it counts.
//!
//! [`Evidence`] is what a partner's exports show. Together with the [`Partner`] it is compiled once into an [`Access`], which
//! says for a resource and a day whether access covered it, and if not, why.

mod activations;
mod around;
mod assumption;
mod compare;
mod compile;
mod conditions;
mod contradiction;
mod day;
mod denial;
mod diff;
mod evidence;
mod explain;
mod exports;
mod facts;
mod finding;
mod identities;
mod key;
mod logs;
mod merge;
mod reach;
mod saved;
mod stake;
mod timeline;
mod track;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::day::IntervalSet;
use crate::partner::{Assumptions, Organization, Partner, PartnerKind};

pub use assumption::{Assumed, Assumption};
pub use compare::Comparison;
pub use contradiction::{Contradiction, Says};
pub use day::AccessDay;
pub use diff::{AccessDiff, Change, Covered, ExportFacts, GrantChange, HeldGrant, NotCompared, Side, TimeBound};
pub use evidence::{Evidence, EvidenceKind};
pub(crate) use evidence::{EvidenceFile, FileNumber};
pub use explain::{AccessExplanation, AccessPath, Counts, EvidencePlace, GrantExplanation, Span};
pub use exports::carrying;
pub(crate) use facts::{
    Assignment, Delegation, Deny, DenyUnread, Instant, Link, Logged, LoggedOf, Place, PrincipalKind, Schedule,
    ScheduleKind, Text, UnreadSchedule,
};
pub use finding::{Finding, Findings};
pub(crate) use reach::Target;
pub(crate) use stake::{StakeKind, Stakes};
pub use timeline::{AccessState, AccessStretch, AccessTimeline};

use compile::{Gathering, Grant, Snapshot, number_subscriptions, snapshots};
use denial::{Denial, denials};
use identities::Identities;
use logs::Logs;
use reach::{Reaching, Scopes, subscriptions_of};
use track::{Told, Track};

/// A partner and its evidence, compiled: asked once for each resource and day.
#[derive(Clone, Debug)]
pub struct Access {
    partner: Partner,
    evidence: Evidence,
    /// When the partner transacted Azure subscriptions that came or went.
    transacting: BTreeMap<Text, IntervalSet>,
    /// The partner, and its resellers after it.
    earners: Vec<Earner>,
    grants: Vec<Grant>,
    grants_at: Scopes,
    denies: Vec<Denial>,
    denies_at: Scopes,
    /// When the deny assignments of an Azure subscription were last exported whole.
    denies_exported: BTreeMap<Text, Instant>,
    identities: Identities,
    /// For each Azure subscription when a grant that no snapshot lists was not held: role assignments, delegations.
    covered: BTreeMap<Text, [Track; 2]>,
    not_covered: [Track; 2],
}

/// An organization that can earn, its texts by their numbers.
#[derive(Clone, Debug)]
struct Earner {
    tenant: Text,
    partner_ids: Vec<(Text, Range<Instant>)>,
    agent_groups: BTreeSet<Text>,
    identities: BTreeSet<Text>,
}

/// What reaches a target, the same for all its days.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Reach {
    /// The customer's tenant, where one of its texts is known.
    customer: Option<Text>,
    subscription: Option<Text>,
    earners: Vec<usize>,
    /// The line's reseller of record, in the indirect model: its partner id, where a text has it. Who of the earners holds it is
    /// a question of the time.
    reseller: Option<Option<Text>>,
    grants: Vec<Reaching>,
    denies: Vec<Reaching>,
}

impl Access {
    /// Compiles evidence for a partner.
    #[must_use]
    pub fn new(partner: Partner, mut evidence: Evidence) -> Self {
        number_subscriptions(&mut evidence);
        let mut earners: Vec<_> = (std::iter::once(&partner.organization).chain(&partner.resellers))
            .map(|organization| Earner::of(organization, &mut evidence))
            .collect();
        for (tenant, group) in &evidence.agent_groups {
            let own = |earner: &&mut Earner| earner.tenant == *tenant || *tenant == 0;
            if let Some(earner) = earners.iter_mut().find(own) {
                earner.agent_groups.insert(*group);
            }
        }
        let transacting: BTreeMap<_, _> = (partner.transacting.iter())
            .map(|(subscription, held)| (evidence.text(subscription), held.clone()))
            .collect();
        let assumptions = partner.assumptions;
        let identities = Identities::of(&evidence, assumptions);
        let grants = Gathering::grants(&evidence, &identities, &earners, assumptions);
        let mut grants_at = Scopes::default();
        for (number, grant) in (0..).zip(&grants) {
            grants_at.add(&evidence.texts, number, grant.key.scope());
        }
        let denies = denials(&evidence, &identities, assumptions);
        let mut denies_at = Scopes::default();
        let mut kept = Vec::with_capacity(denies.len());
        for (number, (scope, denial)) in (0..).zip(denies) {
            denies_at.add(&evidence.texts, number, scope);
            kept.push(denial);
        }
        let last = |snapshots: Vec<Snapshot>| snapshots.into_iter().map(|(_, at)| at).max();
        let denies_exported = (snapshots(&evidence, EvidenceKind::DenyAssignments).into_iter())
            .filter_map(|(subscription, taken)| Some((subscription, last(taken)?)))
            .collect();
        let covered = covered(&evidence, assumptions);
        let never = || Track::new(&mut Vec::new(), &IntervalSet::default(), assumptions);
        Self {
            partner,
            transacting,
            earners,
            grants,
            grants_at,
            denies: kept,
            denies_at,
            denies_exported,
            identities,
            covered,
            not_covered: [never(), never()],
            evidence,
        }
    }

    /// The partner.
    #[must_use]
    pub const fn partner(&self) -> &Partner {
        &self.partner
    }

    /// What reaches a target.
    pub(crate) fn reach(&self, target: Target<'_>) -> Reach {
        let indirect = self.partner.kind == PartnerKind::IndirectProvider && !target.reseller.is_empty();
        let find = |text: &str| self.evidence.texts.find(text).filter(|_| !text.is_empty());
        let reseller = indirect.then(|| find(target.reseller));
        let of_record =
            |(_, earner): &(usize, &Earner)| earner.partner_ids.iter().any(|(id, _)| reseller.flatten() == Some(*id));
        let resellers = self.earners.iter().enumerate().skip(1).filter(of_record).map(|(number, _)| number);
        Reach {
            // A tenant that no fact names is another than any that is.
            customer: (!target.customer.is_empty()).then(|| find(target.customer).unwrap_or(Text::MAX)),
            subscription: find(target.subscription),
            earners: std::iter::once(0).chain(resellers).collect(),
            reseller,
            grants: self.grants_at.reaching(&self.evidence, target, |number| subscriptions_of(&self.grants, number)),
            denies: self.denies_reaching(target),
        }
    }

    /// The organizations that earn on the target at a moment: of resellers who then holds the partner id of the line.
    fn earners_at<'a>(&'a self, reach: &'a Reach, at: Instant) -> impl Iterator<Item = &'a Earner> {
        let of_record = move |number: usize, earner: &Earner| {
            number == 0 || reach.reseller.is_none_or(|reseller| earner.holds(reseller, at))
        };
        let earners = reach.earners.iter().filter_map(|number| Some((*number, self.earners.get(*number)?)));
        earners.filter(move |(number, earner)| of_record(*number, earner)).map(|(_, earner)| earner)
    }

    /// The line's reseller where it is not in the partner file, or did not hold that partner id at the time.
    fn unknown_reseller(&self, reach: &Reach, at: Instant) -> Option<Option<Text>> {
        reach.reseller.filter(|_| self.earners_at(reach, at).nth(1).is_none())
    }

    fn denies_reaching(&self, target: Target<'_>) -> Vec<Reaching> {
        // A deny assignment above subscriptions is of any that it may hold.
        let mut denies = self.denies_at.reaching(&self.evidence, target, |_| None);
        let here = target.scope().and_then(|scope| self.evidence.texts.find(&scope));
        denies.retain(|reaching| {
            let denial = self.denies.get(reaching.number as usize);
            denial.is_some_and(|denial| denial.only_at.is_none_or(|scope| here == Some(scope)))
        });
        denies
    }
}

impl Earner {
    fn holds(&self, partner_id: Option<Text>, at: Instant) -> bool {
        self.partner_ids.iter().any(|(id, held)| Some(*id) == partner_id && held.contains(&at))
    }

    fn of(organization: &Organization, evidence: &mut Evidence) -> Self {
        Self {
            tenant: evidence.text(&organization.tenant_id),
            partner_ids: (organization.partner_ids.iter())
                .map(|partner| (evidence.text(&partner.id), partner.held.clone()))
                .collect(),
            agent_groups: organization.agent_groups.iter().map(|group| evidence.text(group)).collect(),
            identities: organization.identities.iter().map(|identity| evidence.text(identity)).collect(),
        }
    }
}

/// When a grant that no snapshot lists was not held.
fn covered(evidence: &Evidence, assumptions: Assumptions) -> BTreeMap<Text, [Track; 2]> {
    let logs = Logs::of(evidence);
    let assignments = snapshots(evidence, EvidenceKind::RoleAssignments);
    let delegations = snapshots(evidence, EvidenceKind::LighthouseAssignments);
    let changed = Unread::in_logs(evidence, &[EvidenceKind::ActivityLog, EvidenceKind::ChangeLog]);
    let delegated = Unread::in_logs(evidence, &[EvidenceKind::DelegationLog]);
    let unlisted = |taken: Option<&Vec<Snapshot>>, logged, unread: bool| {
        let mut events = taken.into_iter().flatten().map(|(_, at)| (*at, Told::Missing)).collect();
        Track::new(&mut events, logged, Assumptions { unchanged: assumptions.unchanged && !unread, ..assumptions })
    };
    let subscriptions: BTreeSet<Text> = assignments.keys().chain(delegations.keys()).copied().collect();
    let tracks = |subscription: Text| {
        let only = BTreeSet::from([subscription]);
        [
            unlisted(assignments.get(&subscription), logs.of_assignments(&only), changed.may_be_of(subscription)),
            unlisted(delegations.get(&subscription), logs.of_delegations(&only), delegated.may_be_of(subscription)),
        ]
    };
    subscriptions.into_iter().map(|subscription| (subscription, tracks(subscription))).collect()
}

/// Subscriptions of whose changes a log has some that could not be read, or lacks pages: something changed there.
struct Unread {
    subscriptions: BTreeSet<Text>,
    /// In a log that does not say of which it is.
    of_any: bool,
}

impl Unread {
    fn in_logs(evidence: &Evidence, kinds: &[EvidenceKind]) -> Self {
        let logs = || evidence.files.iter().filter(|file| file.unread && kinds.contains(&file.kind));
        Self {
            subscriptions: logs().flat_map(|log| &log.subscriptions).copied().collect(),
            of_any: logs().any(|log| log.subscriptions.is_empty()),
        }
    }

    fn may_be_of(&self, subscription: Text) -> bool {
        self.of_any || self.subscriptions.contains(&subscription)
    }
}
