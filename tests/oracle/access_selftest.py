"""What must hold in every world, and whether the worlds reach everything.

    python tests/oracle/access_selftest.py --seed N --count K

Prints how often each outcome and each reason was reached, and checks the properties of section 7 of
the model that can be asked of one implementation alone. Ends with exit code 1 if one does not hold.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from access import ORDER, Decider, Decision
from access_stories import roles
from access_truth import CONTRIBUTOR, some_id
from access_worlds import EVERY_REASON, expected, place_of, world_of
from conditions import earning_of
from facts import Authorization, Delegation, File, Place, RoleAssignment, World
from instants import DAY, day_bounds
from meaning import Line, read_row
from reading import read_bytes

LEVEL = {"ineligible": 0, "undetermined": 1, "eligible": 2}
# Taken away, these let more through: absence of a deny is assumed where none was exported, an
# activated role looks permanent, and an identity that nobody asked is not ours where another file
# claims that all were asked.
MAY_ALLOW = ("deny_assignments", "pim_assignments", "partner_links")


def places_in(usage: bytes) -> list[Place]:
    rows = [read_row(row) for row in read_bytes(usage, "usage.csv")]
    return sorted({place_of(row) for row in rows if isinstance(row, Line)}, key=str)


def with_file(world: World, kind: str, *entries: RoleAssignment | Authorization) -> World:
    taken_at = max((file.taken_at for file in world.files), default=0) + DAY
    added = File("added.json", kind, taken_at, entries)
    return replace(world, files=(*world.files, added))


def unused_role(world: World) -> str:
    used = {getattr(entry, "role", None) for file in world.files for entry in file.entries}
    return next(role for role in roles(True) if role not in used)


def a_grant_never_lowers(rng: random.Random, world: World, places: list[Place]) -> Iterator[str]:
    partner = world.partner
    if partner is None or not partner.organization.agent_groups:
        return
    place = rng.choice(places)
    created = max((file.taken_at for file in world.files), default=0) - rng.randrange(60 * DAY)
    group = min(partner.organization.agent_groups)
    scope = f"/subscriptions/{place.subscription}"
    grant = RoleAssignment(scope, unused_role(world), group, "foreigngroup", created)
    for place, before, after in compared(
        world, with_file(world, "role_assignments", grant), places
    ):
        if LEVEL[after.outcome] < LEVEL[before.outcome]:
            yield f"a counting grant lowers {place}: {before} -> {after}"


def a_third_partner_changes_nothing(
    rng: random.Random, world: World, places: list[Place]
) -> Iterator[str]:
    if world.partner is None or not world.files:
        return
    scope = f"/subscriptions/{rng.choice(places).subscription}"
    if rng.random() < 0.5:
        group = RoleAssignment(scope, CONTRIBUTOR, some_id(rng), "foreigngroup", 0)
        other = with_file(world, "role_assignments", group)
    else:
        # Also where there are others, whatever is known of those.
        entries = [entry for file in world.files for entry in file.entries]
        delegated = {one.scope for one in entries if isinstance(one, Authorization | Delegation)}
        scope = rng.choice([scope, *sorted(delegated)])
        line = Authorization(scope, some_id(rng), some_id(rng), CONTRIBUTOR, created=0, name=some_id(rng))
        other = with_file(world, "lighthouse_assignments", line)
    for place, before, after in compared(world, other, places):
        if before == after or earning_of(world.partner, place, day_bounds(place.day)[0]).groups_unknown():
            continue
        changed = set(before.findings) ^ set(after.findings)
        if changed != {"no_access", "only_other_partner_access"}:
            yield f"a third partner changes {place}: {before} -> {after}"


def less_evidence_is_less_certain(
    rng: random.Random, world: World, places: list[Place]
) -> Iterator[str]:
    """With every assumption switched off."""
    if world.partner is None or not world.files:
        return
    plain = replace(world.partner, unchanged=False, unchanged_until=None)
    world = replace(world, partner=plain)
    only = [file for file in world.files if file.kind == "partner_links"]
    for file in world.files:
        if file.kind in MAY_ALLOW and only != [file]:
            continue
        rest = tuple(other for other in world.files if other is not file)
        for place, before, after in compared(world, replace(world, files=rest), places):
            if "assignment_conditional" in before.findings:
                continue  # a log shows no condition, and none is assumed
            if after.outcome not in (before.outcome, "undetermined"):
                yield f"without {file.path} ({file.kind}) {place}: {before} -> {after}"


def compared(
    one: World, other: World, places: list[Place]
) -> Iterator[tuple[Place, Decision, Decision]]:
    deciders = Decider(one), Decider(other)
    for place in places:
        yield place, deciders[0].decide(place), deciders[1].decide(place)


PROPERTIES = (a_grant_never_lowers, a_third_partner_changes_nothing, less_evidence_is_less_certain)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="check worlds of access against the model")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--count", type=int, required=True)
    options = parser.parse_args(arguments)
    outcomes: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    standings: Counter[str] = Counter()
    wrong: list[str] = []
    for number in range(options.count):
        rng = random.Random(f"selftest/{options.seed}/{number}")
        made = world_of(options.seed, number)
        answer = expected(made.world, made.usage)
        for row in answer["rows"]:  # type: ignore[attr-defined]
            outcomes[row["outcome"]] += 1
            standings[row["standing"]] += 1
            reasons.update(row["findings"])
        places = places_in(made.usage)
        for check in PROPERTIES:
            wrong += [f"world {number}: {text}" for text in check(rng, made.world, places)]
    print(f"{options.count} worlds, {sum(outcomes.values())} lines")
    for counted in (outcomes, standings):
        print("  " + ", ".join(f"{name} {count}" for name, count in counted.most_common()))
    for reason in EVERY_REASON:
        print(f"  {reasons[reason]:6} {reason}")
    never = [reason for reason in ORDER if not reasons[reason] and options.count >= 200]
    if never:
        wrong.append(f"never reached: {', '.join(never)}")
    for text in wrong[:20]:
        print(text)
    print(f"{len(PROPERTIES)} properties, {len(wrong)} violations")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
