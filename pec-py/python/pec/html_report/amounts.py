"""Amounts of tables: added exactly, shown to the cent."""

from __future__ import annotations

import decimal
from collections.abc import Iterable
from decimal import Decimal

# An amount has 38 digits or, as a text, a few more: nothing is rounded that is not meant to be.
_EXACT = decimal.Context(prec=200, rounding=decimal.ROUND_HALF_EVEN)
_CENT = Decimal("0.01")
ZERO = Decimal(0)


def amount(cell: Decimal | str | int | None) -> Decimal:
    """The amount in a cell of a result's table: a text where 38 digits do not do, nothing where there is none."""
    return ZERO if cell is None else Decimal(cell)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The exact sum."""
    found = ZERO
    for one in amounts:
        found = _EXACT.add(found, one)
    return found


def exact(value: Decimal) -> str:
    """Every digit, without needless zeros and without an exponent."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def cents(value: Decimal) -> str:
    """To the cent, ties to even, as the report shows it."""
    return f"{_EXACT.quantize(value, _CENT):,}"


def share(part: Decimal, whole: Decimal, steps: int) -> int:
    """How many of so many equal steps a part takes of a whole, cut; for drawing and for shares in words."""
    return int(_EXACT.divide_int(_EXACT.multiply(part, Decimal(steps)), whole)) if whole > 0 and part > 0 else 0
