//! What exports leave behind: each fact as they show it last, taken to hold on from there.
//!
//! Days that are past need every moment; a comparison and an alert need only the last. So here what was shown last holds on, and
//! each Azure subscription is looked at when it was shown last.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::partner::{Assumptions, Partner, PartnerKind};
use crate::programme::{InForce, Programme};
use crate::resource::ArmScope;

use super::compile::{Grant, Key, subscription_of};
use super::conditions::{Question, Standing, Whose, within};
use super::diff::HeldGrant;
use super::evidence::{Evidence, EvidenceKind};
use super::facts::{Instant, LoggedOf, Place as Origin, Text};
use super::finding::{Finding, Findings};
use super::reach::Target;
use super::track::State;
use super::{Access, Reach};

/// A partner's exports, compiled to what they leave behind.
#[derive(Clone, Debug)]
pub(super) struct Exports<'p> {
    pub(super) access: Access,
    programme: &'p Programme,
    /// When each Azure subscription was last shown.
    shown: BTreeMap<Text, Instant>,
    /// When anything was last shown.
    pub(super) last: Option<Instant>,
}

/// Where in Azure a grant is looked at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    pub(super) path: String,
    pub(super) subscription: String,
    resource_group: String,
}

/// On whose lines a grant earns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Earning {
    /// On all.
    Always,
    /// On those of these resellers, by their place among the organizations.
    Resellers(Vec<usize>),
}

/// What a spot is left with.
pub(super) struct Left<'x> {
    pub(super) exports: &'x Exports<'x>,
    reach: Reach,
    programme: Option<InForce<'x>>,
    pub(super) at: Instant,
    /// What keeps the partner itself from earning.
    partner: Findings,
}

/// Is something covered?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cover {
    Yes,
    NotTold,
    No,
}

impl Spot {
    /// A path in an Azure subscription; `None` for any other.
    pub(super) fn at(path: &str) -> Option<Self> {
        let scope = ArmScope::parse(path).ok()?;
        Some(Self {
            path: path.to_owned(),
            subscription: scope.subscription()?.as_str().to_owned(),
            resource_group: scope.resource_group().to_owned(),
        })
    }

    fn target(&self) -> Target<'_> {
        // The path of a subscription or a group is not below itself, and adds nothing.
        Target {
            customer: "",
            subscription: &self.subscription,
            resource_group: &self.resource_group,
            resource: &self.path,
            reseller: "",
        }
    }

    /// Does it hold another path?
    pub(super) fn holds(&self, path: &str) -> bool {
        path.strip_prefix(self.path.as_str()).is_some_and(|rest| rest.starts_with('/'))
    }
}

impl Earning {
    /// The earning organizations of the lines it is about, one set for each kind of line.
    pub(super) fn of_lines(&self) -> Vec<Vec<usize>> {
        match self {
            Self::Always => vec![vec![0]],
            Self::Resellers(numbers) => numbers.iter().map(|number| vec![0, *number]).collect(),
        }
    }
}

impl<'p> Exports<'p> {
    pub(super) fn new(partner: &Partner, evidence: Evidence, programme: &'p Programme) -> Self {
        let mut partner = partner.clone();
        partner.assumptions = Assumptions { unchanged: true, unchanged_until: Some(DateTime::<Utc>::MAX_UTC) };
        let access = Access::new(partner, evidence);
        let last = access.evidence.files.iter().map(|file| file.taken_at).max();
        Self { shown: shown(&access.evidence), access, programme, last }
    }

    /// The Azure subscriptions that they show.
    pub(super) fn subscriptions(&self) -> usize {
        self.shown.len()
    }

    fn text(&self, text: Text) -> &str {
        self.access.evidence.texts.get(text)
    }

    pub(super) fn grant(&self, number: u32) -> Option<&Grant> {
        self.access.grants.get(number as usize)
    }

    /// A grant as they show it, in the words of what is left of its spot.
    pub(super) fn held(&self, number: u32, left: &Left<'_>) -> Option<HeldGrant> {
        Some(self.access.held(self.grant(number)?, left.programme.as_ref()))
    }

    /// What is left of a spot.
    pub(super) fn left(&self, spot: &Spot) -> Option<Left<'_>> {
        self.left_of(spot.target())
    }

    /// What is left of a target; `None` where nothing was exported at all.
    pub(super) fn left_of(&self, target: Target<'_>) -> Option<Left<'_>> {
        let shown = self.access.evidence.texts.find(target.subscription).and_then(|id| self.shown.get(&id));
        let at = shown.copied().or(self.last)?;
        let reach = self.access.reach(target);
        let partner = self.of_partner(&reach, at);
        Some(Left { exports: self, reach, programme: self.programme.on(at.date_naive()).ok(), at, partner })
    }

    /// What keeps the partner itself from earning at a moment.
    fn of_partner(&self, reach: &Reach, at: Instant) -> Findings {
        let partner = &self.access.partner;
        let transacting = reach.subscription.and_then(|id| self.access.transacting.get(&id));
        let found = [
            (partner.kind == PartnerKind::IndirectReseller).then_some(Finding::PartnerTypeCannotEarn),
            (!partner.agreement.as_ref().is_none_or(|held| within(held, at))).then_some(Finding::AgreementInactive),
            (!transacting.is_none_or(|held| within(held, at))).then_some(Finding::NotTransactingPartner),
        ];
        found.into_iter().flatten().collect()
    }

    /// The spots at which a grant is looked at: its scope, or of one above subscriptions each that it is known to reach.
    fn spots(&self, grant: &Grant) -> Vec<Spot> {
        let scope = self.text(grant.key.scope());
        if let Some(spot) = Spot::at(scope) {
            return vec![spot];
        }
        let evidence = &self.access.evidence;
        let of_tree = || {
            let name = evidence.texts.find(scope.rsplit('/').next()?)?;
            evidence.management_groups.get(&name).map(|below| below.iter().copied().collect::<BTreeSet<_>>())
        };
        let below = if scope == "/" { Some(grant.subscriptions.clone()) } else { of_tree() };
        let spot = |id: Text| Spot::at(&format!("/subscriptions/{}", self.text(id)));
        below.into_iter().flatten().filter_map(spot).collect()
    }

    /// The grants that carry PEC where they are looked at, by their numbers.
    pub(super) fn carrying(&self) -> BTreeMap<Spot, Vec<(u32, Earning)>> {
        let mut by_spot: BTreeMap<Spot, Vec<u32>> = BTreeMap::new();
        for (number, grant) in (0..).zip(&self.access.grants) {
            for spot in self.spots(grant) {
                by_spot.entry(spot).or_default().push(number);
            }
        }
        let mut found = BTreeMap::new();
        for (spot, numbers) in by_spot {
            let Some(left) = self.left(&spot) else { continue };
            let carries = |number: u32| Some((number, left.earning(number)?));
            let carrying: Vec<_> = numbers.into_iter().filter_map(carries).collect();
            if !carrying.is_empty() {
                found.insert(spot, carrying);
            }
        }
        found
    }

    /// The scopes of deny assignments below a spot.
    pub(super) fn denied_below(&self, spot: &Spot) -> BTreeSet<&str> {
        self.access.evidence.denies.iter().map(|deny| self.text(deny.scope)).filter(|path| spot.holds(path)).collect()
    }

    /// The number of the grant with this key.
    pub(super) fn number_of(&self, key: Key) -> Option<u32> {
        let place = self.access.grants.binary_search_by(|grant| grant.key.cmp(&key)).ok()?;
        u32::try_from(place).ok()
    }

    /// A key of other exports in these.
    pub(super) fn key_from(&self, other: &Self, key: Key) -> Option<Key> {
        let text = |text: Text| self.access.evidence.texts.find(other.text(text));
        Some(match key {
            Key::Assignment { scope, role, principal } => {
                Key::Assignment { scope: text(scope)?, role: text(role)?, principal: text(principal)? }
            }
            Key::Eligibility { scope, role, principal } => {
                Key::Eligibility { scope: text(scope)?, role: text(role)?, principal: text(principal)? }
            }
            Key::Authorization { scope, tenant, authorization, eligible_only } => Key::Authorization {
                scope: text(scope)?,
                tenant: text(tenant)?,
                authorization: match authorization {
                    Some((principal, role)) => Some((text(principal)?, text(role)?)),
                    None => None,
                },
                eligible_only,
            },
        })
    }

    /// Grants at the same scope to the same principal, of other roles or only to be activated, for a grant of other exports.
    pub(super) fn beside(&self, other: &Self, key: Key) -> Vec<u32> {
        let text = |text: Text| self.access.evidence.texts.find(other.text(text));
        let (Some(scope), Some(principal)) = (text(key.scope()), key.principal().and_then(text)) else {
            return Vec::new();
        };
        let tenant = |key: Key| match key {
            Key::Authorization { tenant, .. } => Some(tenant),
            Key::Assignment { .. } | Key::Eligibility { .. } => None,
        };
        let managing = tenant(key).map(|tenant| text(tenant).unwrap_or(Text::MAX));
        let same = |grant: &Grant| grant.key.principal() == Some(principal) && tenant(grant.key) == managing;
        let mut found = self.access.grants_at.at(&self.access.evidence.texts, scope);
        found.retain(|number| self.grant(*number).is_some_and(same));
        found
    }

    /// Would they list every grant of this kind: is one that they do not list not there?
    pub(super) fn list_all(&self, other: &Self, grant: &Grant, spot: &Spot, at: Instant) -> bool {
        let kind = usize::from(matches!(grant.key, Key::Authorization { .. }));
        let texts = &self.access.evidence.texts;
        let of_grant = grant.subscriptions.iter().map(|id| other.text(*id));
        let covered = |id: &str| {
            let tracks = texts.find(id).and_then(|id| self.access.covered.get(&id));
            tracks.and_then(|tracks| tracks.get(kind)).is_some_and(|track| track.at(at).state == State::NotHeld)
        };
        std::iter::once(spot.subscription.as_str()).chain(of_grant).any(covered)
    }
}

impl Left<'_> {
    /// How a grant stands on lines of these earning organizations; `None` where it is not held or does not reach.
    pub(super) fn standing(&self, number: u32, earners: &[usize]) -> Option<Standing> {
        self.standing_in(number, &self.for_lines(earners))
    }

    /// How a grant stands on the lines of the target itself.
    fn standing_in(&self, number: u32, reach: &Reach) -> Option<Standing> {
        let programme = self.programme.as_ref()?;
        let reaching = *reach.grants.iter().find(|reaching| reaching.number == number)?;
        let grant = self.exports.grant(number)?;
        if reaching.from_above && !*programme.management_group_reaches().value {
            return None;
        }
        let question = Question { access: &self.exports.access, reach, programme, at: self.at, assuming: true };
        let standing = question.standing(grant, reaching)?;
        Some(Standing { fails: standing.fails.with(self.partner), ..standing })
    }

    /// The kinds of export whose entries could not all be read and leave open whether a grant counts.
    pub(super) fn unread_for(&self, grant: &Grant) -> Vec<EvidenceKind> {
        self.exports.access.unread_for(grant, &self.reach, self.at)
    }

    fn for_lines(&self, earners: &[usize]) -> Reach {
        Reach { earners: earners.to_vec(), ..self.reach.clone() }
    }

    /// On whose lines a grant earns; `None` for nobody's.
    pub(super) fn earning(&self, number: u32) -> Option<Earning> {
        let earns = |earners: &[usize]| self.standing(number, earners).is_some_and(|standing| counts(&standing));
        if earns(&[0]) {
            return Some(Earning::Always);
        }
        // Another earning organization takes nothing away: what earns with none of them earns on no line.
        let all: Vec<_> = (0..self.exports.access.earners.len()).collect();
        if all.len() == 1 || !earns(&all) {
            return None;
        }
        let resellers: Vec<_> = all.into_iter().skip(1).filter(|number| earns(&[0, *number])).collect();
        (!resellers.is_empty()).then_some(Earning::Resellers(resellers))
    }

    /// The grants that count on lines of these earning organizations, and whether they cover.
    pub(super) fn cover(&self, earners: &[usize]) -> (Cover, Vec<u32>) {
        self.cover_in(&self.for_lines(earners))
    }

    /// The same for the lines of the target itself.
    pub(super) fn own_cover(&self) -> (Cover, Vec<u32>) {
        self.cover_in(&self.reach)
    }

    fn cover_in(&self, reach: &Reach) -> (Cover, Vec<u32>) {
        let (mut counting, mut possible) = (Vec::new(), self.lacks() && self.partner.is_empty());
        for reaching in &reach.grants {
            let Some(standing) = self.standing_in(reaching.number, reach) else { continue };
            if counts(&standing) {
                counting.push(reaching.number);
            }
            possible |= standing.whose == Whose::Ours && standing.fails.is_empty();
        }
        let cover = match (counting.is_empty(), possible) {
            (false, _) => Cover::Yes,
            (true, true) => Cover::NotTold,
            (true, false) => Cover::No,
        };
        (cover, counting)
    }

    /// May there be a grant that the exports do not show?
    fn lacks(&self) -> bool {
        let access = &self.exports.access;
        let tracks = self.reach.subscription.and_then(|id| access.covered.get(&id)).unwrap_or(&access.not_covered);
        tracks.iter().any(|track| track.at(self.at).state != State::NotHeld)
    }
}

pub(super) fn counts(standing: &Standing) -> bool {
    standing.whose == Whose::Ours && standing.fails.is_empty() && standing.unknown.is_empty()
}

/// The grants that carry PEC at the moment at which their Azure subscription was last shown, in the order of their scopes.
///
/// Grants of the customer and of third partners are not among them.
#[must_use]
pub fn carrying(partner: &Partner, evidence: Evidence, programme: &Programme) -> Vec<HeldGrant> {
    let exports = Exports::new(partner, evidence, programme);
    let mut found = BTreeMap::new();
    for (spot, carrying) in exports.carrying() {
        let Some(left) = exports.left(&spot) else { continue };
        for (number, _) in carrying {
            let Some(grant) = exports.held(number, &left) else { continue };
            found.insert((grant.scope.clone(), number), grant);
        }
    }
    found.into_values().collect()
}

/// When each Azure subscription was last shown. Files about no subscription, such as links, are about all.
fn shown(evidence: &Evidence) -> BTreeMap<Text, Instant> {
    let mut about: BTreeSet<(Text, u32)> = BTreeSet::new();
    let mut listed = |scope: Text, place: Origin| {
        about.extend(subscription_of(evidence, scope).map(|subscription| (subscription, place.file)));
    };
    evidence.assignments.iter().for_each(|fact| listed(fact.scope, fact.place));
    evidence.delegations.iter().for_each(|fact| listed(fact.scope, fact.place));
    evidence.schedules.iter().for_each(|fact| listed(fact.scope, fact.place));
    evidence.denies.iter().for_each(|fact| listed(fact.scope, fact.place));
    evidence.logged.iter().for_each(|fact| match fact.of {
        LoggedOf::Assignment { scope, .. } | LoggedOf::Delegation { scope } => listed(scope, fact.place),
    });
    for (number, file) in (0..).zip(&evidence.files) {
        about.extend(file.subscriptions.iter().map(|subscription| (*subscription, number)));
    }
    let of_all = evidence.files.iter().filter(|file| is_of_all(file.kind)).map(|file| file.taken_at).max();
    let mut shown: BTreeMap<Text, Instant> = BTreeMap::new();
    for (subscription, number) in about {
        let Some(file) = evidence.files.get(number as usize) else { continue };
        let at = shown.entry(subscription).or_insert(file.taken_at);
        *at = (*at).max(file.taken_at).max(of_all.unwrap_or(file.taken_at));
    }
    shown
}

const fn is_of_all(kind: EvidenceKind) -> bool {
    matches!(
        kind,
        EvidenceKind::PartnerLinks
            | EvidenceKind::GroupMembers
            | EvidenceKind::ManagementGroups
            | EvidenceKind::AoboChecker
    )
}
