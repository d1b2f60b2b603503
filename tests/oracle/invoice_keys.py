"""One key on both sides: forward, else the interval, else untied; and what can be told of the cause.

A key is plan, product, SKU and availability. The decisions are numbered in the contract of this work.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from amounts import decimals_of
from invoice import ZERO, cut, net, step, usage_subtotal
from invoice_bridge import total
from invoice_daily import DailyLine
from invoice_lines import InvoiceLine, Key

QUANTITY_DECIMALS = 6
QUANTITY_STEP = Fraction(1, 10**QUANTITY_DECIMALS)

BECAUSE = (
    "no_daily_lines",
    "no_invoice_line",
    "tier_price",
    "promotion",
    "partial_credit",
    "credit_at_month_end",
    "late_usage",
    "missing_day",
    "quantity",
    "unit_price",
    "credit_rate",
    "exchange_rate",
    "amount",
)

# What prices a unit: price, rate of PEC; on the daily side also the exchange rate of the file.
Priced = tuple[Fraction, Fraction]
DailyGroup = tuple[Fraction, Fraction, Fraction | None]
Home = tuple[str, Fraction]  # billing currency and exchange rate


@dataclass
class Compared:
    """One key: both sides of it, and what the comparison finds."""

    key: Key
    daily: list[DailyLine] = field(default_factory=list)
    lines: list[InvoiceLine] = field(default_factory=list)
    has_credit_line: bool = False
    hole: bool = False  # a day without any line between the first and the last of its plan
    unread: tuple[str, ...] = ()  # the sides with rows that cannot be read
    home: Home | None = None  # of the whole invoice, where it has but one for the pricing currency

    # The two sides

    @cached_property
    def charged(self) -> list[DailyLine]:
        return [line for line in self.daily if line.charged]

    @cached_property
    def groups(self) -> dict[DailyGroup, Fraction]:
        found: dict[DailyGroup, Fraction] = defaultdict(Fraction)
        for line in self.charged:
            found[line.unit_price, line.rate, line.exchange_rate] += line.quantity
        return dict(found)

    @cached_property
    def invoiced(self) -> dict[Priced, list[InvoiceLine]]:
        found: dict[Priced, list[InvoiceLine]] = defaultdict(list)
        for line in self.lines:
            found[line.unit_price, line.rate].append(line)
        return dict(found)

    @cached_property
    def daily_quantity(self) -> Fraction:
        return total(line.quantity for line in self.charged)

    @cached_property
    def invoice_quantity(self) -> Fraction:
        return total(line.quantity for line in self.lines)

    @cached_property
    def subtotal(self) -> Fraction:
        return total(line.subtotal for line in self.lines)

    @cached_property
    def credit_of_days(self) -> Fraction:
        return total(quantity * price * rate for (price, rate, _), quantity in self.groups.items())

    @cached_property
    def pricing_currency(self) -> str:
        return min(line.pricing_currency for line in self.lines or self.daily)

    @cached_property
    def currency(self) -> str:
        if self.lines:
            return min(line.currency for line in self.lines)
        return self.home[0] if self.home else min(line.currency for line in self.daily)

    def exchange_rate(self, group: DailyGroup) -> Fraction:
        """R82: one rate per month; the invoice's own where it can be told."""
        unit_price, rate, of_the_file = group
        for lines in (self.invoiced.get((unit_price, rate), []), self.lines):
            rates = {line.exchange_rate for line in lines}
            if len(rates) == 1:
                return rates.pop()
        if self.home:
            return self.home[1]
        return of_the_file if of_the_file is not None else Fraction(1)

    @cached_property
    def is_tiered(self) -> bool:
        if any(line.has_tier for line in self.lines):
            return True
        daily_prices = {line.unit_price for line in self.charged}
        return len({line.unit_price for line in self.lines}) > 1 and len(daily_prices) == 1

    # Forward: the invoice lines computed again

    def plain(self, group: DailyGroup, tier: Fraction = ZERO) -> Fraction:
        unit_price, rate, _ = group
        return usage_subtotal(
            self.groups[group],
            unit_price,
            rate,
            self.exchange_rate(group),
            self.currency,
            tier,
        )

    def expected_of(self, group: DailyGroup) -> tuple[Fraction, bool]:
        """What the invoice must ask for a group, and whether forward can be trusted with it."""
        quantity = self.groups[group]
        lines = self.invoiced.get(group[:2], [])
        if not lines:
            expected = self.plain(group)
            return expected, expected == 0
        if len(lines) == 1:
            return self.plain(group, lines[0].tier), same_quantity(quantity, lines[0].quantity)
        exact = total(line.quantity for line in lines) == quantity
        if exact and any(line.has_tier for line in lines):
            return total(line.billed for line in lines), True
        return self.plain(group), False

    def forward_by_group(self) -> list[tuple[Fraction, Fraction]] | None:
        """Expected and invoiced per group, or None where groups do not fit together."""
        invoiced, pairs = self.invoiced, []
        priced = [group[:2] for group in self.groups if group[:2] in invoiced]
        if len(priced) != len(set(priced)):
            return None
        for group in self.groups:
            expected, fits = self.expected_of(group)
            if not fits:
                return None
            asked = total(line.subtotal for line in invoiced.get(group[:2], []))
            pairs.append((expected, asked))
        for one in invoiced.keys() - {group[:2] for group in self.groups}:
            if total(line.subtotal for line in invoiced[one]) != 0:
                return None
        return pairs

    def forward_by_tier_price(self) -> list[tuple[Fraction, Fraction]] | None:
        """Trap 3: the daily file shows the price of tier 1 on all lines, the invoice each tier's."""
        shown = {line.unit_price for line in self.charged}
        prices = {line.unit_price for line in self.lines}
        if len(shown) != 1 or len(prices) < 2 or not shown <= prices:
            return None
        pairs = []
        for rate in {line.rate for line in self.charged} | {line.rate for line in self.lines}:
            lines = [line for line in self.lines if line.rate == rate]
            used = total(line.quantity for line in self.charged if line.rate == rate)
            if total(line.quantity for line in lines) != used:
                return None
            pairs.append((total(line.billed for line in lines), total(x.subtotal for x in lines)))
        return pairs

    def forward(self) -> list[tuple[Fraction, Fraction]] | None:
        pairs = self.forward_by_group()
        return self.forward_by_tier_price() if pairs is None else pairs

    # Interval

    def interval(self) -> tuple[bool, Fraction] | None:
        """Whether the invoice lies where one cut per line can have put it, and how wide that is."""
        rates = {line.exchange_rate for line in self.lines}
        if len(rates) != 1 or self.is_tiered:
            return None
        exchange_rate = rates.pop()
        per_line = step(exchange_rate, self.currency)
        exact = total(net(quantity, *group[:2]) for group, quantity in self.groups.items())
        negative = 0
        for line in self.lines:
            sign = line.unit_price * line.quantity
            negative += sign < 0 or (sign == 0 and exact < 0)
        positive = len(self.lines) - negative
        off = self.subtotal - exact * exchange_rate
        above = off > -positive * per_line if positive else off >= 0
        below = off < negative * per_line if negative else off <= 0
        return above and below, len(self.lines) * per_line

    # The answer

    def outcome(self) -> tuple[bool, str | None, Fraction | None, Fraction]:
        """Tied, method, tolerance, and the daily amount in billing currency."""
        daily = total(self.expected_of(group)[0] for group in self.groups)
        if not self.daily:
            return all(line.subtotal == 0 for line in self.lines), None, None, daily
        if not self.lines:
            zero = all(self.plain(group) == 0 for group in self.groups)
            return zero, None, None, daily
        pairs = self.forward()
        if pairs is not None:
            tied = all(expected == asked for expected, asked in pairs)
            return tied, "forward", ZERO, total(expected for expected, _ in pairs)
        bounded = self.interval()
        if bounded is None:
            return False, None, None, daily
        return bounded[0], "interval", bounded[1], daily

    def because(self) -> list[str]:
        unread = [f"unreadable_{side}_row" for side in self.unread]
        if not self.daily:
            return [*unread, "no_daily_lines"]
        if not self.lines:
            return [*unread, "no_invoice_line"]
        found = {name for name in BECAUSE if getattr(self, f"has_{name}", bool)()}
        if self.forward() is not None:  # then every group's quantity and rate is the invoice's
            found -= {"late_usage", "missing_day", "quantity", "unit_price", "credit_rate", "partial_credit"}
        near = self.is_near(self.daily_quantity, self.invoice_quantity)
        possible = unread if self.forward() is None and not near else []
        return [*possible, *[name for name in BECAUSE if name in found]] or ["amount"]

    def has_tier_price(self) -> bool:
        return self.is_tiered

    def has_promotion(self) -> bool:
        return any(line.other_text for line in self.lines)

    def has_partial_credit(self) -> bool:
        rates = {line.rate for line in self.charged}
        return len(self.lines) == 1 and 0 in rates and max(rates) > 0

    def has_credit_at_month_end(self) -> bool:
        return self.has_credit_line or any(line.azure_credit for line in self.daily)

    def is_near(self, one: Fraction, other: Fraction) -> bool:
        """Each line cuts its quantity at six decimals."""
        return abs(one - other) < len(self.lines) * QUANTITY_STEP

    def more_invoiced(self) -> bool:
        near = self.is_near(self.daily_quantity, self.invoice_quantity)
        return not near and self.invoice_quantity > self.daily_quantity

    def has_late_usage(self) -> bool:
        return self.more_invoiced() and not self.hole

    def has_missing_day(self) -> bool:
        return self.more_invoiced() and self.hole

    def has_quantity(self) -> bool:
        near = self.is_near(self.daily_quantity, self.invoice_quantity)
        return not near and self.invoice_quantity < self.daily_quantity

    def has_unit_price(self) -> bool:
        daily_prices = {line.unit_price for line in self.charged}
        return not self.is_tiered and daily_prices != {line.unit_price for line in self.lines}

    def has_credit_rate(self) -> bool:
        if self.has_partial_credit():
            return False
        by_price: dict[object, Fraction] = defaultdict(Fraction)
        by_rate: dict[object, Fraction] = defaultdict(Fraction)
        for sign, lines in ((1, self.charged), (-1, self.lines)):
            for line in lines:
                by_price[line.unit_price] += sign * line.quantity
                by_rate[line.unit_price, line.rate] += sign * line.quantity
        same_price = all(self.is_near(rest, ZERO) for rest in by_price.values())
        return same_price and not all(self.is_near(rest, ZERO) for rest in by_rate.values())

    def has_exchange_rate(self) -> bool:
        rates = {line.exchange_rate for line in self.charged if line.exchange_rate is not None}
        return len(rates | {line.exchange_rate for line in self.lines}) > 1


def same_quantity(exact: Fraction, printed: Fraction) -> bool:
    """BillableQuantity carries six decimals, seldom more; the daily sum carries up to fifteen."""
    return cut(exact, max(QUANTITY_DECIMALS, decimals_of(printed))) == printed
