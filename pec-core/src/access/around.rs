//! What stood before a day and what stands after it: what was lost is asked for where it was held, and what is back of nobody.

use std::collections::BTreeSet;

use crate::day::{Interval, IntervalSet, UsageDay};
use crate::programme::Programme;

use super::compile::Grant;
use super::explain::{AccessExplanation, Counts, GrantExplanation};
use super::facts::{Instant, Text};
use super::finding::{Finding, Findings};
use super::timeline::AccessStretch;
use super::{Access, Reach};

impl AccessStretch<'_> {
    /// Does it rest on an assumption up to this moment, that it counts or that it was held?
    #[cfg(feature = "arrow")]
    pub(crate) fn rests_on_assumption(&self, reach: &Reach, until: Instant) -> bool {
        let Self { access, grant, counts, .. } = *self;
        let not_denied = matches!(counts, Counts::Yes | Counts::Unknown) && !access.denies_told(reach, until);
        let listed =
            |principal| access.is_judged_by_members(grant, principal) && access.identities.members(principal).is_some();
        let activated = grant.activated_in_group && self.because.has(Finding::AccessJustInTime);
        let by_members =
            activated || (!matches!(counts, Counts::OtherPartner) && grant.key.principal().is_some_and(listed));
        self.assumed || not_denied || by_members
    }
}

impl Access {
    /// Adds to what was considered of a day that is not covered when its grants last counted, and since when access is back.
    pub(crate) fn explain_around(
        &self,
        explained: &mut AccessExplanation,
        reach: &Reach,
        day: UsageDay,
        programme: &Programme,
    ) {
        if explained.uncovered.is_empty() {
            return;
        }
        let timeline = self.timeline_of(reach, programme);
        let counting = |stretch: &&AccessStretch<'_>| stretch.counts == Counts::Yes;
        for grant in &mut explained.grants {
            let held = timeline.stretches.iter().filter(counting).filter(|stretch| is_of(stretch, grant));
            let ends = held.filter_map(|stretch| stretch.span.until);
            grant.counted_until = ends.filter(|end| *end <= day.interval().until()).max();
        }
        let covered: IntervalSet =
            timeline.stretches.iter().filter(counting).filter_map(AccessStretch::interval).collect();
        let grants = timeline.stretches.chunk_by(|one, next| one.is_of_grant(next));
        let last = grants.filter_map(still_counting).max();
        explained.back_since = covered
            .iter()
            .find(|held| last.is_some_and(|last| held.from() < last && last <= held.until()))
            .map(Interval::from)
            .filter(|since| *since > day.interval().from());
    }

    /// Identities of ours that hold a grant, by themselves or in a group, where it fails by their links.
    pub(super) fn to_link(&self, grant: &Grant, because: Findings) -> BTreeSet<Text> {
        let by_links = [Finding::PartnerIdNotLinked, Finding::PartnerIdOfOtherOrganization];
        let fails = by_links.into_iter().any(|finding| because.has(finding));
        let Some(principal) = grant.key.principal().filter(|_| fails) else { return BTreeSet::new() };
        let members = self.identities.members(principal).filter(|_| self.is_judged_by_members(grant, principal));
        let managed = grant.key.managing_tenant().is_some();
        let named = |identity: &Text| self.earners.iter().any(|earner| earner.identities.contains(identity));
        let ours = |identity: &Text| managed || self.identities.was_asked(*identity) || named(identity);
        let mut identities = members.map_or_else(|| BTreeSet::from([principal]), |members| members.identities);
        identities.retain(ours);
        identities
    }

    /// Those of the principal of a grant and of identities that are told to be service principals.
    pub(super) fn service_principals_in(&self, grant: &Grant, identities: &BTreeSet<Text>) -> BTreeSet<String> {
        let all = identities.iter().copied().chain(grant.key.principal());
        let told = all.filter(|one| self.evidence.service_principals.contains(one));
        self.names(told).into_iter().collect()
    }
}

fn is_of(stretch: &AccessStretch<'_>, grant: &GrantExplanation) -> bool {
    grant.path == stretch.path()
        && grant.scope == stretch.scope()
        && grant.role == stretch.role()
        && grant.principal == stretch.principal()
        && grant.managing_tenant.as_deref() == stretch.managing_tenant()
}

/// Until when a grant is known to count, where nothing later says that it does not; its stretches are in the order of time.
fn still_counting(stretches: &[AccessStretch<'_>]) -> Option<Instant> {
    let not_told = Findings::of(Finding::NoAccessEvidence).with(Findings::of(Finding::LinkUnknown));
    let mut end = Instant::MAX_UTC;
    for stretch in stretches.iter().rev() {
        let held = stretch.interval().filter(|held| held.until() == end)?;
        match stretch.counts {
            Counts::Yes => return Some(end),
            Counts::Unknown if stretch.because.iter().all(|finding| not_told.has(finding)) => end = held.from(),
            Counts::Unknown
            | Counts::PartOfDay
            | Counts::No
            | Counts::OtherPartner
            | Counts::NotYours
            | Counts::NotHeld => return None,
        }
    }
    None
}
