"""Seeded random worlds of Azure credit: a credits.toml and usage of some customers over some months.

World k of a seed depends on the seed and on k alone. Credits are made to fit the usage: they end on
the last cent of a day, in the middle of a crowded one, on the day on which they expire, or never.
"""

from __future__ import annotations

import csv
import io
import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from amounts import amount_text, decimals_of, parse_number
from credit_offer import month_end
from truth import PAID, UNPAID, Record, any_case, guid

DAY = timedelta(days=1)
Account = tuple[str, str]

COLUMNS = """
CustomerId Tier2MpnId InvoiceNumber SkuId SkuName ProductName PublisherName SubscriptionDescription
UsageDate ChargeStartDate ChargeEndDate MeterName ResourceGroup ResourceURI ChargeType UnitPrice
Quantity PricingPreTaxTotal PricingCurrency Tags AdditionalInfo EntitlementId
PartnerEarnedCreditPercentage CreditPercentage CreditType BenefitType
""".split()

FLAGS: list[Record] = [
    {"CreditType": "Azure Credit Applied", "CreditPercentage": "100"},
    {"CreditType": "Azure Credit Offer", "CreditPercentage": "1"},
    {"CreditType": "", "CreditPercentage": "100%"},
]
SPOT: list[Record] = [
    {"MeterName": "D2s v3 Spot"},
    {"AdditionalInfo": '{"Priority": "Spot"}'},
    {"ProductName": "Virtual Machines - SPOT_Windows"},
]
BYPASS: list[Record] = [
    {"PublisherName": "Test Alto Networks, Inc."},
    {"PublisherName": "SUSE"},
    {"SubscriptionDescription": "Pay-As-You-Go"},
    {"InvoiceNumber": "D070001ABC"},
    {"BenefitType": "Reservation"},
    {"AdditionalInfo": '{"ReservationOrderId": "a1b2"}'},
    {"BenefitType": "SavingsPlan"},
    {"ChargeType": "Rounding Adjustment"},
    {"ChargeType": "customerCredit", "Quantity": "-1"},
    {"PricingPreTaxTotal": "0"},
    {"Quantity": "0"},
]
PURCHASES: list[Record] = [
    {"ChargeType": "cycleCharge", "BenefitType": "Reservation"},
    {"ChargeType": "purchase", "BenefitType": "SavingsPlan"},
    {"ChargeType": "purchase", "AdditionalInfo": '{"ReservationId": "r-7"}'},
    {"ChargeType": "purchase", "BenefitType": "Reservation", "PublisherName": "SUSE"},
    {"ChargeType": "purchase"},
]


@dataclass(frozen=True)
class DrawdownWorld:
    credits: str
    usage: bytes


@dataclass(frozen=True)
class Charge:
    """A line as the world means it; `net` is what it adds where a credit covers it."""

    account: Account
    day: date
    record: Record
    net: Fraction


def world_of(seed: int, number: int) -> DrawdownWorld:
    rng = random.Random(f"drawdown/{seed}/{number}")
    days = days_of(rng)
    customers = [guid(rng) for _ in range(rng.choice((1, 1, 2, 3)))]
    charges: list[Charge] = []
    for customer in customers:
        charges += charges_of(rng, customer, days)
    tables = credits_of(rng, customers, charges)
    rng.shuffle(charges)
    records = [charge.record for charge in charges]
    if rng.random() < 0.05:
        rng.choice(records)["Quantity"] = "1,5"
    return DrawdownWorld("\n".join([settings_of(rng), *tables]), usage_of(rng, records))


def days_of(rng: random.Random) -> list[date]:
    """Some days of one to four months; seldom all of them."""
    first = date(
        rng.randint(2021, 2027), rng.randint(1, 12), rng.choice((1, 1, rng.randint(1, 28)))
    )
    span = [first + number * DAY for number in range(rng.choice((5, 12, 31, 61, 92)))]
    return sorted(rng.sample(span, min(len(span), rng.randint(2, 14))))


# Usage


class Amounts:
    """Prices and quantities of one customer: cents, equal lines, or many digits."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.style = rng.choice(("cents", "cents", "equal", "small", "long", "mixed"))
        self.equal = rng.choice((("0.01", "1"), ("0.1", "3"), ("1", "1"), ("0.868", "10")))

    def pair(self) -> tuple[str, str]:
        rng = self.rng
        style = (
            rng.choice(("cents", "equal", "small", "long")) if self.style == "mixed" else self.style
        )
        if style == "equal":
            return self.equal
        if style == "small":
            return f"0.0{rng.randint(1, 9)}", str(rng.randint(1, 3))
        if style == "long":
            return f"{rng.uniform(0.001, 2):.15g}", f"{rng.uniform(0.01, 24):.6f}"
        return f"{rng.randint(1, 999) / 100:.2f}", str(rng.randint(1, 24))


def charges_of(rng: random.Random, customer: str, days: list[date]) -> list[Charge]:
    amounts = Amounts(rng)
    currencies = (
        ("USD", "EUR") if rng.random() < 0.25 else (rng.choice(("USD", "USD", "USD", "EUR")),)
    )
    places = [
        (subscription, group)
        for subscription in (guid(rng) for _ in range(rng.randint(1, 3)))
        for group in rng.sample(("rg-prod", "RG-Test", "data.rg"), rng.randint(1, 2))
    ]
    resellers = rng.choice((("",), ("0", "4649221"), ("4649221", "67890")))
    refunds = rng.choice((0.0, 0.03, 0.12, 0.4))
    plain = rng.random() < 0.15
    crowd = rng.choice(days) if rng.random() < 0.12 else None
    busy = rng.randint(1, 8)
    if crowd and rng.random() < 0.5:  # equal lines, so that only the ties part them
        amounts.style, refunds = "equal", 0.0
    found = []
    for day in days:
        count = rng.randint(100, 300) if day == crowd else rng.randint(1, busy)
        turned = rng.random() < 0.06  # a day on which little is used and much is given back
        for _ in range(count):
            record, net = record_of(rng, amounts, plain)
            if rng.random() < (0.8 if turned else refunds):
                record["Quantity"] = "-" + record["Quantity"].lstrip("-")
                net = -net
            subscription, group = rng.choice(places)
            currency = rng.choice(currencies)
            place_record(rng, record, customer, subscription, group)
            record["Tier2MpnId"] = rng.choice(resellers)
            record["PricingCurrency"] = any_case(rng, currency)
            record["UsageDate"] = day.isoformat()
            record["ChargeStartDate"] = day.replace(day=1).isoformat()
            record["ChargeEndDate"] = month_end(day).isoformat()
            found.append(Charge((customer.lower(), currency), day, record, net))
    return found


def record_of(rng: random.Random, amounts: Amounts, plain: bool) -> tuple[Record, Fraction]:
    price, quantity = amounts.pair()
    record: Record = {
        "InvoiceNumber": rng.choice(("", "G002297372")),
        "SkuId": "0001",
        "SkuName": rng.choice(("D2s v3", "P10 Disks")),
        "ProductName": rng.choice(("Tables - LRS", "Hotspot Hours")),
        "PublisherName": rng.choice(("Microsoft", "", "Microsoft Azure")),
        "SubscriptionDescription": rng.choice(("Azure plan", "")),
        "MeterName": rng.choice(("D2s v3", "Spotlight Search")),
        "ChargeType": rng.choice(("new", "Usage", "")),
        "UnitPrice": price,
        "Quantity": quantity,
        "Tags": rng.choice(("", '{"cc": "1,2"}')),
        "AdditionalInfo": rng.choice(("", '{"Priority": "Regular"}')),
        "PartnerEarnedCreditPercentage": rng.choice(PAID if rng.random() < 0.55 else UNPAID),
        "CreditPercentage": "0",
        "CreditType": rng.choice(("", "Credit Not Applied")),
        "BenefitType": rng.choice(("", "Charge")),
    }
    if rng.random() < 0.02:
        record["PartnerEarnedCreditPercentage"] = "7.5%"
    roll = 1.0 if plain else rng.random()
    covered = True
    if roll < 0.08:
        record.update(rng.choice(SPOT))
    elif roll < 0.16:
        record.update(rng.choice(FLAGS))
        if rng.random() < 0.9:
            record["PartnerEarnedCreditPercentage"] = "0"
        if rng.random() < 0.1:
            record.update(rng.choice(SPOT))
    elif roll < 0.24:
        record.update(rng.choice(BYPASS))
        covered = False
    elif roll < 0.28:
        record.update(rng.choice(PURCHASES))
        covered = False
    cost = parse_number(price) * parse_number(quantity)
    return record, cost if covered else Fraction(0)


def place_record(
    rng: random.Random, record: Record, customer: str, subscription: str, group: str
) -> None:
    base = f"/subscriptions/{subscription}/resourceGroups/{group}/providers"
    record["CustomerId"] = ("org:" if rng.random() < 0.05 else "") + any_case(rng, customer)
    record["EntitlementId"] = any_case(rng, subscription)
    record["ResourceGroup"] = any_case(rng, group)
    record["ResourceURI"] = f"{base}/Microsoft.Compute/virtualMachines/vm{rng.randint(1, 3)}"


def usage_of(rng: random.Random, records: list[Record]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=rng.choice(("\n", "\r\n")))
    writer.writerow(COLUMNS)
    writer.writerows([record.get(column, "") for column in COLUMNS] for record in records)
    return text.getvalue().encode()


# Credits


def settings_of(rng: random.Random) -> str:
    lines = []
    mode = rng.choice(("daily", "daily", "deck"))
    if mode == "deck" or rng.random() < 0.3:
        lines.append(f'mode = "{mode}"')
    if rng.random() < 0.3:
        lines.append(f"reservations = {rng.choice(('true', 'true', 'false'))}")
    return "\n".join(["[drawdown]", *lines, ""]) if lines else ""


def credits_of(rng: random.Random, customers: list[str], charges: list[Charge]) -> list[str]:
    """Tables of the file: for each customer and currency none, one or several."""
    tables = []
    for account, daily in daily_totals(charges):
        customer = next(one for one in customers if one.lower() == account[0])
        count = rng.choice((0, 1, 1, 1, 2, 2, 3))
        share = Fraction(1, max(count, 1))
        for _ in range(count):
            tables.append(Table(rng, customer, account[1], daily, share).text(len(tables)))
    if rng.random() < 0.08:  # of a customer that uses nothing
        tables.append(
            f'[[credit]]\ncustomer = "{guid(rng)}"\ngranted = "100"\n'
            "effective = 2020-01-01\nexpiry = 2030-12-31\n"
        )
    return tables


def daily_totals(charges: list[Charge]) -> list[tuple[Account, list[tuple[date, Fraction]]]]:
    totals: defaultdict[Account, defaultdict[date, Fraction]] = defaultdict(
        lambda: defaultdict(Fraction)
    )
    for charge in charges:
        totals[charge.account][charge.day] += charge.net
    return [(account, sorted(days.items())) for account, days in sorted(totals.items())]


class Table:
    """One credit, made to fit what one customer uses in one currency."""

    def __init__(
        self,
        rng: random.Random,
        customer: str,
        currency: str,
        daily: list[tuple[date, Fraction]],
        share: Fraction,
    ) -> None:
        self.rng, self.customer, self.currency = rng, customer, currency
        self.days = [day for day, _ in daily]
        at = rng.randrange(len(daily))
        self.ends = self.days[at]
        spent = sum((net for _, net in daily[:at]), Fraction(0))
        self.balance = self.amount(spent, daily[at][1], share)
        self.effective, self.expiry = self.days_in_force()

    def amount(self, before: Fraction, of_day: Fraction, share: Fraction) -> Fraction:
        """What is left on the day on which it ends: all of its usage, a part, or more."""
        rng = self.rng
        story = rng.choice(
            ("part", "part", "part", "third", "exact", "cent", "fine", "ample", "round")
        )
        amount = before + of_day * Fraction(rng.randint(1, 99), 100)
        if story == "third":
            amount = before + of_day / 3
        elif story in ("exact", "cent"):
            amount = before + of_day
        elif story == "ample":
            amount = (before + of_day) * 5 + 100
        if story in ("part", "third", "round"):
            amount = cut(amount, 0 if story == "round" else 2)
        elif story == "fine":
            amount = cut(amount, rng.randint(3, 20))
        if story != "ample" and story != "exact":
            amount = cut(amount * share, max(2, decimals_of(amount)))
        if story == "cent":
            amount -= Fraction(1, 100)
        return amount if amount > 0 else Fraction(rng.randint(1, 500), 100)

    def days_in_force(self) -> tuple[date, date]:
        rng, first, last = self.rng, self.days[0], self.days[-1]
        effective = rng.choice(
            (first - 200 * DAY, first.replace(day=1), first, rng.choice(self.days), self.ends)
        )
        expiry = rng.choice(
            (
                effective + 365 * DAY,
                last + 30 * DAY,
                last,
                self.ends,
                rng.choice(self.days),
                rng.choice(self.days) + DAY,
                month_end(rng.choice(self.days)),
            )
        )
        if rng.random() < 0.03:  # over, or not begun
            effective = rng.choice((first - 90 * DAY, last + 5 * DAY))
            expiry = effective + 20 * DAY
        return min(effective, expiry), max(effective, expiry)

    def text(self, number: int) -> str:
        rng = self.rng
        statements, granted = self.statements()
        lines = ["[[credit]]"]
        if rng.random() < 0.6:
            name = rng.choice(("agreement", "ACO", "z", "a"))
            lines.append(f'id = "{name}-{number}"')
        lines.append(f'customer = "{any_case(rng, self.customer)}"')
        if self.currency != "USD" or rng.random() < 0.3:
            lines.append(f'currency = "{self.currency}"')
        lines.append(f'granted = "{amount_text(granted)}"')
        lines += [f"effective = {self.effective}", f"expiry = {self.expiry}"]
        return "\n".join([*lines, *statements, ""])

    def statements(self) -> tuple[list[str], Fraction]:
        """Of months before the usage, where it was in force; later ones change nothing."""
        rng = self.rng
        month = self.days[0].replace(day=1)
        granted = self.balance
        found: list[str] = []
        before = [month_before(month, count) for count in (3, 2, 1)]
        before = [one for one in before if one >= self.effective.replace(day=1)]
        if before and rng.random() < 0.6:
            used = cut(self.balance * Fraction(rng.randint(0, 150), 100), 2)
            over = self.expiry < month
            lost = (
                Fraction(rng.randint(1, 999), 100) if over or rng.random() < 0.15 else Fraction(0)
            )
            granted = used + lost if over else self.balance + used + lost
            # Months go on as they came: what is used grows, and the last one is what counts.
            for count, one in enumerate(before, 1):
                so_far = used if one == before[-1] else cut(used * Fraction(count, 9), 2)
                last = one == before[-1]
                balance = None if not last or not lost else Fraction(0) if over else self.balance
                found += statement(one, so_far, balance)
            if rng.random() < 0.3:
                found = statement_blocks_turned(found)
        if rng.random() < 0.25:
            found += statement(month, granted, Fraction(0))
        return found, granted if granted > 0 else Fraction(1)


def statement(month: date, used: Fraction, balance: Fraction | None) -> list[str]:
    lines = ["[[credit.statement]]", f'month = "{month:%Y-%m}"', f'used = "{amount_text(used)}"']
    return lines if balance is None else [*lines, f'balance = "{amount_text(balance)}"']


def statement_blocks_turned(lines: list[str]) -> list[str]:
    """The same statements, the last one first."""
    starts = [at for at, line in enumerate(lines) if line.startswith("[[")]
    blocks = [lines[a:b] for a, b in zip(starts, [*starts[1:], len(lines)], strict=True)]
    return [line for block in reversed(blocks) for line in block]


def month_before(month: date, count: int) -> date:
    for _ in range(count):
        month = (month - DAY).replace(day=1)
    return month


def cut(amount: Fraction, decimals: int) -> Fraction:
    return Fraction(int(amount * 10**decimals), 10**decimals)
