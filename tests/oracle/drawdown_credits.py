"""Azure credits as a credits.toml states them, and what is known of their use before a run.

From the contract of the file: amounts are texts, a credit pays from `effective` to `expiry`, both
inside; a statement tells its use at the end of a month, as the balance report does (ACO12).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from amounts import parse_number

Order = tuple[date, date, str]
Span = tuple[date, date]  # first and last day of what is drawn as one amount


@dataclass(frozen=True)
class Statement:
    month: date  # its first day
    used: Fraction  # since the grant (CreditAmount)
    balance: Fraction


@dataclass
class Credit:
    """One grant and where it stands; `balance` and the like change as a run goes on."""

    id: str
    customer: str
    currency: str
    granted: Fraction
    effective: date
    expiry: date
    statements: list[Statement]
    drawn_before: Fraction = Fraction(0)
    drawn: Fraction = Fraction(0)
    expired: Fraction = Fraction(0)
    balance: Fraction = Fraction(0)
    ended_on: date | None = None

    @property
    def order(self) -> Order:
        """Who pays first; no source tells (ACO16), so this is a choice."""
        return self.expiry, self.effective, self.id

    def begin(self, first: date | None) -> None:
        """Stand as the latest statement says that is of a month before the first usage."""
        self.balance = self.granted
        known = [one for one in self.statements if first and one.month < first.replace(day=1)]
        if known:
            last = max(known, key=lambda one: one.month)
            self.drawn_before, self.balance = last.used, last.balance
            self.expired = self.granted - last.used - last.balance


@dataclass(frozen=True)
class Offer:
    """A whole credits.toml."""

    deck: bool = False
    reservations: bool = False
    credits: list[Credit] = field(default_factory=list)


def offer_of(text: str) -> Offer:
    document = tomllib.loads(text)
    settings = document.get("drawdown", {})
    found = []
    for number, table in enumerate(document.get("credit", []), 1):
        granted = parse_number(table["granted"])
        credit = Credit(
            id=table.get("id", f"credit-{number}"),
            customer=table["customer"].strip().lower().removeprefix("org:"),
            currency=table.get("currency", "USD").upper(),
            granted=granted,
            effective=table["effective"],
            expiry=table["expiry"],
            statements=[statement_of(one, granted) for one in table.get("statement", [])],
        )
        assert granted > 0 and credit.effective <= credit.expiry, credit
        found.append(credit)
    return Offer(settings.get("mode") == "deck", settings.get("reservations", False), found)


def statement_of(table: dict, granted: Fraction) -> Statement:
    used = parse_number(table["used"])
    balance = parse_number(table["balance"]) if "balance" in table else granted - used
    return Statement(date.fromisoformat(f"{table['month']}-01"), used, balance)


# What a total does to the credits of a customer in a currency


def draw(amount: Fraction, known: list[Credit]) -> Fraction:
    left = amount
    for credit in sorted(known, key=lambda one: one.order):
        taken = min(left, credit.balance)
        credit.balance -= taken
        credit.drawn += taken
        left -= taken
    return amount - left


def give_back(amount: Fraction, known: list[Credit], span: Span) -> Fraction:
    """To those that paid, the last to pay first; what comes back after the expiry is lost."""
    left = amount
    for credit in sorted(known, key=lambda one: one.order, reverse=True):
        given = min(left, credit.drawn_before + credit.drawn)
        credit.drawn -= given
        if credit.expiry < span[0]:
            credit.expired += given
        else:
            credit.balance += given
        left -= given
    return amount - left


def move(total: Fraction, in_force: list[Credit], known: list[Credit], span: Span) -> Fraction:
    if total >= 0:
        return draw(total, in_force)
    return -give_back(-total, known, span)


def is_in_force(credit: Credit, span: Span) -> bool:
    return credit.effective <= span[1] and credit.expiry >= span[0]
