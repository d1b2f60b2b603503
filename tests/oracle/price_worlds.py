"""Random price lists for random usage: what is in them on which day, as what, and how the files are written.

A product has a story of some rows. The files hold them as Microsoft writes them, or as a spreadsheet of another country
saved them: semicolons, decimal commas, days first, or day and month swapped where both can be a month.
"""

from __future__ import annotations

import random
from datetime import date, timedelta

from truth import Record

# A row that every file has, a reservation: what is decimal and whether days come first can be told by it alone.
TELLING: Record = {
    "ProductId": "DZH318Z0C000",
    "SkuId": "0001",
    "TermDuration": "P1Y",
    "UnitPrice": "0.5",
    "EffectiveEndDate": "2026-12-31",
}
FAR = date(9999, 11, 30)
COLUMNS = """
ProductTitle ProductId SkuId SkuTitle Publisher SkuDescription UnitOfMeasure TermDuration Market Currency UnitPrice
PricingTierRangeMin PricingTierRangeMax EffectiveStartDate EffectiveEndDate MeterIds MeterType Tags
""".split()
PRICES = ("0.868", "15", "0.0209496384791679", "2.5", "8.5e-05", "1234.5", "0", "0.1835431430074643112595")
PLAN_TAGS = ("", "Azure", "Azure, Consumption", "azure;consumption", "Azure | Consumption")
THIRD_PARTY_TAGS = ("Azure, ThirdParty", "Azure, Consumption, Third Party", "third_party")
BAD: tuple[Record, ...] = (
    {"UnitPrice": ""},
    {"UnitPrice": "-1"},
    {"UnitPrice": "free"},
    {"EffectiveStartDate": "2026-02-30"},
    {"EffectiveStartDate": "soon"},
    {"EffectiveStartDate": "2026-10-05", "EffectiveEndDate": "2026-10-04"},
    {"PricingTierRangeMax": "many"},
    {"Currency": "US$"},
)


class Lists:
    """The products of a world and the rows of its price lists; a row is texts by column, days as days."""

    def __init__(self, rng: random.Random, days: list[date]) -> None:
        self.rng, self.days = rng, days
        self.month = days[0].replace(day=1), (days[0].replace(day=1) + timedelta(days=31)).replace(day=1)
        skus = ("0001", "006G", "00FV", "0010", "0200", "012A")
        self.products = [(f"DZH318Z0BN{at:02}", rng.choice(skus)) for at in range(rng.randint(3, 9))]
        # One product is always there, so that what is absent can be told, on most days.
        self.rows = self.priced(self.products[0], *self.whole()) if rng.random() < 0.9 else []
        for product in self.products[1:]:
            self.rows += self.story(product)
        rng.shuffle(self.rows)

    def whole(self) -> tuple[date, date]:
        """All days of usage; now and then only some of them."""
        rng, first, after = self.rng, self.days[0], self.month[1] + timedelta(days=31)
        if rng.random() < 0.15:
            return rng.choice(self.days), rng.choice((FAR, after))
        return rng.choice((self.month[0], first - timedelta(days=rng.randint(1, 700)), date(1753, 1, 1))), rng.choice(
            (FAR, after, after)
        )

    def story(self, product: tuple[str, str]) -> list[Record]:
        rng = self.rng
        start, end = self.whole()
        inside = rng.choice(self.days)
        roll = rng.randrange(13)
        if roll == 0:
            return []
        if roll == 1:  # begins or ends inside the month
            return (
                self.priced(product, inside, end)
                if rng.random() < 0.5
                else self.priced(product, start, max(start, inside))
            )
        if roll == 2 and start < inside:  # another price from a day on; the old one ends, or stays open
            until = inside - timedelta(days=1) if rng.random() < 0.5 else end
            return self.priced(product, start, until) + self.priced(product, inside, end)
        if roll == 3 and start < inside:  # a third party's from a day on, or no longer
            tags = [rng.choice(THIRD_PARTY_TAGS), rng.choice(PLAN_TAGS)]
            rng.shuffle(tags)
            return self.priced(product, start, end, Tags=tags[0]) + self.priced(product, inside, end, Tags=tags[1])
        if roll == 4:
            return self.priced(product, start, end, Tags=rng.choice(THIRD_PARTY_TAGS))
        if roll == 5:  # both say one thing in two rows of equal days
            return self.priced(product, start, end, Tags="ThirdParty", Market="US") + self.priced(
                product, start, end, Tags=rng.choice(("Azure", "ThirdParty")), Market="DE"
            )
        if roll == 6:
            return self.marketplace(product, start, end)
        if roll == 7:
            return self.marketplace(product, start, end) + self.priced(product, start, end)
        if roll == 8:  # passed over: it is as if the product were not there
            change = rng.choice(
                ({"Tags": "Azure, Reservation", "TermDuration": "P1Y"}, {"Tags": "License"}, {"TermDuration": "P3Y"})
            )
            return self.priced(product, start, end, **change)
        if roll == 9:  # a row that cannot be read, alone or beside one that can
            broken = self.priced(product, start, end)[:1]
            broken[0].update(rng.choice(BAD))
            return broken + (self.priced(product, inside, end) if rng.random() < 0.4 else [])
        if roll == 10:
            return self.tiers(product, start, end)
        return self.priced(product, start, end)

    def marketplace(self, product: tuple[str, str], start: date, end: date) -> list[Record]:
        change = self.rng.choice(
            (
                {"Publisher": "Contoso, Inc.", "Tags": ""},
                {"Tags": "Marketplace"},
                {"Publisher": "Microsofty", "Tags": "SaaS"},
            )
        )
        return self.priced(product, start, end, **change)

    def tiers(self, product: tuple[str, str], start: date, end: date) -> list[Record]:
        """Published ranges are of whole units; the last is open, or ends with Int64.MaxValue, whole or cut."""
        rng, found, first = self.rng, [], rng_first(self.rng)
        for bound in (100, 100_000)[: rng.randint(1, 2)]:
            found += self.priced(product, start, end, PricingTierRangeMin=first, PricingTierRangeMax=str(bound))
            first = str(bound + 1)
        endless = rng.choice(("", "9223372036854775807", "9223372036854780000", "9.22337203685478E+18", "1000000"))
        found += self.priced(product, start, end, PricingTierRangeMin=first, PricingTierRangeMax=endless)
        for row in found:
            row["Tags"] = "Azure"
        return found

    def priced(self, product: tuple[str, str], start: date, end: date, **change: str) -> list[Record]:
        rng = self.rng
        row: Record = {
            "ProductTitle": 'Storage, "hot"',
            "ProductId": product[0],
            "SkuId": product[1],
            "Publisher": rng.choice(("Microsoft", "Microsoft Corporation", "")),
            "UnitOfMeasure": "1 Hour",
            "TermDuration": rng.choice(("", "payG-1")),
            "Market": rng.choice(("US", "US", "")),
            "Currency": rng.choice(("USD", "USD", "")),
            "UnitPrice": rng.choice(PRICES),
            "EffectiveStartDate": start.isoformat(),
            "EffectiveEndDate": end.isoformat(),
            "Tags": rng.choice(PLAN_TAGS),
        }
        if start == date(1753, 1, 1) and rng.random() < 0.5:
            row["EffectiveStartDate"] = ""
        if end == FAR and rng.random() < 0.3:
            row["EffectiveEndDate"] = ""
        return [row | change]


def rng_first(rng: random.Random) -> str:
    return rng.choice(("1", "1", "0", ""))


# Files


def write_list(rng: random.Random, rows: list[Record]) -> bytes:
    manner = rng.choice(("exported", "exported", "iso", "day_first", "swapped"))
    separator = rng.choice(";;\t") if manner in ("day_first", "swapped") else ","
    lines = [separator.join(COLUMNS)]
    for row in rows:
        cells = [cell_of(rng, column, row.get(column, ""), manner, separator) for column in COLUMNS]
        lines.append(separator.join(cells))
    text = rng.choice(("\n", "\r\n")).join(lines) + "\n"
    if rng.random() < 0.3:
        return ("\ufeff" + text).encode(rng.choice(("utf-16-le", "utf-16-be")))
    return text.encode()


def cell_of(rng: random.Random, column: str, cell: str, manner: str, separator: str) -> str:
    if column in ("EffectiveStartDate", "EffectiveEndDate"):
        cell = day_text(rng, column, cell, manner)
    if separator != "," and column in ("UnitPrice", "PricingTierRangeMin", "PricingTierRangeMax"):
        cell = cell.replace(".", ",")
    if separator != "," and column == "SkuId" and cell.isdigit():
        cell = cell.lstrip("0")
    if any(c in cell for c in f'{separator}"\n\r') or rng.random() < 0.03:
        return '"' + cell.replace('"', '""') + '"'
    return cell


def day_text(rng: random.Random, column: str, cell: str, manner: str) -> str:
    try:
        day = date.fromisoformat(cell)
    except ValueError:
        return cell
    end = column == "EffectiveEndDate"
    if manner == "iso":
        return f"{cell}T{'23:59:59.9999999' if end else '00:00:00'}Z" if rng.random() < 0.5 else cell
    if manner == "day_first":
        return f"{day.day:02}.{day.month:02}.{day.year}{' 23:59' if end else ''}"
    if manner == "swapped" and day.day <= 12:  # taken for day, month, and written so: the month is where the day was
        return f"{day.month:02}.{day.day:02}.{day.year}{' 23:59' if end else ''}"
    return f"{day.month}/{day.day}/{day.year} {'11:59:59 PM' if end else '12:00:00 AM'}"
