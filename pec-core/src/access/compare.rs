//! Two exports of one partner side by side.

use super::compile::{Grant, Key};
use super::diff::{AccessDiff, Change, Covered, ExportFacts, GrantChange, HeldGrant, NotCompared, Side, TimeBound};
use super::evidence::{Evidence, EvidenceKind};
use super::exports::{Cover, Earning, Exports, Left, Spot, counts};
use super::facts::Instant;
use super::finding::{Finding, Findings};
use super::stake::Index;
use super::track::State;
use crate::partner::Partner;
use crate::programme::Programme;

use super::conditions::{Standing, Whose};

/// An old and a new export of one partner, compiled to be compared.
///
/// ```
/// use pec_core::access::{Comparison, Evidence, EvidenceKind};
/// use pec_core::normalise::evidence::{EvidenceInput, read};
/// use pec_core::{partner::Partner, programme::Programme};
///
/// let toml = "[partner]\nkind = \"direct_bill\"\ntenant_id = \"t\"\npartner_ids = [\"1\"]\nagent_groups = [\"agents\"]\n";
/// let roles = br#"[{"scope": "/subscriptions/s", "principalId": "agents", "principalType": "ForeignGroup",
///     "roleDefinitionId": "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "createdOn": "2026-01-01T00:00:00Z"}]"#;
/// let exported = |day: &str, roles: &[u8]| -> Result<Evidence, Box<dyn std::error::Error>> {
///     let mut evidence = Evidence::new();
///     let file = EvidenceInput::new("roles.json", roles, format!("{day}T00:00:00Z").parse()?);
///     read(&mut evidence, &file.kind(EvidenceKind::RoleAssignments).complete(true).subscriptions(["s"]))?;
///     Ok(evidence)
/// };
/// let (partner, programme) = (Partner::from_toml("partner.toml", toml)?, Programme::builtin()?);
/// let compared = Comparison::new(&partner, exported("2026-10-01", roles)?, exported("2026-11-01", b"[]")?, &programme);
/// let lost = &compared.diff().lost[0];
/// assert_eq!((lost.place.as_str(), lost.grant.principal.as_str()), ("/subscriptions/s", "agents"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Comparison<'p> {
    pub(super) old: Exports<'p>,
    pub(super) new: Exports<'p>,
    pub(super) index: Index,
    diff: AccessDiff,
}

/// What other exports say of a grant that counts.
enum Answer {
    /// It counts there too.
    Counts,
    /// It does not.
    Fails(Change, Findings),
    /// They cannot show it: what would.
    NotShown(Vec<EvidenceKind>),
}

/// A change and the number of its grant.
pub(super) type Numbered = (GrantChange, u32);

impl<'p> Comparison<'p> {
    /// Compares what two exports leave behind.
    #[must_use]
    pub fn new(partner: &Partner, old: Evidence, new: Evidence, programme: &'p Programme) -> Self {
        let old = Exports::new(partner, old, programme);
        let new = Exports::new(partner, new, programme);
        let (mut lost, mut ending, mut gained) = (Vec::new(), Vec::new(), Vec::new());
        let mut diff = AccessDiff { old: facts(&old), new: facts(&new), ..AccessDiff::default() };
        let (before, now) = (Passage { from: &old, to: &new }, Passage { from: &new, to: &old });
        for (spot, carrying) in old.carrying() {
            diff.old.carrying += carrying.len();
            for (number, earning) in carrying {
                match before.answer(&spot, number, &earning) {
                    Answer::Counts => {
                        diff.unchanged += 1;
                        let (denied, not_told) = before.denied_below(&spot, number, Side::New, |change| change);
                        lost.extend(denied);
                        diff.not_compared.extend(not_told);
                    }
                    Answer::Fails(change, because) => {
                        lost.extend(before.change(&spot, number, &earning, change, because));
                    }
                    Answer::NotShown(missing) => {
                        diff.not_compared.extend(before.not_compared(&spot, number, Side::New, missing));
                    }
                }
            }
        }
        for (spot, carrying) in new.carrying() {
            diff.new.carrying += carrying.len();
            for (number, earning) in carrying {
                ending.extend(now.ending(&spot, number, &earning));
                match now.answer(&spot, number, &earning) {
                    Answer::Counts => {
                        let (denied, not_told) = now.denied_below(&spot, number, Side::Old, |_| Change::New);
                        gained.extend(denied);
                        diff.not_compared.extend(not_told);
                    }
                    Answer::Fails(_, because) => {
                        gained.extend(now.change(&spot, number, &earning, Change::New, because));
                    }
                    Answer::NotShown(missing) => {
                        diff.not_compared.extend(now.not_compared(&spot, number, Side::Old, missing));
                    }
                }
            }
        }
        let index = Index::new([&mut lost, &mut ending, &mut gained]);
        let changes = |list: Vec<Numbered>| list.into_iter().map(|(change, _)| change).collect();
        (diff.lost, diff.ending, diff.gained) = (changes(lost), changes(ending), changes(gained));
        diff.not_compared.sort();
        Self { old, new, index, diff }
    }

    /// What is different.
    #[must_use]
    pub const fn diff(&self) -> &AccessDiff {
        &self.diff
    }
}

fn facts(exports: &Exports<'_>) -> ExportFacts {
    ExportFacts { last_taken_at: exports.last, subscriptions: exports.subscriptions(), carrying: 0 }
}

/// From the exports in which a grant counts to the others.
struct Passage<'x> {
    from: &'x Exports<'x>,
    to: &'x Exports<'x>,
}

impl Passage<'_> {
    fn grant(&self, number: u32) -> Option<&Grant> {
        self.from.grant(number)
    }

    /// What the others say of a grant at a spot.
    fn answer(&self, spot: &Spot, number: u32, earning: &Earning) -> Answer {
        let (Some(grant), Some(left)) = (self.grant(number), self.to.left(spot)) else {
            return Answer::NotShown(self.grant(number).and_then(listed_in).into_iter().collect());
        };
        for earners in earning.of_lines() {
            match self.answer_on(grant, &left, spot, &earners) {
                Answer::Counts => {}
                other @ (Answer::Fails(..) | Answer::NotShown(_)) => return other,
            }
        }
        Answer::Counts
    }

    fn answer_on(&self, grant: &Grant, left: &Left<'_>, spot: &Spot, earners: &[usize]) -> Answer {
        let there = self.to.key_from(self.from, grant.key).and_then(|key| self.to.number_of(key));
        let Some(there) = there else { return self.not_listed(grant, left, spot, earners) };
        match left.standing(there, earners) {
            Some(standing) => judged(grant, &standing, self.to.grant(there), left),
            None => self.absent(grant, left, earners, self.to.grant(there).and_then(|there| there.revoked)),
        }
    }

    /// No file of the others lists it.
    fn not_listed(&self, grant: &Grant, left: &Left<'_>, spot: &Spot, earners: &[usize]) -> Answer {
        // A log that unregisters a delegation does not know what it held.
        let unregistered = match grant.key {
            Key::Authorization { scope, .. } => {
                let of_scope = Key::Authorization { scope, tenant: 0, authorization: None, eligible_only: false };
                let there = self.to.key_from(self.from, of_scope).and_then(|key| self.to.number_of(key));
                let there = there.and_then(|number| self.to.grant(number));
                there.filter(|there| there.track.at(left.at).state == State::NotHeld).and_then(|there| there.revoked)
            }
            Key::Assignment { .. } | Key::Eligibility { .. } => None,
        };
        if unregistered.is_some() || self.to.list_all(self.from, grant, spot, left.at) {
            return self.absent(grant, left, earners, unregistered);
        }
        Answer::NotShown(listed_in(grant).into_iter().collect())
    }

    /// It is not there: perhaps something less is.
    fn absent(&self, grant: &Grant, left: &Left<'_>, earners: &[usize], revoked: Option<Instant>) -> Answer {
        let standings = (self.to.beside(self.from, grant.key).into_iter())
            .filter_map(|number| Some((number, left.standing(number, earners)?)))
            .filter(|(_, standing)| standing.whose == Whose::Ours && standing.state == State::Held);
        let mut beside: Vec<_> = standings.filter(|(_, standing)| !counts(standing)).collect();
        beside.sort_by_key(|(number, standing)| (!standing.fails.has(Finding::AccessJustInTime), *number));
        for (number, standing) in beside {
            let Some(there) = self.to.grant(number) else { continue };
            if standing.fails.has(Finding::AccessJustInTime) {
                return Answer::Fails(just_in_time(there, left.at), standing.fails);
            }
            if standing.fails.has(Finding::RoleNotEligible) {
                let Some(HeldGrant { role, role_name, .. }) = self.to.held(number, left) else { continue };
                let change = Change::Downgraded { now_role: role, now_role_name: role_name };
                return Answer::Fails(change, standing.fails);
            }
            if standing.unknown.has(Finding::RoleUnlisted) {
                return Answer::Fails(Change::Undetermined, standing.unknown);
            }
        }
        let at = revoked.filter(|at| *at <= left.at);
        Answer::Fails(Change::Gone { at }, Findings::of(Finding::NoAccess))
    }

    fn change(
        &self,
        spot: &Spot,
        number: u32,
        earning: &Earning,
        change: Change,
        because: Findings,
    ) -> Option<Numbered> {
        let here = self.from.left(spot)?;
        let (mut covered, mut by) = (Covered::NotTold, Vec::new());
        if let Some(there) = self.to.left(spot) {
            let covers: Vec<_> = earning.of_lines().iter().map(|earners| there.cover(earners)).collect();
            covered = covers.iter().map(|(cover, _)| *cover).max().unwrap_or(Cover::No).into();
            let numbers = covers.into_iter().flat_map(|(_, numbers)| numbers);
            by = numbers.filter_map(|number| self.to.held(number, &there)).collect();
        }
        by.sort();
        by.dedup();
        let because = because.iter().collect();
        let grant = self.from.held(number, &here)?;
        Some((GrantChange { place: spot.path.clone(), grant, change, because, covered, covered_by: by }, number))
    }

    /// Parts of a spot in which a grant that counts in both as a whole is denied in the others, and those of which they show too
    /// little to tell.
    fn denied_below(
        &self,
        spot: &Spot,
        number: u32,
        others: Side,
        named: fn(Change) -> Change,
    ) -> (Vec<Numbered>, Vec<NotCompared>) {
        let (mut denied, mut not_told) = (Vec::new(), Vec::new());
        let mut paths = self.from.denied_below(spot);
        paths.extend(self.to.denied_below(spot));
        for part in paths.into_iter().filter_map(Spot::at) {
            let Some(earning) = self.from.left(&part).and_then(|left| left.earning(number)) else { continue };
            match self.answer(&part, number, &earning) {
                Answer::Fails(change, because) => {
                    denied.extend(self.change(&part, number, &earning, named(change), because));
                }
                Answer::NotShown(missing) => not_told.extend(self.not_compared(&part, number, others, missing)),
                Answer::Counts => {}
            }
        }
        (denied, not_told)
    }

    fn not_compared(
        &self,
        spot: &Spot,
        number: u32,
        shown_too_little: Side,
        missing: Vec<EvidenceKind>,
    ) -> Option<NotCompared> {
        let here = self.from.left(spot)?;
        let (place, grant) = (spot.path.clone(), self.from.held(number, &here)?);
        Some(NotCompared { shown_too_little, missing, place, grant })
    }

    /// A grant of the new exports that will end.
    fn ending(&self, spot: &Spot, number: u32, earning: &Earning) -> Option<Numbered> {
        let here = self.from.left(spot)?;
        let until = self.grant(number)?.end.filter(|end| *end > here.at)?;
        let before = self.to.key_from(self.from, self.grant(number)?.key).and_then(|key| self.to.number_of(key));
        let was_standing = before.and_then(|number| self.to.grant(number)).is_some_and(|before| before.end.is_none());
        let change = match was_standing {
            true => Change::TimeBound { how: TimeBound::Assigned, until: Some(until) },
            false => Change::Ending { until },
        };
        let stays = |number: &u32| self.from.ends_after(*number, here.at).is_none();
        let lines = earning.of_lines();
        let mut stays_in: Vec<Vec<u32>> = lines.iter().map(|earners| here.cover(earners).1).collect();
        stays_in.iter_mut().for_each(|numbers| numbers.retain(stays));
        let covered = if stays_in.iter().all(|numbers| !numbers.is_empty()) { Covered::Yes } else { Covered::No };
        let mut by: Vec<_> =
            stays_in.into_iter().flatten().filter_map(|number| self.from.held(number, &here)).collect();
        by.sort();
        by.dedup();
        let grant = self.from.held(number, &here)?;
        let place = spot.path.clone();
        Some((GrantChange { place, grant, change, because: Vec::new(), covered, covered_by: by }, number))
    }
}

impl Exports<'_> {
    /// The end of a grant, where one is known after a moment.
    pub(super) fn ends_after(&self, number: u32, at: Instant) -> Option<Instant> {
        self.grant(number)?.end.filter(|end| *end > at)
    }
}

/// The kind of export that would list a grant.
fn listed_in(grant: &Grant) -> Option<EvidenceKind> {
    grant.key.listed_in()
}

fn just_in_time(grant: &Grant, at: Instant) -> Change {
    let how = match grant.key {
        Key::Eligibility { .. } | Key::Authorization { .. } => TimeBound::Eligible,
        Key::Assignment { .. } => TimeBound::Activated,
    };
    // The end of an eligibility is told with it.
    let end = grant.end.or(grant.revoked);
    Change::TimeBound { how, until: end.filter(|end| *end > at) }
}

/// What is made of a grant that is held, or may be.
fn judged(grant: &Grant, standing: &Standing, there: Option<&Grant>, left: &Left<'_>) -> Answer {
    if standing.whose != Whose::Ours {
        // What showed that it is ours is not there any more; nothing shows that it is another's.
        let kind = match grant.key {
            Key::Assignment { .. } | Key::Eligibility { .. } if standing.whose == Whose::NotOurs => {
                EvidenceKind::PartnerLinks
            }
            Key::Assignment { .. } | Key::Eligibility { .. } | Key::Authorization { .. } => EvidenceKind::AoboChecker,
        };
        return Answer::NotShown(vec![kind]);
    }
    let (fails, unknown) = (standing.fails, standing.unknown);
    let has = |finding| fails.has(finding);
    let unlinked = has(Finding::PartnerIdNotLinked) || has(Finding::PartnerIdOfOtherOrganization);
    match (fails.is_empty(), unknown.is_empty()) {
        (true, true) => Answer::Counts,
        (true, false) => match missing(grant, standing, &there.map(|there| left.unread_for(there)).unwrap_or_default())
        {
            kinds if kinds.is_empty() => Answer::Fails(Change::Undetermined, unknown),
            kinds => Answer::NotShown(kinds),
        },
        (false, _) if standing.state != State::Held => Answer::NotShown(listed_in(grant).into_iter().collect()),
        (false, _) if has(Finding::AccessJustInTime) => {
            Answer::Fails(just_in_time(there.unwrap_or(grant), left.at), fails)
        }
        (false, _) if unlinked => Answer::Fails(Change::Unlinked, fails),
        (false, _) if has(Finding::AccessDenied) => Answer::Fails(Change::Denied, fails),
        (false, _) => Answer::Fails(Change::NotCounting, fails),
    }
}

/// The exports that would settle what is not known; none where none would.
fn missing(grant: &Grant, standing: &Standing, unread: &[EvidenceKind]) -> Vec<EvidenceKind> {
    // Of a grant that is held, what could not be read is all that nothing shows.
    let by_unread = standing.state == State::Held && !unread.is_empty();
    let kind = |finding| match finding {
        Finding::LinkUnknown => Some(EvidenceKind::PartnerLinks),
        Finding::GroupMembersUnknown => Some(EvidenceKind::GroupMembers),
        Finding::AgentGroupsUnknown => Some(EvidenceKind::AoboChecker),
        Finding::ManagementGroupUnknown => Some(EvidenceKind::ManagementGroups),
        Finding::NoAccessEvidence if by_unread => None,
        Finding::AccessChangeTimeUnknown | Finding::NoAccessEvidence => listed_in(grant),
        Finding::PartnerTypeCannotEarn
        | Finding::AgreementInactive
        | Finding::NotTransactingPartner
        | Finding::NoAccess
        | Finding::OnlyOtherPartnerAccess
        | Finding::RoleNotEligible
        | Finding::PartnerIdNotLinked
        | Finding::PartnerIdOfOtherOrganization
        | Finding::AccessJustInTime
        | Finding::AccessDenied
        | Finding::AccessPartOfDay
        | Finding::RoleUnlisted
        | Finding::AssignmentConditional => None,
    };
    let mut kinds: Vec<_> = standing.unknown.iter().filter_map(kind).chain(unread.iter().copied()).collect();
    kinds.sort();
    kinds.dedup();
    kinds
}

impl From<Cover> for Covered {
    fn from(cover: Cover) -> Self {
        match cover {
            Cover::Yes => Self::Yes,
            Cover::NotTold => Self::NotTold,
            Cover::No => Self::No,
        }
    }
}
