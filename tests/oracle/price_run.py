"""Random usage with price lists: what the lists say of every line, and what units cost.

    python tests/oracle/price_run.py OUT --seed N --count K

Writes K worlds, each OUT/<k>/ with usage.*, prices-*.csv and expected.json: that of `worlds.py`, and `lists` (how many
rows of each list are of which kind, or cannot be read) and `costs`.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from pathlib import Path

from amounts import Refusal, amount_text
from layouts import choose
from oracle import reconcile
from price_worlds import TELLING, Lists, write_list
from prices import Prices, price_of
from reading import read_bytes
from truth import Record, Truth
from writing import file_of, records_of


def world(out: Path, seed: int, number: int) -> None:
    rng = random.Random(f"prices/{seed}/{number}")
    truth = Truth(rng)
    lists = Lists(rng, truth.days)
    records = records_of(rng, truth)
    for record in records:
        name_product(rng, record, lists)
    ending, data = file_of(rng, choose(rng), records)
    out.mkdir(parents=True)
    (out / f"usage{ending}").write_bytes(data)
    prices, facts = Prices(), []
    for at, rows in enumerate(files_of(rng, lists.rows)):
        (out / f"prices-{at}.csv").write_bytes(write_list(rng, rows))
        prices.read(rows)
        facts.append(facts_of(rows))
    expected = reconcile(read_bytes(data, f"usage{ending}"), findings=True, prices=prices)
    expected["lists"] = facts
    expected["costs"] = [cost for product in lists.products for cost in costs_of(rng, prices, product, truth)]
    text = json.dumps(expected, ensure_ascii=False, separators=(",", ":"))
    (out / "expected.json").write_text(text + "\n", encoding="utf-8")


def name_product(rng: random.Random, record: Record, lists: Lists) -> None:
    """A product of the lists; now and then one that nobody lists, or none."""
    product, sku = rng.choice(lists.products)
    roll = rng.random()
    if roll < 0.03:
        product = rng.choice(("", "DZH318Z0XXXX"))
    elif roll < 0.06:
        product = product.lower()
    elif roll < 0.1:
        sku = sku.lstrip("0") if sku.isdigit() else sku.lower()
    elif roll < 0.12:
        sku = ""
    record.update(ProductId=product, SkuId=sku)


def files_of(rng: random.Random, rows: list[Record]) -> list[list[Record]]:
    """One file or two, some rows in both; now and then a row that does not tell its product."""
    files = [[*rows, TELLING]]
    if rng.random() < 0.4:
        middle = rng.randint(0, len(rows))
        files = [rows[:middle] + rows[: rng.choice((0, 1))] + [TELLING], [*rows[middle:], TELLING]]
    if rng.random() < 0.1:
        blank = {"ProductId": "DZH318Z0BN00", "UnitPrice": "1", "Tags": "Azure"}
        files[rng.randrange(len(files))].append(blank)
    return files


def facts_of(rows: list[Record]) -> dict[str, int]:
    kinds: Counter[str] = Counter()
    for row in rows:
        try:
            price = price_of(row)
            kinds[price.kind if price else "passed_over"] += 1
        except (Refusal, ValueError):
            kinds["row_issues"] += 1
    return {kind: kinds[kind] for kind in ("consumption", "third_party", "marketplace", "passed_over", "row_issues")}


def costs_of(rng: random.Random, prices: Prices, product: tuple[str, str], truth: Truth) -> list[dict[str, object]]:
    day = rng.choice(truth.days)
    found = []
    for units in (1, 100, 101, rng.randint(1, 250)):
        cost = prices.cost(*product, day, units)
        found.append(
            {
                "product": product[0],
                "sku": product[1],
                "day": day.isoformat(),
                "units": units,
                "cost": None if cost is None else amount_text(cost),
            }
        )
    return found


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="write random usage with price lists and expected results")
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--count", type=int, required=True)
    options = parser.parse_args(arguments)
    for number in range(options.count):
        world(options.out / f"{number:04}", options.seed, number)
    return 0


if __name__ == "__main__":
    sys.exit(main())
