"""What price lists say of a line's product on its day, and what units of it cost.

From the Partner Center pages azure-plan-price-list (fields, tags, dates, tiers) and partner-earned-credit-explanation
(R55, R57, R58), and from how get-a-price-sheet prints dates: ends are the last second of a day, so a day belongs to
the price that ends on it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from amounts import Refusal, parse_number

FIRST, LAST = date.min, date.max
NO_LAST_UNIT = 9223372036854 * 10**6  # Int64.MaxValue, also as a spreadsheet cuts it
OF_THE_PLAN = {"azure", "consumption", "reservation", "reservations", "thirdparty"}


@dataclass(frozen=True)
class Price:
    product: str
    market: str
    currency: str
    kind: str  # consumption, third_party, marketplace
    start: date
    end: date
    price: Fraction
    first: Fraction | None = None  # units of its tier, both inside
    last: Fraction | None = None


@dataclass
class Prices:
    """Price lists; every file is a list of its rows."""

    rows: set[Price] = field(default_factory=set)
    unsure: set[str] = field(default_factory=set)  # products with a row that cannot be read
    shown: list[tuple[date, date, bool]] = field(default_factory=list)  # days of a file, and whether it shows absence

    def read(self, rows: list[dict[str, str]]) -> None:
        found, hides = [], False
        for row in rows:
            try:
                price = price_of(row)
            except (Refusal, ValueError):
                if key(row) is None:
                    hides = True
                else:
                    self.unsure.add(key(row) or "")
                continue
            if price is not None:
                found.append(price)
        self.rows.update(found)
        self.shown += [(one.start, one.end, not hides) for one in found if one.kind != "marketplace"]

    def findings(self, product: str, sku: str, day: date) -> set[str]:
        """The rules that hold of a product on a day."""
        name = key({"ProductId": product, "SkuId": sku})
        if name is None:
            return set()
        here = [one for one in self.rows if one.product == name and one.start <= day <= one.end]
        plan = [one for one in here if one.kind != "marketplace"]
        holding = set()
        if any(one.kind == "marketplace" for one in here):
            holding.add("marketplace_product")
        newest = [one for one in plan if one.start == max(other.start for other in plan)]
        if newest and all(one.kind == "third_party" for one in newest):
            holding.add("third_party_product")
        on_day = [shows for start, end, shows in self.shown if start <= day <= end]
        if not plan and name not in self.unsure and on_day and all(on_day):
            holding.add("not_in_price_list")
        return holding

    def cost(self, product: str, sku: str, day: date, units: int) -> Fraction | None:
        """What so many whole units cost: unit by unit at the price of its tier; none where the lists do not tell.

        The price is the one that began last. The sample of azure-plan-price-list: 1 for units 1 to 100, 0.80 from 101
        on, so 101 units cost 100.80.
        """
        name = key({"ProductId": product, "SkuId": sku})
        here = [one for one in self.rows if one.product == name and one.start <= day <= one.end]
        newest = [one for one in here if one.start == max(other.start for other in here)]
        tables = {}
        for one in newest:
            tables.setdefault((one.market, one.kind == "marketplace"), set()).add(
                (one.currency, one.first, one.last, one.price)
            )
        if not tables or len({frozenset(table) for table in tables.values()}) != 1:
            return None
        total, priced = Fraction(0), 0
        for _, first, last, price in next(iter(tables.values())):
            lowest = max(1, int(first or 0))
            highest = units if last is None else min(units, int(last))
            if highest >= lowest:
                total += price * (highest - lowest + 1)
                priced += highest - lowest + 1
        return total if priced == units else None


def key(row: dict[str, str]) -> str | None:
    """Product and SKU, without case and without zeros in front of the SKU."""
    product, sku = (row.get(name, "").strip() for name in ("ProductId", "SkuId"))
    return f"{product}/{sku.lstrip('0')}".lower() if product and sku else None


def price_of(row: dict[str, str]) -> Price | None:
    """The price of a row; none for reservations and licences."""
    name = key(row)
    if name is None:
        raise ValueError("no product")
    kind = kind_of(row)
    if kind is None:
        return None
    start = day_of(row.get("EffectiveStartDate", ""), FIRST)
    end = day_of(row.get("EffectiveEndDate", ""), LAST)
    # The first and last years of calendars stand for no bound, as a blank does.
    start = FIRST if start.year <= 1753 else start
    end = LAST if end.year == 9999 else end
    if end < start:
        raise ValueError("ends before it begins")
    price = parse_number(row.get("UnitPrice", "").strip())
    if price < 0:
        raise ValueError("below zero")
    first, last = (
        parse_number(row[name].strip()) if row.get(name, "").strip() else None
        for name in ("PricingTierRangeMin", "PricingTierRangeMax")
    )
    if last is not None and last >= NO_LAST_UNIT:
        last = None
    currency = row.get("Currency", "").strip().upper() or "USD"  # R80
    if not re.fullmatch("[A-Z]{3}", currency):
        raise ValueError("no currency")
    return Price(name, row.get("Market", ""), currency, kind, start, end, price, first, last)


def kind_of(row: dict[str, str]) -> str | None:
    tags = {re.sub(r"[\W_]", "", tag).lower() for tag in re.split("[,;|]", row.get("Tags", ""))}
    publisher = row.get("Publisher", "").strip().lower()
    foreign = publisher not in ("", "microsoft") and not publisher.startswith("microsoft ")
    if "marketplace" in tags or (foreign and not tags & OF_THE_PLAN):
        return "marketplace"
    reserved = bool(tags & {"reservation", "reservations"}) and "consumption" not in tags
    if reserved or "license" in tags or re.match("[Pp][0-9]", row.get("TermDuration", "").strip()):
        return None
    return "third_party" if "thirdparty" in tags else "consumption"


def day_of(text: str, blank: date) -> date:
    """The day of `10/4/2026 12:00:00 AM` or `2026-10-04T00:00:00Z`."""
    written = text.strip()
    if not written:
        return blank
    if found := re.match(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[ T]|$)", written):
        return date(*map(int, found.groups()))
    if found := re.match(r"(\d{1,2})[-/](\d{1,2})[-/](\d{4})(?:[ T]|$)", written):
        month, day, year = map(int, found.groups())
        return date(year, month, day)
    raise ValueError(written)
