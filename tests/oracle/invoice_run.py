"""Writes random worlds of an invoice with what the oracle makes of them.

    python tests/oracle/invoice_run.py OUT_DIR --seed N --count K

Each world is a folder `OUT_DIR/<k>/` with `invoice.<ending>`, one or more `usage*.<ending>`, and
`expected.json`, the JSON of `pec tie-out --json`; files are named there without the folder. World k
of a seed depends on the seed and on k alone. The answer is computed from the texts of the files; where
the world knows better which keys tie, the two are compared.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from invoice_daily import check_daily
from invoice_names import INVOICE
from invoice_tie_out import tie_out
from invoice_worlds import InvoiceWorld, world_of
from reading import Row, read_bytes


def expected(world: InvoiceWorld) -> dict[str, object]:
    rows: list[Row] = []
    for name, data in world.daily:
        of_file = read_bytes(data, name)
        check_daily(of_file)
        rows.extend(of_file)
    name, data = world.invoice
    return tie_out(rows, read_bytes(data, name, INVOICE))


def differences(world: InvoiceWorld, answer: dict[str, object]) -> list[str]:
    """Where the answer is not what the world knows; nothing where it knows nothing."""
    if world.known is None:
        return []
    untied = {}
    for entry in answer["untied"]:  # type: ignore[attr-defined]
        key = (entry["plan"], entry["product"], entry["sku"], entry["availability"])
        untied[key] = tuple(entry["because"])
    wrong = []
    if answer["keys"] != len(world.known):
        wrong.append(f"{answer['keys']} keys, not {len(world.known)}")
    for key, known in world.known.items():
        because = untied.pop(key, None)
        if (because is None) != known.tied or (because or ()) != known.because:
            wrong.append(f"{world.stories[key]} {key}: {because}, known {known}")
    wrong += [f"a key that nobody knows: {key}" for key in untied]
    if answer["row_issues"]:
        wrong.append(f"rows that cannot be read: {answer['issues']}")
    return wrong


def write_one(folder: Path, seed: int, number: int) -> dict[str, object]:
    world = world_of(seed, number)
    answer = expected(world)
    wrong = differences(world, answer)
    if wrong:
        raise SystemExit(f"{folder}: " + "\n".join(wrong))
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in (world.invoice, *world.daily):
        (folder / name).write_bytes(data)
    text = json.dumps(answer, separators=(",", ":"), ensure_ascii=False)
    (folder / "expected.json").write_text(text + "\n", encoding="utf-8")
    return answer


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="write seeded random worlds of an invoice")
    parser.add_argument("out", type=Path, metavar="OUT_DIR")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--count", type=int, required=True)
    options = parser.parse_args(arguments)
    keys = untied = 0
    for number in range(options.count):
        answer = write_one(options.out / f"{number:04}", options.seed, number)
        keys += answer["keys"]  # type: ignore[operator]
        untied += len(answer["untied"])  # type: ignore[arg-type]
    print(f"{options.count} worlds, {keys} keys, {untied} untied")
    return 0


if __name__ == "__main__":
    sys.exit(main())
