"""Numbers as exact fractions: reading a cell, and writing an amount back as text.

Written from the decisions on numbers and percent cells (spec.md, "Input -> rows") and from the
published facts about the digits they carry (15 significant digits, prices with up to 22 decimals,
exponents as in 8.5e-05). No float and no rounding anywhere.
"""

from __future__ import annotations

import re
from fractions import Fraction

NUMBER = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?")

SIGNIFICANT_DIGITS = 38
DECIMALS = 48
PRODUCT_DECIMALS = 50
LIST_COST_LIMIT = Fraction(10**13)
# Not a rule: it only keeps 1e999999999 from filling the memory of this program.
ABSURD_EXPONENT = 10_000

RATE = Fraction(15, 100)  # R67: "Either 0 or 15 percent."
PERCENT_DECIMALS = 6


class Refusal(ValueError):
    """A cell that cannot be read; the message says what was expected."""


def parse_number(text: str) -> Fraction:
    """Sign, digits, point, digits, exponent; nothing else (no 1,5 and no (1.5))."""
    match = NUMBER.fullmatch(text)
    if match is None or not (match[2] or match[3]):
        raise Refusal("a plain decimal number")
    sign, whole, fraction, exponent_text = match.groups(default="")
    if len(exponent_text) > 8 or abs(int(exponent_text or 0)) > ABSURD_EXPONENT:
        raise Refusal("a number of a sensible size")
    digits = (whole + fraction).lstrip("0")
    decimals = len(fraction) - int(exponent_text or 0)
    kept = digits.rstrip("0")
    decimals -= len(digits) - len(kept)
    if not kept:
        return Fraction(0)
    if len(kept) > SIGNIFICANT_DIGITS:
        raise Refusal(f"at most {SIGNIFICANT_DIGITS} significant digits")
    if decimals > DECIMALS:
        raise Refusal(f"at most {DECIMALS} decimals")
    coefficient = -int(kept) if sign == "-" else int(kept)
    if decimals >= 0:
        return Fraction(coefficient, 10**decimals)
    # No published value comes near: what is held exactly has at most so many digits before the point.
    if len(kept) - decimals > SIGNIFICANT_DIGITS:
        raise Refusal(f"at most {SIGNIFICANT_DIGITS} digits")
    return Fraction(coefficient * 10**-decimals)


def decimals_of(value: Fraction) -> int:
    """How many decimals the value needs, trailing zeros dropped."""
    rest = value.denominator
    twos = (rest & -rest).bit_length() - 1
    rest >>= twos
    fives = 0
    while rest % 5 == 0:
        rest //= 5
        fives += 1
    assert rest == 1, "every amount here is a decimal"
    return max(twos, fives)


def list_cost(unit_price: Fraction, quantity: Fraction) -> Fraction:
    """UnitPrice x Quantity to the last digit (F4), or refused, never rounded."""
    if decimals_of(unit_price) + decimals_of(quantity) > PRODUCT_DECIMALS:
        raise Refusal(f"a price and a quantity with at most {PRODUCT_DECIMALS} decimals together")
    product = unit_price * quantity
    if abs(product) >= LIST_COST_LIMIT:
        raise Refusal("a list cost below 10000000000000")
    return product


def parse_percent(text: str, boolean_column: bool = False) -> Fraction:
    """A percent cell as a fraction of one: 15, 15.0, 15%, 0.15 and true are all 3/20.

    `boolean_column` is the older HasPartnerEarnedCredit, where 1 and 0 are yes and no.
    """
    lowered = text.lower()
    if lowered == "":
        return Fraction(0)
    if lowered in ("true", "yes"):
        return RATE
    if lowered in ("false", "no"):
        return Fraction(0)
    signed = lowered.endswith("%")
    number = parse_number(lowered[:-1].rstrip() if signed else lowered)
    if boolean_column and not signed and number == 1:
        return RATE
    fraction = number / 100 if signed or number > 1 else number
    if not 0 <= fraction <= 1:
        raise Refusal("a percentage from 0 to 100")
    if decimals_of(fraction) > PERCENT_DECIMALS:
        raise Refusal(f"a percentage with at most {PERCENT_DECIMALS} decimals as a fraction")
    return fraction


def amount_text(value: Fraction) -> str:
    """A plain decimal: no exponent, trailing zeros dropped, at least two decimals."""
    places = max(2, decimals_of(value))
    scaled = abs(value) * 10**places
    digits = str(scaled.numerator).rjust(places + 1, "0")
    sign = "-" if value < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}"
