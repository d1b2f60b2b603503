//! What is taken to hold though nothing proves it, and sets of it.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::day::UsageDay;
use crate::programme::InForce;

use super::conditions::{Standing, Whose};
use super::day::{Covered, Piece, covered};
use super::finding::Finding;
use super::{Access, Grant, Reach};

/// What was taken to hold though nothing proves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Assumption {
    /// Nothing changed between and before snapshots.
    AssumedUnchanged,
    /// No complete export since that day lists the deny assignments, and none is taken to exist that is not listed.
    NoDenyAssignments,
    /// A group had the members of its newest list at all times.
    GroupMembersAsListed,
}

impl Assumption {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::AssumedUnchanged, Self::NoDenyAssignments, Self::GroupMembersAsListed];

    /// The word as tables spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AssumedUnchanged => "assumed_unchanged",
            Self::NoDenyAssignments => "no_deny_assignments",
            Self::GroupMembersAsListed => "group_members_as_listed",
        }
    }
}

/// What was assumed: a set of assumptions, in a byte, as it is copied for every line. Serialises as the list of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Assumed(u8);

impl Assumed {
    /// The set of none.
    pub const NONE: Self = Self(0);

    /// The set of these bits, in the order of [`Assumption::ALL`].
    pub(crate) const fn of_bits(bits: u8) -> Self {
        Self(bits)
    }

    pub(crate) const fn bits(self) -> u8 {
        self.0
    }

    /// Is it in the set?
    #[must_use]
    pub const fn has(self, assumption: Assumption) -> bool {
        self.0 & 1 << assumption as u8 != 0
    }

    /// The assumptions of both.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Is there none?
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// All of them, in their order.
    pub fn iter(self) -> impl Iterator<Item = Assumption> {
        Assumption::ALL.into_iter().filter(move |assumption| self.has(*assumption))
    }
}

impl FromIterator<Assumption> for Assumed {
    fn from_iter<I: IntoIterator<Item = Assumption>>(assumptions: I) -> Self {
        Self(assumptions.into_iter().fold(0, |set, assumption| set | 1 << assumption as u8))
    }
}

impl Serialize for Assumed {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Assumed {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Vec::<Assumption>::deserialize(from).map(Self::from_iter)
    }
}

impl Access {
    /// What the answer for a day rests on that nothing proves.
    pub(super) fn assumed(
        &self,
        reach: &Reach,
        day: UsageDay,
        pieces: &[Piece],
        programme: &InForce<'_>,
        answer: Covered,
    ) -> Assumed {
        // What cannot be told rests on nothing, and who cannot earn at all on no export.
        if answer == Covered::NotTold || !self.of_partner(reach, day).is_empty() {
            return Assumed::NONE;
        }
        let (told, _) = covered(&self.pieces(reach, day, programme, false), programme);
        let listed = self.judged_by_members(reach, day, pieces);
        let (not_denied, as_listed) = if answer == Covered::Yes {
            let not_denied = !self.denies_told(reach, day.interval().until());
            (not_denied, pieces.iter().any(|piece| piece.counts_only_by(&listed)))
        } else {
            // Nobody earns the less for a deny assignment that is not there.
            (false, listed.contains(&true))
        };
        let assumed = [
            (told != answer, Assumption::AssumedUnchanged),
            (not_denied, Assumption::NoDenyAssignments),
            (as_listed, Assumption::GroupMembersAsListed),
        ];
        assumed.into_iter().filter(|(is, _)| *is).map(|(_, assumption)| assumption).collect()
    }

    /// Which of the grants that reach are judged, on a day, by who is in a group.
    fn judged_by_members(&self, reach: &Reach, day: UsageDay, pieces: &[Piece]) -> Vec<bool> {
        let judged = |place: usize, grant: &Grant| {
            let standings = || pieces.iter().filter_map(|piece| piece.standings.get(place)?.as_ref());
            let is = |whose| standings().any(|standing| standing.whose == whose);
            let Some(principal) = grant.key.principal() else { return false };
            let listed = || self.is_judged_by_members(grant, principal) && self.identities.members(principal).is_some();
            let activated = || standings().any(|standing| standing.fails.has(Finding::AccessJustInTime));
            // A deny assignment is asked about what is ours alone.
            ((is(Whose::Ours) || is(Whose::NotOurs)) && listed())
                || (is(Whose::Ours) && self.denied_on(grant, reach, day).by_members)
                || (grant.activated_in_group && activated())
        };
        let grants = reach.grants.iter().map(|reaching| self.grants.get(reaching.number as usize));
        grants.enumerate().map(|(place, grant)| grant.is_some_and(|grant| judged(place, grant))).collect()
    }
}

impl Piece {
    /// Do grants count in this piece, and none but those of these places?
    fn counts_only_by(&self, places: &[bool]) -> bool {
        let sure = || {
            self.standings.iter().zip(places).filter(|(standing, _)| standing.as_ref().is_some_and(Standing::is_sure))
        };
        sure().next().is_some() && sure().all(|(_, listed)| *listed)
    }
}
