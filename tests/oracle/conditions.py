"""Does a grant count at an instant? One function per condition (access.md, section 5).

Every condition answers yes, no or unknown. A no is a finding that fails the grant, an unknown is a
reason that leaves it open; a grant with neither is sure.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from evidence import Evidence, Grant
from facts import Organization, Partner, Place, Programme
from instants import Instant
from roles import is_eligible
from scopes import contains, management_group_of, path_of
from tracks import State

OURS, THIRD, LEFT_OUT = "ours", "third partner", "not a partner's"

# What a link may be, from the best to the worst.
LINKED, LINK_UNKNOWN, LINKED_TO_OTHER, NOT_LINKED = range(4)


@dataclass(frozen=True)
class Answer:
    """What stands against a grant: the findings that fail it, the reasons that leave it open."""

    whose: str = OURS  # ours, or it may be
    failed: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()

    def but(self, failed: str = "", unknown: str = "") -> Answer:
        return Answer(self.whose, self.failed | {failed} - {""}, self.unknown | {unknown} - {""})

    def and_also(self, other: Answer) -> Answer:
        return Answer(self.whose, self.failed | other.failed, self.unknown | other.unknown)


@dataclass(frozen=True)
class Judged:
    """A grant at an instant at which it is or may be held."""

    grant: Grant
    answer: Answer
    held: bool  # surely

    @property
    def is_sure(self) -> bool:
        return not self.answer.failed and not self.answer.unknown

    @property
    def is_possible(self) -> bool:
        return not self.answer.failed and bool(self.answer.unknown)


@dataclass(frozen=True)
class Earning:
    """The earning organizations of a line (R3, R4, R8)."""

    organizations: tuple[Organization, ...]
    everyone: tuple[Organization, ...]  # all that the partner file names
    reseller_unknown: bool = False
    reseller_id: str = ""

    def counts(self, partner_id: str, at: Instant) -> bool:
        """R11: an organization holds several partner ids, each for a time."""
        if self.reseller_unknown and partner_id == self.reseller_id:
            return True  # the line itself names this id of the reseller of record (R9)
        return any(
            known == partner_id and (start is None or start <= at) and (end is None or at < end)
            for organization in self.organizations
            for known, (start, end) in organization.partner_ids
        )

    def groups_unknown(self) -> bool:
        return self.reseller_unknown or any(not o.agent_groups for o in self.organizations)


def earning_of(partner: Partner, place: Place, at: Instant) -> Earning:
    """Of record is who holds the line's partner id at the time: an id may go from one to another (R11)."""
    everyone = (partner.organization, *partner.resellers)
    if partner.kind != "indirect_provider" or not place.reseller:
        return Earning((partner.organization,), everyone)
    of_record = tuple(
        reseller
        for reseller in partner.resellers
        if any(
            known == place.reseller.lower()
            and (start is None or start <= at)
            and (end is None or at < end)
            for known, (start, end) in reseller.partner_ids
        )
    )
    return Earning(
        (partner.organization, *of_record), everyone, not of_record, place.reseller.lower()
    )


@dataclass
class Judge:
    """Judges the grants that reach one place."""

    evidence: Evidence
    programme: Programme
    place: Place
    partner: Partner
    path: str = field(init=False)
    earning: Earning = field(init=False)

    def __post_init__(self) -> None:
        self.path = path_of(self.place)

    def at(self, instant: Instant) -> list[Judged]:
        self.earning = earning_of(self.partner, self.place, instant)
        found = [self.judge(grant, instant) for grant in self.evidence.grants]
        return [judged for judged in found if judged is not None]

    def judge(self, grant: Grant, at: Instant) -> Judged | None:
        """None: it does not reach the place, is surely not held, or belongs to no partner."""
        reach = self.reach(grant.scope, grant.listed_for)
        state = grant.track.state(at)
        if reach is False or state is State.NOT_HELD:
            return None
        if state is State.UNKNOWN_AFTER and grant.over_since is not None and at >= grant.over_since:
            return None  # an activation ends by itself
        answer = self.identity(grant, at)
        if answer.whose is LEFT_OUT:
            return None
        if answer.whose is OURS:
            answer = answer.and_also(self.role(grant)).and_also(self.permanence(grant, at))
            if grant.conditional:
                answer = answer.but(unknown="assignment_conditional")
            if reach is None:
                answer = answer.but(unknown="management_group_unknown")
            if state is State.UNKNOWN_BETWEEN:
                answer = answer.but(unknown="access_change_time_unknown")
            if state is State.UNKNOWN_AFTER:
                answer = answer.but(unknown="no_access_evidence")
        return Judged(grant, answer, state is State.HELD)

    def reach(self, scope: str, listed_for: frozenset[str]) -> bool | None:
        """Does a scope contain the place? None: a management group that nobody described."""
        if scope == "/":
            return self.place.subscription in listed_for
        group = management_group_of(scope)
        if group is None:
            return contains(scope, self.path)
        if not self.programme.management_group_reaches:
            return False
        tree = self.evidence.management_groups.get(group)
        if tree is not None and self.place.subscription in tree:
            return True
        if group in self.evidence.whole_trees:
            return False
        # A file lists what its own subscriptions inherit: for others it says nothing.
        return None if self.place.subscription in listed_for or not listed_for else False

    # Conditions 3, 4

    def role(self, grant: Grant) -> Answer:
        if grant.path == "unreadable":
            return Answer(unknown=frozenset({"no_access_evidence"}))
        eligible = is_eligible(grant.role)
        if eligible is None and not self.programme.unlisted_roles_fail:
            return Answer(unknown=frozenset({"role_unlisted"}))
        return Answer() if eligible else Answer(failed=frozenset({"role_not_eligible"}))

    def permanence(self, grant: Grant, at: Instant) -> Answer:
        """R22, R37: what is there only when it is asked for never counts."""
        failed = {"access_just_in_time"} if grant.is_just_in_time(at) else set()
        unknown = {"no_access_evidence"} if grant.may_be_just_in_time(at) else set()
        return Answer(failed=frozenset(failed), unknown=frozenset(unknown))

    # Conditions 2, 5 and 6 hang together: of a group the best member counts, as a whole

    def identity(self, grant: Grant, at: Instant) -> Answer:
        if grant.path == "unreadable":
            return Answer()
        if grant.path == "lighthouse":
            return self.delegation(grant, at)
        kind = grant.principal_type.lower()
        if kind == "foreigngroup" or any(
            grant.principal in organization.agent_groups for organization in self.earning.everyone
        ):
            return self.on_behalf(grant, at)
        if kind == "group" or (not kind and grant.principal in self.evidence.members):
            return self.group(grant, at)
        return self.direct(grant.principal, at)

    def on_behalf(self, grant: Grant, at: Instant) -> Answer:
        """AOBO: the object id decides, never a name (R14, R16); it needs no link (R15)."""
        ours = any(grant.principal in o.agent_groups for o in self.earning.organizations)
        denied = self.denied({grant.principal}, at)
        if ours:
            return denied
        if self.earning.groups_unknown():
            return denied.but(unknown="agent_groups_unknown")
        return Answer(THIRD)

    def direct(self, identity: str, at: Instant, group: str = "") -> Answer:
        """A user or service principal, by itself or as a member of a group."""
        denied = self.denied({identity, group} - {""}, at, in_groups=True)
        named = any(identity in o.identities for o in self.earning.organizations)
        if identity not in self.evidence.asked and not named:
            # A customer's own administrators hold roles everywhere.
            if self.evidence.links_complete:
                return Answer(LEFT_OUT)
            return denied.but(unknown="link_unknown")
        link = self.link(identity, self.place.customer, at)
        return denied.and_also(answer_of(link))

    def group(self, grant: Grant, at: Instant) -> Answer:
        members, some_unknown = self.members_of(grant.principal)
        unknown = self.denied({grant.principal}, at).but(unknown="group_members_unknown")
        if members is None:
            return unknown
        answers = [self.direct(member, at, grant.principal) for member in sorted(members)]
        answers = [answer for answer in answers if answer.whose is not LEFT_OUT]
        if some_unknown:
            answers.append(unknown)
        return best(answers) if answers else Answer(LEFT_OUT)

    def delegation(self, grant: Grant, at: Instant) -> Answer:
        """Lighthouse: whose tenant manages (model, section 2), and who of it is linked (R20, R26)."""
        if not any(grant.tenant == o.tenant for o in self.earning.organizations):
            if not self.earning.reseller_unknown:
                return Answer(THIRD)
            return self.denied({grant.principal}, at).but(unknown="agent_groups_unknown")
        if grant.marketplace and not self.programme.marketplace_needs_link:
            return self.denied({grant.principal}, at)
        if grant.principal in self.evidence.asked:
            link = self.link(grant.principal, grant.tenant, at)
            return self.denied({grant.principal}, at).and_also(answer_of(link))
        members, some_unknown = self.members_of(grant.principal)
        denied = self.denied({grant.principal}, at)
        if members is None:
            complete = self.evidence.links_complete
            return denied.but(unknown="group_members_unknown" if complete else "link_unknown")
        answers = [
            self.denied({grant.principal, member}, at).and_also(
                answer_of(self.link(member, grant.tenant, at))
            )
            for member in sorted(members)
        ]
        if some_unknown:
            answers.append(denied.but(unknown="group_members_unknown"))
        return best(answers) if answers else denied.but(failed="partner_id_not_linked")

    def members_of(self, group: str) -> tuple[set[str] | None, bool]:
        """All below a group, nested groups followed; and whether a nested one is not known."""
        if group not in self.evidence.members:
            return None, False
        members: set[str] = set()
        some_unknown = False
        waiting, done = [group], set()
        while waiting:
            name = waiting.pop()
            done.add(name)
            known = self.evidence.members.get(name)
            if known is None:
                some_unknown = True
                continue
            some_unknown = some_unknown or not known.complete
            for member in known.members:
                if member in self.evidence.groups or member in self.evidence.members:
                    if member not in done:
                        waiting.append(member)
                else:
                    members.add(member)
        return members, some_unknown

    def link(self, identity: str, tenant: str, at: Instant) -> int:
        """The link of one identity in one tenant; of several the best counts."""
        if identity not in self.evidence.asked:
            return LINK_UNKNOWN  # R28: only the identity itself can be asked
        tracks = [
            (where, partner_id, track)
            for (linked, where, partner_id), track in self.evidence.links.items()
            if linked == identity and same_tenant(where, tenant)
        ]
        if not tracks:
            tracks = [("", "", self.evidence.never_linked[identity])]
        found = {NOT_LINKED}
        # One identity has one link in a tenant: a record that proves itself leaves no room for another.
        settled = {
            where
            for (linked, where, _), track in self.evidence.links.items()
            if linked == identity and where and track.state(at) is State.HELD
        }
        for where, partner_id, track in tracks:
            state = track.state(at)
            if state is State.HELD:
                found.add(self.linked_to(partner_id, at))
            elif state is not State.NOT_HELD and where not in settled:
                found.add(LINK_UNKNOWN)
        for linked, where, start, end in self.evidence.unknown_links:
            may_be = linked == identity and same_tenant(where, tenant) and where not in settled
            if may_be and start <= at < end:
                found.add(LINK_UNKNOWN)
        for key, start, end in self.evidence.ended_links:
            of_key = self.evidence.links.get(key)
            proven = of_key is not None and of_key.state(at) is State.HELD
            may_be = key[0] == identity and same_tenant(key[1], tenant) and key[1] not in settled
            if may_be and start <= at < end and not proven:
                found.add(LINK_UNKNOWN)
        return min(found)

    def linked_to(self, partner_id: str, at: Instant) -> int:
        if self.earning.counts(partner_id, at):
            return LINKED
        # It may be an id of the reseller that the partner file does not describe.
        return LINK_UNKNOWN if self.earning.reseller_unknown else LINKED_TO_OTHER

    # Condition 6

    def denied(self, principals: set[str], at: Instant, *, in_groups: bool = False) -> Answer:
        """R36: a deny assignment that reaches the place and names one of them, or a group with them.

        Of the customer's groups only users and service principals of its tenant are members.
        """
        answer = Answer()
        for deny, track in self.evidence.denies:
            reach = self.reach(deny.scope, frozenset({self.place.subscription}))
            if deny.not_for_children and deny.scope != self.path:
                continue
            named, of_named = True, set()
            if not deny.everyone:
                named, of_named = self.told(principals, deny.principals, deny.holds_others, in_groups)
            excluded, of_excluded = self.told(
                principals, deny.excluded, deny.spares_others, in_groups
            )
            if reach is False or named is False or excluded is True:
                continue
            state = track.state(at)
            if state is State.NOT_HELD:
                continue
            if named is None or excluded is None:
                answer = answer.and_also(Answer(unknown=frozenset(of_named | of_excluded)))
            elif reach is None:
                answer = answer.but(unknown="management_group_unknown")
            elif state is State.HELD:
                answer = answer.but(failed="access_denied")
            else:
                answer = answer.but(unknown="access_change_time_unknown")
        return answer

    def told(
        self, principals: set[str], listed: frozenset[str], others: bool, in_groups: bool
    ) -> tuple[bool | None, set[str]]:
        """Is one of them listed? Where that is not known, what leaves it open; `others` cannot be read."""
        among = self.among(principals, listed, in_groups)
        if among is True or not (among is None or others):
            return among, set()
        unread = {"no_access_evidence"} if others else set()
        return None, unread | ({"group_members_unknown"} if among is None else set())

    def among(
        self, principals: set[str], listed: frozenset[str], in_groups: bool
    ) -> bool | None:
        """Is one of them listed, or in a group that is? None where that is not known."""
        if principals & listed:
            return True
        if not in_groups:
            return False
        answer: bool | None = False
        for one in listed:
            members, some_unknown = self.members_of(one)
            if members is not None and principals & members:
                return True
            if some_unknown or (members is None and one in self.evidence.groups):
                answer = None
        return answer


def same_tenant(one: str, other: str) -> bool:
    return not one or not other or one == other


def answer_of(link: int) -> Answer:
    if link == LINKED:
        return Answer()
    if link == LINK_UNKNOWN:
        return Answer(unknown=frozenset({"link_unknown"}))
    other = link == LINKED_TO_OTHER
    finding = "partner_id_of_other_organization" if other else "partner_id_not_linked"
    return Answer(failed=frozenset({finding}))


NEAREST_FIRST = ("access_denied", "partner_id_of_other_organization", "partner_id_not_linked")


def best(answers: list[Answer]) -> Answer:
    """Of a group's members: yes, else unknown (all that is), else the one that fails nearest."""
    possible = [answer for answer in answers if not answer.failed]
    if any(not answer.unknown for answer in possible):
        return Answer()
    if possible:
        return Answer(unknown=frozenset().union(*(answer.unknown for answer in possible)))
    return min(
        answers,
        key=lambda answer: (
            len(answer.failed),
            sorted(NEAREST_FIRST.index(finding) for finding in answer.failed),
            len(answer.unknown),
        ),
    )
