"""Writes random worlds of access with what the oracle makes of them.

    python tests/oracle/access_run.py OUT_DIR --seed N --count K

Each world is a folder `OUT_DIR/<k>/` with `partner.toml`, `evidence/`, `usage.csv` and
`expected.json`. World k of a seed depends on the seed and on k alone. What was written is read back,
and the verdicts come from what was read: a writer that loses a fact is found here.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from pathlib import Path

from access_reading import read_evidence, read_partner
from access_worlds import expected, world_of
from access_writing import write_world
from facts import World


def write_one(folder: Path, seed: int, number: int) -> dict[str, object]:
    made = world_of(seed, number)
    rng = random.Random(f"writing/{seed}/{number}")
    write_world(rng, folder, made.world.partner, list(made.world.files))
    (folder / "usage.csv").write_bytes(made.usage)
    answer = expected(read_world(folder), made.usage)
    if answer != expected(made.world, made.usage):
        raise SystemExit(f"{folder}: what was written is not what was meant")
    text = json.dumps(answer, separators=(",", ":"))
    (folder / "expected.json").write_text(text + "\n", encoding="utf-8")
    return answer


def read_world(folder: Path) -> World:
    partner = folder / "partner.toml"
    return World(
        read_partner(partner) if partner.exists() else None, read_evidence(folder / "evidence")
    )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="write seeded random worlds of access")
    parser.add_argument("out", type=Path, metavar="OUT_DIR")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--count", type=int, required=True)
    options = parser.parse_args(arguments)
    rows = 0
    for number in range(options.count):
        answer = write_one(options.out / f"{number:04}", options.seed, number)
        rows += len(answer["rows"])  # type: ignore[arg-type]
    print(f"{options.count} worlds, {rows} rows")
    return 0


if __name__ == "__main__":
    sys.exit(main())
