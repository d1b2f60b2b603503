"""The arithmetic of an invoice line: from a quantity and a price to the amount that is billed.

Each function says where its rule is published. Two documents contradict this on one cent: 2.5415 x 32
shown as 81.33 (R79); the rule gives 81.32 and the rule is followed.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

CENTS = 2
ZERO = Fraction(0)
ONE = Fraction(1)

# R83 (inferred; finops-toolkit issue 1231): amounts are trimmed to the decimals of the currency. ISO 4217
# lists these without decimals. For every other currency the documented two are kept (R78).
ZERO_DECIMAL = frozenset(
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split()
)

SHOWN_DIGITS = 15  # R70: EffectiveUnitPrice is shown with 15 significant digits


def decimals_of_currency(currency: str) -> int:
    return 0 if currency.upper() in ZERO_DECIMAL else CENTS


def cut(value: Fraction, decimals: int) -> Fraction:
    """ROUNDDOWN, as the formulas say; negative amounts toward zero too (Finding 6: FLOOR fails)."""
    scaled = value * 10**decimals
    whole = abs(scaled.numerator) // scaled.denominator
    return Fraction(-whole if value < 0 else whole, 10**decimals)


def net(
    quantity: Fraction, unit_price: Fraction, rate: Fraction, tier: Fraction = ZERO
) -> Fraction:
    """Before any cut. R74 (inferred): the tier first, PEC on what is left (0 stays 0)."""
    return quantity * unit_price * (ONE - tier) * (ONE - rate)


def billable_cost(
    quantity: Fraction, unit_price: Fraction, rate: Fraction, tier: Fraction = ZERO
) -> Fraction:
    """BC = ROUNDDOWN(BCU x UP x 0.85, 2), azure-plan-billing.md (R70); proven by Finding 1.

    Without PEC it is cut the same way (Finding 2). In pricing currency, per meter and price (R71).
    """
    return cut(net(quantity, unit_price, rate, tier), CENTS)


def effective_unit_price(cost: Fraction, quantity: Fraction) -> str:
    """EUP = BC / BCU (the page prints the quotient upside down), 15 significant digits, half-up.

    Half-up is what the three published values need; no text says how the last digit comes about.
    """
    with localcontext() as context:
        context.prec = 120
        exact = Decimal((cost / quantity).numerator) / Decimal((cost / quantity).denominator)
        context.prec, context.rounding = SHOWN_DIGITS, ROUND_HALF_UP
        shown = +exact
    text = format(shown, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def exchanged(amount: Fraction, exchange_rate: Fraction, currency: str) -> Fraction:
    """The outer ROUNDDOWN(... x PCToBCExchangeRate, 2), at the decimals of the billing currency (R78, R83)."""
    return cut(amount * exchange_rate, decimals_of_currency(currency))


def usage_subtotal(
    quantity: Fraction,
    unit_price: Fraction,
    rate: Fraction,
    exchange_rate: Fraction,
    currency: str,
    tier: Fraction = ZERO,
) -> Fraction:
    """Subtotal = ROUNDDOWN(ROUNDDOWN(EUP x BillableQuantity, 2) x PCToBCExchangeRate, 2) (R78).

    From quantity and price, never from a printed EUP, which can lose a cent (Finding 2).
    """
    return exchanged(billable_cost(quantity, unit_price, rate, tier), exchange_rate, currency)


def subtotal_from_shown_price(
    effective: Fraction, quantity: Fraction, exchange_rate: Fraction, currency: str
) -> Fraction:
    """The published usage formula taken at its word; only to show that it can lose a cent."""
    return exchanged(cut(effective * quantity, CENTS), exchange_rate, currency)


def licence_subtotal_documented(
    effective: Fraction, quantity: Fraction, exchange_rate: Fraction, currency: str
) -> Fraction:
    """Subtotal = ROUNDDOWN(EUP x PCToBCExchangeRate, 2) x BillableQuantity, as documented (R78).

    Matches the published upgrades and cancellations (Finding 6).
    """
    return exchanged(effective, exchange_rate, currency) * quantity


def licence_subtotal_published(
    effective: Fraction, quantity: Fraction, exchange_rate: Fraction, currency: str
) -> Fraction:
    """ROUNDDOWN(EUP x quantity, 2) with the unrounded EUP: 16 of 16 published seat changes (Finding 6)."""
    return exchanged(effective * quantity, exchange_rate, currency)


def prorated(unit_price: Fraction, cycle_days: int, billed_days: int) -> Fraction:
    """EUP of a seat line = UnitPrice / days of the cycle x days billed (Finding 6)."""
    return unit_price / cycle_days * billed_days


def step(exchange_rate: Fraction, currency: str) -> Fraction:
    """What one invoice line can lose at most by the two cuts, in billing currency (never all of it).

    Less than 0.01 in pricing currency, times the rate, and less than one unit after exchange.
    """
    unit = Fraction(1, 10 ** decimals_of_currency(currency))
    return Fraction(1, 10**CENTS) * exchange_rate + unit
