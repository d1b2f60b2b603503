//! A day of a resource: was it covered, and if not, why?
//!
//! The day is cut where anything changes, so that within a piece every grant stands as it does at its beginning.

use std::collections::BTreeSet;

use crate::day::{Interval, IntervalSet, UsageDay};
use crate::partner::PartnerKind;
use crate::programme::{Coverage, InForce};

use super::assumption::Assumed;
use super::compile::Grant;
use super::conditions::{Question, Standing, Whose};
use super::evidence::EvidenceKind;
use super::facts::{Instant, Text};
use super::finding::{Finding, Findings};
use super::track::{State, Track};
use super::{Access, Reach};

/// Whether access covered a resource on a day, and what was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccessDay {
    /// Why it was not covered, or why that cannot be told; none where it was.
    pub findings: Findings,
    /// What that rests on and nothing proves.
    pub assumptions: Assumed,
}

impl AccessDay {
    /// Covered, as where access is not asked for.
    pub(crate) const COVERED: Self = Self { findings: Findings::NONE, assumptions: Assumed::NONE };
    /// What can be said without evidence.
    pub const NO_EVIDENCE: Self =
        Self { findings: Findings::of(Finding::NoAccessEvidence), assumptions: Assumed::NONE };
}

/// Was the day covered?
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Covered {
    Yes,
    No,
    NotTold,
}

/// A piece of a day in which nothing changes.
pub(super) struct Piece {
    from: Instant,
    until: Instant,
    /// How each grant that reaches the target stands, in the order of the reach.
    pub(super) standings: Vec<Option<Standing>>,
    /// Evidence may miss a grant.
    pub(super) lacking: bool,
    /// That nothing else was held rests on the assumption that nothing changed unseen.
    /// Of role assignments, and of delegations.
    assumed: [bool; 2],
}

impl Piece {
    fn counting(&self) -> impl Iterator<Item = &Standing> {
        self.standings.iter().flatten().filter(|standing| standing.whose == Whose::Ours && standing.fails.is_empty())
    }

    pub(super) fn interval(&self) -> Option<Interval> {
        Interval::new(self.from, self.until)
    }

    pub(super) fn is_sure(&self) -> bool {
        self.counting().any(|standing| standing.unknown.is_empty())
    }

    fn is_possible(&self) -> bool {
        self.counting().next().is_some()
    }
}

impl Access {
    /// Whether the partner could earn on a day, and whether access covered what this reaches.
    pub(crate) fn on(&self, reach: &Reach, day: UsageDay, programme: &InForce<'_>) -> AccessDay {
        let pieces = self.pieces(reach, day, programme, true);
        let (answer, findings) = covered(&pieces, programme);
        AccessDay {
            findings: self.of_partner(reach, day).with(findings),
            assumptions: self.assumed(reach, day, &pieces, programme, answer),
        }
    }

    /// What keeps the partner itself from earning.
    pub(super) fn of_partner(&self, reach: &Reach, day: UsageDay) -> Findings {
        let covers = |held: Option<&IntervalSet>| held.is_none_or(|held| held.covers(day));
        let transacting = reach.subscription.and_then(|subscription| self.transacting.get(&subscription));
        let found = [
            (self.partner.kind == PartnerKind::IndirectReseller).then_some(Finding::PartnerTypeCannotEarn),
            (!covers(self.partner.agreement.as_ref())).then_some(Finding::AgreementInactive),
            (!covers(transacting)).then_some(Finding::NotTransactingPartner),
        ];
        found.into_iter().flatten().collect()
    }

    /// The day cut where something changes; `assuming` that nothing did unseen, where the partner file lets that be assumed.
    pub(super) fn pieces(&self, reach: &Reach, day: UsageDay, programme: &InForce<'_>, assuming: bool) -> Vec<Piece> {
        let day = day.interval();
        let covered = reach.subscription.and_then(|id| self.covered.get(&id)).unwrap_or(&self.not_covered);
        let mut cuts = BTreeSet::from([day.from(), day.until()]);
        let grants = || reach.grants.iter().filter_map(|reaching| self.grants.get(reaching.number as usize));
        cuts.extend(covered.iter().flat_map(|track| track.cuts(day.from(), day.until())));
        for grant in grants() {
            Self::cut_at(grant, (day.from(), day.until()), &mut cuts);
            let principal = grant.key.principal();
            cuts.extend(principal.into_iter().flat_map(|one| self.link_cuts(one, (day.from(), day.until()))));
        }
        let denies = reach.denies.iter().filter_map(|reaching| self.denies.get(reaching.number as usize));
        cuts.extend(denies.flat_map(|deny| deny.track.cuts(day.from(), day.until())));
        let ids =
            reach.earners.iter().filter_map(|number| self.earners.get(*number)).flat_map(|earner| &earner.partner_ids);
        let ends = ids.flat_map(|(_, held)| [held.start, held.end]);
        cuts.extend(ends.filter(|end| day.from() < *end && *end < day.until()));
        let cuts: Vec<_> = cuts.into_iter().collect();
        let piece = |pair: &[Instant]| match *pair {
            [from, until] => {
                let question = Question { access: self, reach, programme, at: from, assuming };
                Some(question.piece(covered, until))
            }
            _ => None,
        };
        cuts.windows(2).filter_map(piece).collect()
    }

    /// The logs that would prove what the answer for a day assumes; none where no log can.
    pub(super) fn would_prove(&self, reach: &Reach, pieces: &[Piece], answer: Covered) -> BTreeSet<EvidenceKind> {
        let mut logs = BTreeSet::new();
        for piece in pieces.iter().filter(|piece| piece.rests_on_assumption(answer)) {
            match answer {
                Covered::Yes => {
                    let standings = piece.standings.iter().zip(&reach.grants);
                    let sure = standings.filter(|(standing, _)| standing.as_ref().is_some_and(Standing::is_sure));
                    let grants = sure.filter_map(|(_, reaching)| self.grants.get(reaching.number as usize));
                    logs.extend(grants.filter_map(|grant| grant.key.logged_in(&self.evidence)));
                }
                Covered::No | Covered::NotTold => {
                    let kinds = [EvidenceKind::ActivityLog, EvidenceKind::DelegationLog];
                    logs.extend(
                        kinds.into_iter().zip(piece.assumed).filter_map(|(kind, assumed)| assumed.then_some(kind)),
                    );
                }
            }
        }
        logs
    }

    /// Adds the moments between two at which a grant itself may come to stand otherwise.
    pub(super) fn cut_at(grant: &Grant, (from, until): (Instant, Instant), cuts: &mut BTreeSet<Instant>) {
        cuts.extend(grant.track.cuts(from, until));
        let parts = grant.just_in_time.iter().chain(grant.unread.iter());
        let ends = parts.flat_map(|part| [part.from(), part.until()]);
        cuts.extend(ends.filter(|end| from < *end && *end < until));
    }

    /// The moments between two at which a principal, or a member of it, may come to be linked otherwise.
    pub(super) fn link_cuts(
        &self,
        principal: Text,
        (from, until): (Instant, Instant),
    ) -> impl Iterator<Item = Instant> + '_ {
        let members = self.identities.members(principal).into_iter().flat_map(|members| members.identities);
        let identities = std::iter::once(principal).chain(members);
        identities.flat_map(move |identity| self.identities.cuts(identity, from, until))
    }
}

impl Question<'_> {
    /// How all that reaches stands from the moment of the question on.
    fn piece(&self, covered: &[Track; 2], until: Instant) -> Piece {
        let above = *self.programme.management_group_reaches().value;
        let standing = |reaching: &super::Reaching| {
            let grant = self.access.grants.get(reaching.number as usize).filter(|_| above || !reaching.from_above)?;
            self.standing(grant, *reaching)
        };
        let known = covered.each_ref().map(|track| self.stretch(track));
        Piece {
            from: self.at,
            until,
            standings: self.reach.grants.iter().map(standing).collect(),
            lacking: known.iter().any(|stretch| stretch.state != State::NotHeld),
            assumed: known.map(|stretch| stretch.assumed),
        }
    }
}

impl Piece {
    /// Is it assumed, in this piece, that nothing changed unseen which would change the answer?
    fn rests_on_assumption(&self, covered: Covered) -> bool {
        match covered {
            Covered::Yes => {
                let sure = || self.counting().filter(|standing| standing.unknown.is_empty());
                sure().next().is_some() && sure().all(|standing| standing.assumed)
            }
            Covered::NotTold => false,
            Covered::No => self.assumed.contains(&true),
        }
    }
}

/// Whether access covered a day; if not, why, and if that cannot be told, why that.
pub(super) fn covered(pieces: &[Piece], programme: &InForce<'_>) -> (Covered, Findings) {
    let is_open = |piece: &Piece| piece.is_possible() || piece.lacking;
    let single = *programme.coverage().value == Coverage::SingleGrant;
    let (yes, not_told) = match *programme.coverage().value {
        Coverage::WholeDay => (pieces.iter().all(Piece::is_sure), pieces.iter().all(is_open)),
        Coverage::AnyPartOfDay => (pieces.iter().any(Piece::is_sure), pieces.iter().any(is_open)),
        Coverage::SingleGrant => {
            let unseen = pieces.iter().all(|piece| piece.lacking);
            (lasting(pieces).any(Findings::is_empty), unseen || lasting(pieces).next().is_some())
        }
    };
    match (yes, not_told) {
        (true, _) => (Covered::Yes, Findings::NONE),
        (false, true) if single => (Covered::NotTold, unknowns_of_one(pieces)),
        (false, true) => (Covered::NotTold, unknowns(pieces)),
        (false, false) => (Covered::No, misses(pieces)),
    }
}

/// What is not known of each grant that may count in every piece, or does.
fn lasting(pieces: &[Piece]) -> impl Iterator<Item = Findings> {
    let counts = |piece: &Piece, place: usize| {
        let standing = (*piece.standings.get(place)?)?;
        (standing.whose == Whose::Ours && standing.fails.is_empty()).then_some(standing.unknown)
    };
    let grants = pieces.first().map_or(0, |piece| piece.standings.len());
    (0..grants).filter_map(move |place| {
        pieces.iter().try_fold(Findings::NONE, |unknown, piece| Some(unknown.with(counts(piece, place)?)))
    })
}

/// What is not known and could make one grant cover the day alone.
fn unknowns_of_one(pieces: &[Piece]) -> Findings {
    let found = lasting(pieces).fold(Findings::NONE, Findings::with);
    let unseen = pieces.iter().all(|piece| piece.lacking);
    if unseen { found.with(Findings::of(Finding::NoAccessEvidence)) } else { found }
}

/// What is not known and could make the day covered.
fn unknowns(pieces: &[Piece]) -> Findings {
    let open = || pieces.iter().filter(|piece| !piece.is_sure());
    let found = open().flat_map(Piece::counting).fold(Findings::NONE, |found, standing| found.with(standing.unknown));
    let lacking = open().any(|piece| piece.lacking);
    if lacking { found.with(Findings::of(Finding::NoAccessEvidence)) } else { found }
}

/// Why the day was not covered: what the nearest grants fail by.
fn misses(pieces: &[Piece]) -> Findings {
    if pieces.iter().any(Piece::is_possible) {
        return Findings::of(Finding::AccessPartOfDay);
    }
    let standings = || pieces.iter().flat_map(|piece| piece.standings.iter().flatten());
    let ours = || standings().filter(|standing| standing.whose == Whose::Ours && standing.state == State::Held);
    if let Some(nearest) = ours().map(|standing| standing.fails.len()).min() {
        return ours()
            .filter(|standing| standing.fails.len() == nearest)
            .fold(Findings::NONE, |found, standing| found.with(standing.fails));
    }
    let third = standings().any(|standing| standing.whose == Whose::Third);
    Findings::of(if third { Finding::OnlyOtherPartnerAccess } else { Finding::NoAccess })
}
