"""Seeded random worlds: small files full of variety, each with what the oracle makes of it.

    python tests/oracle/worlds.py --seed N --count K --out DIR

Writes K files and beside each `<file>.expected.json` (the oracle's JSON with findings; `file` is
the bare file name). File k of a seed depends on the seed and on k alone.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from pathlib import Path

from layouts import choose
from oracle import reconcile
from reading import read_bytes
from truth import Truth
from writing import file_of, records_of


def world(seed: int, number: int) -> tuple[str, bytes]:
    """The name and the bytes of one file."""
    rng = random.Random(f"{seed}/{number}")
    layout = choose(rng)
    ending, data = file_of(rng, layout, records_of(rng, Truth(rng)))
    return f"world-{seed}-{number:06}{ending}", data


def expected(name: str, data: bytes) -> dict[str, object]:
    return reconcile(read_bytes(data, name), findings=True)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="write seeded random files with expected results")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    rows = 0
    for number in range(options.count):
        name, data = world(options.seed, number)
        result = expected(name, data)
        rows += result["lines"]
        (options.out / name).write_bytes(data)
        text = json.dumps(result, ensure_ascii=False, separators=(",", ":"))
        (options.out / f"{name}.expected.json").write_text(text + "\n", encoding="utf-8")
    print(f"{options.count} files, {rows} rows")
    return 0


if __name__ == "__main__":
    sys.exit(main())
