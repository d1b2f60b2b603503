"""Access on one day: eligible, ineligible or undetermined, with its findings (access.md, section 6).

    decide(world, place, by_design) -> Decision

A day is cut at every instant that the evidence or the partner file mentions, so that within a piece
nothing changes; each piece is judged at its first instant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from conditions import THIRD, Judge, Judged
from evidence import Evidence
from facts import ALWAYS, Interval, Partner, Place, World
from instants import Instant, day_bounds

ELIGIBLE, INELIGIBLE, UNDETERMINED = "eligible", "ineligible", "undetermined"
NO_ACCESS_EVIDENCE = "no_access_evidence"

PARTNER_FINDINGS = ("partner_type_cannot_earn", "agreement_inactive", "not_transacting_partner")
ACCESS_FINDINGS = (
    "no_access",
    "only_other_partner_access",
    "role_not_eligible",
    "partner_id_not_linked",
    "partner_id_of_other_organization",
    "access_just_in_time",
    "access_denied",
    "access_part_of_day",
)
UNDETERMINED_REASONS = (
    "role_unlisted",
    "assignment_conditional",
    "link_unknown",
    "group_members_unknown",
    "agent_groups_unknown",
    "management_group_unknown",
    "access_change_time_unknown",
    NO_ACCESS_EVIDENCE,
)
ORDER = (*PARTNER_FINDINGS, *ACCESS_FINDINGS, *UNDETERMINED_REASONS)


@dataclass(frozen=True)
class Decision:
    outcome: str
    findings: tuple[str, ...]  # in rank order; none where the line is eligible

    @property
    def primary(self) -> str | None:
        return self.findings[0] if self.findings else None


def in_rank_order(findings: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(findings), key=ORDER.index))


class Decider:
    """Decides the lines of one world; remembers what it decided, since many lines share a place."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.evidence = Evidence(world)
        self.instants = sorted(self.evidence.instants() | instants_of(world.partner))
        self.known: dict[Place, Decision] = {}

    def access(self, place: Place) -> Decision:
        if place not in self.known:
            self.known[place] = self.decide_day(place)
        return self.known[place]

    def decide(self, place: Place, by_design: Iterable[str] = ()) -> Decision:
        """The verdict: by-design, partner and access findings together."""
        access = self.access(place)
        findings = [*by_design, *partner_findings(self.world.partner, place)]
        if access.outcome == INELIGIBLE:
            findings += access.findings
        if findings:
            return Decision(INELIGIBLE, tuple(findings))
        return access

    def decide_day(self, place: Place) -> Decision:
        partner = self.world.partner
        if partner is None or not self.world.files:
            return Decision(UNDETERMINED, (NO_ACCESS_EVIDENCE,))
        pieces = self.pieces(place, partner)
        sure = [piece for piece in pieces if piece.is_sure]
        rest = [piece for piece in pieces if not piece.is_sure]
        if self.world.programme.coverage == "single_grant":
            return by_one_grant(pieces)
        whole_day = self.world.programme.coverage == "whole_day"
        if not rest or (sure and not whole_day):
            return Decision(ELIGIBLE, ())
        open_ones = [piece for piece in rest if piece.is_open]
        # Of a whole day every piece must still be open; of any part of it one is enough.
        if len(open_ones) == len(rest) or (open_ones and not whole_day):
            reasons = {reason for piece in rest for reason in piece.reasons}
            return Decision(UNDETERMINED, in_rank_order(reasons))
        if sure or any(piece.possible for piece in rest):
            return Decision(INELIGIBLE, ("access_part_of_day",))
        return Decision(INELIGIBLE, in_rank_order(nearest_misses(pieces)))

    def pieces(self, place: Place, partner: Partner) -> list[Piece]:
        judge = Judge(self.evidence, self.world.programme, place, partner)
        start, end = day_bounds(place.day)
        found = []
        for at in [start, *(at for at in self.instants if start < at < end)]:
            covered = self.evidence.roles_covered(place.subscription, at)
            covered = covered and self.evidence.delegations_covered(place.subscription, at)
            found.append(Piece(tuple(judge.at(at)), lacking=not covered))
        return found


def by_one_grant(pieces: list[Piece]) -> Decision:
    """The switch `single_grant`: one grant alone must count for the whole day."""
    if lasting(pieces, lambda one: one.is_sure):
        return Decision(ELIGIBLE, ())
    may = lasting(pieces, lambda one: one.is_sure or one.is_possible)
    reasons = {
        reason
        for piece in pieces
        for one in piece.ours
        if id(one.grant) in may
        for reason in one.answer.unknown
    }
    if all(piece.lacking for piece in pieces):
        reasons.add(NO_ACCESS_EVIDENCE)
    if reasons:
        return Decision(UNDETERMINED, in_rank_order(reasons))
    if any(not one.answer.failed for piece in pieces for one in piece.ours):
        return Decision(INELIGIBLE, ("access_part_of_day",))
    return Decision(INELIGIBLE, in_rank_order(nearest_misses(pieces)))


def lasting(pieces: list[Piece], holds: Callable[[Judged], bool]) -> set[int]:
    """The grants of which it holds in every piece."""
    return set.intersection(
        *({id(one.grant) for one in piece.ours if holds(one)} for piece in pieces)
    )


@dataclass(frozen=True)
class Piece:
    """A part of the day in which nothing changes."""

    judged: tuple[Judged, ...]
    lacking: bool  # evidence: a grant might exist that no file would show

    @property
    def is_sure(self) -> bool:
        return any(one.is_sure for one in self.ours)

    @property
    def possible(self) -> list[Judged]:
        return [one for one in self.ours if one.is_possible]

    @property
    def is_open(self) -> bool:
        return self.lacking or bool(self.possible)

    @property
    def ours(self) -> list[Judged]:
        return [one for one in self.judged if one.answer.whose is not THIRD]

    @property
    def reasons(self) -> set[str]:
        found = {reason for one in self.possible for reason in one.answer.unknown}
        return found | ({NO_ACCESS_EVIDENCE} if self.lacking else set())


def nearest_misses(pieces: list[Piece]) -> set[str]:
    """Where nothing of ours could count: what the grants that come nearest to counting lack."""
    failures = [one.answer.failed for piece in pieces for one in piece.ours if one.held]
    if failures:
        fewest = min(len(failed) for failed in failures)
        return {finding for failed in failures if len(failed) == fewest for finding in failed}
    if any(one.answer.whose is THIRD for piece in pieces for one in piece.judged):
        return {"only_other_partner_access"}
    return {"no_access"}


def partner_findings(partner: Partner | None, place: Place) -> list[str]:
    if partner is None:
        return []
    found = []
    if partner.kind == "indirect_reseller":
        found.append("partner_type_cannot_earn")  # R2
    if partner.agreement is not None and not cover(partner.agreement, place):
        found.append("agreement_inactive")  # R5
    ours = [
        span for subscription, span in partner.transacting if subscription == place.subscription
    ]
    if ours and not cover(ours, place):
        found.append("not_transacting_partner")  # R94 to R96
    return found


def cover(intervals: Iterable[Interval], place: Place) -> bool:
    """Does the union of the intervals cover the whole day?"""
    at, end = day_bounds(place.day)
    ordered = sorted(intervals, key=lambda pair: (pair[0] is not None, pair[0] or 0))
    for start, until in ordered:
        if start is not None and start > at:
            return False
        if until is None or until >= end:
            return True
        at = max(at, until)
    return False


def instants_of(partner: Partner | None) -> set[Instant]:
    """Of the partner file only the times of partner ids change what a grant is worth."""
    if partner is None:
        return set()
    organizations = (partner.organization, *partner.resellers)
    spans = [span for one in organizations for _, span in one.partner_ids if span != ALWAYS]
    return {at for span in spans for at in span if at is not None}


def decide_access(world: World, place: Place, by_design: Iterable[str] = ()) -> Decision:
    """One line of one world; whoever decides many of them keeps a `Decider`."""
    return Decider(world).decide(place, by_design)
