"""Writes random worlds of Azure credit with what the oracle makes of them.

    python tests/oracle/drawdown_run.py OUT_DIR --seed N --count K

Each world is a folder `OUT_DIR/<k>/` with `credits.toml`, `usage.csv` and `expected.json`. World k of
a seed depends on the seed and on k alone.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from drawdown import expected
from drawdown_worlds import world_of
from reading import read_bytes


def write_one(folder: Path, seed: int, number: int) -> dict[str, object]:
    world = world_of(seed, number)
    answer = expected(world.credits, read_bytes(world.usage, "usage.csv"))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "credits.toml").write_text(world.credits, encoding="utf-8")
    (folder / "usage.csv").write_bytes(world.usage)
    text = json.dumps(answer, separators=(",", ":"), ensure_ascii=False)
    (folder / "expected.json").write_text(text + "\n", encoding="utf-8")
    return answer


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="write random worlds of Azure credit")
    parser.add_argument("out", type=Path, metavar="OUT_DIR")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--count", type=int, required=True)
    options = parser.parse_args(arguments)
    rows = split = 0
    for number in range(options.count):
        answer = write_one(options.out / f"{number:04}", options.seed, number)
        rows += answer["lines"]  # type: ignore[operator]
        split += answer["split_lines"]  # type: ignore[operator]
    print(f"{options.count} worlds, {rows} rows, {split} lines split")
    return 0


if __name__ == "__main__":
    sys.exit(main())
