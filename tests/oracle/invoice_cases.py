"""Small cases of one key, written by hand: what each must come to, worked out on paper."""

from __future__ import annotations

from dataclasses import dataclass

from invoice_figures import BOTH, PEC, PROMOTION, TIER

COVERED = {"BenefitType": "SavingsPlan", "PricingPreTaxTotal": "0"}
CREDITED = {"CreditType": "Azure Credit Applied", "CreditPercentage": "100"}


@dataclass(frozen=True)
class Case:
    """One key.

    Daily: day, UnitPrice, Quantity, PEC and the exchange rate, blank where not given.
    Invoice: UnitPrice, BillableQuantity, Subtotal, adjustments and the exchange rate, else 1.
    """

    name: str
    daily: tuple[tuple[str, ...], ...]
    invoice: tuple[tuple[str, ...], ...]
    tied: bool = True
    method: str | None = None
    amounts: tuple[str, str, str, str | None] = ("", "", "", None)  # daily to tolerance
    because: tuple[str, ...] = ()
    currency: str = "USD"
    cells: tuple[dict[str, str], ...] = ()  # laid over the daily lines, one by one
    extra: tuple[dict[str, str], ...] = ()  # invoice rows of the same key


DAYS_29 = (("1", "0.868", "9", "15"), ("2", "0.868", "20", "15"))
PARTLY = (("1", "0.868", "14.5", "15"), ("2", "0.868", "14.5", "0"))

CASES = (
    Case("published month, two days", DAYS_29, (("0.868", "29", "21.39", PEC),)),
    Case(
        "days summed before the cut",
        (("1", "0.868", "29", "15"),) * 2,
        (("0.868", "58", "42.79", PEC),),
    ),
    Case(
        "a cent too much",
        DAYS_29,
        (("0.868", "29", "21.40", PEC),),
        False,
        "forward",
        ("21.39", "21.40", "0.01", "0.00"),
        ("amount",),
    ),
    Case(
        "a cent too little",
        DAYS_29,
        (("0.868", "29", "21.38", PEC),),
        False,
        "forward",
        ("21.39", "21.38", "-0.01", "0.00"),
        ("amount",),
    ),
    Case("in yen", DAYS_29, (("0.868", "29", "2363", PEC, "110.5"),), currency="JPY"),
    Case(
        "a yen too much",
        DAYS_29,
        (("0.868", "29", "2364", PEC, "110.5"),),
        False,
        "forward",
        ("2363.00", "2364.00", "1.00", "0.00"),
        ("amount",),
        "JPY",
    ),
    # 14.5 x 0.868 = 12.586; with PEC 10.6981. Two lines: 10.69 + 12.58.
    Case(
        "two lines for a partly credited month",
        PARTLY,
        (("0.868", "14.5", "10.69", PEC), ("0.868", "14.5", "12.58", "")),
    ),
    # One line: 23.2841 is 23.28; the interval is (23.2641, 23.2841].
    Case("one line for it", PARTLY, (("0.868", "29", "23.28", PEC),)),
    Case("a cent less lies in the interval", PARTLY, (("0.868", "29", "23.27", PEC),)),
    Case(
        "a cent more does not",
        PARTLY,
        (("0.868", "29", "23.29", PEC),),
        False,
        "interval",
        ("23.27", "23.29", "0.02", "0.02"),
        ("partial_credit",),
    ),
    Case(
        "two cents less do not",
        PARTLY,
        (("0.868", "29", "23.26", PEC),),
        False,
        "interval",
        ("23.27", "23.26", "-0.01", "0.02"),
        ("partial_credit",),
    ),
    # Negative: -23.2841, interval [-23.2841, -23.2641).
    Case(
        "a refund is cut toward zero",
        (("1", "0.868", "-14.5", "15"), ("2", "0.868", "-14.5", "0")),
        (("0.868", "-29", "-23.28", PEC),),
    ),
    Case(
        "and not past it",
        (("1", "0.868", "-14.5", "15"), ("2", "0.868", "-14.5", "0")),
        (("0.868", "-29", "-23.29", PEC),),
        False,
        "interval",
        ("-23.27", "-23.29", "-0.02", "0.02"),
        ("partial_credit",),
    ),
    # The published free tier: 5 free, 32 x 2.99 x 0.85 = 81.328.
    Case(
        "free tier on a line of its own",
        (("1", "2.99", "5", "15"), ("2", "2.99", "32", "15")),
        (("2.99", "5", "0", BOTH), ("2.99", "32", "81.32", PEC)),
    ),
    Case(
        "the published 81.33 (R79)",
        (("1", "2.99", "5", "15"), ("2", "2.99", "32", "15")),
        (("2.99", "5", "0", BOTH), ("2.99", "32", "81.33", PEC)),
        False,
        "forward",
        ("81.32", "81.33", "0.01", "0.00"),
        ("tier_price",),
    ),
    # pricelist_tier_sample: 100 x 1 + 1 x 0.80 = 100.80
    Case(
        "the price of each tier",
        (("1", "1", "101", "0"),),
        (("1", "100", "100.00", ""), ("0.80", "1", "0.80", "")),
    ),
    Case(
        "tier 1 of price nothing on the invoice alone",
        (("2", "2.99", "32", "15"),),
        (("0", "5", "0", PEC), ("2.99", "32", "81.32", PEC)),
    ),
    Case("all inside the free tier", (("1", "2.99", "5", "0"),), (("2.99", "5", "0", TIER),)),
    Case(
        "tier lines that do not add up",
        (("1", "2.99", "40", "15"),),
        (("2.99", "5", "0", BOTH), ("2.99", "32", "81.32", PEC)),
        False,
        None,
        ("101.66", "81.32", "-20.34", None),
        ("tier_price", "quantity"),
    ),
    Case(
        "a promotion",
        (("1", "10", "3", "0"),),
        (("10", "3", "27", PROMOTION),),
        False,
        "forward",
        ("30.00", "27.00", "-3.00", "0.00"),
        ("promotion",),
    ),
    Case(
        "PEC that was not given",
        DAYS_29,
        (("0.868", "29", "25.17", ""),),
        False,
        "interval",
        ("21.39", "25.17", "3.78", "0.02"),
        ("credit_rate",),
    ),
    Case(
        "Azure credit at month end",
        DAYS_29,
        (("0.868", "29", "25.17", ""),),
        False,
        "interval",
        ("21.39", "25.17", "3.78", "0.02"),
        ("credit_at_month_end", "credit_rate"),
        extra=({"ChargeType": "CustomerCredit", "Subtotal": "-25.17"},),
    ),
    Case(
        "Azure credit day by day",
        (("1", "0.868", "29", "0"),),
        (("0.868", "29", "25.17", ""),),
        cells=(CREDITED,),
        extra=({"CreditReasonCode": "Azure Consumption Credit", "Subtotal": "-25.17"},),
    ),
    Case(
        "late usage",
        DAYS_29,
        (("0.868", "30", "22.13", PEC),),
        False,
        "interval",
        ("21.39", "22.13", "0.74", "0.02"),
        ("late_usage",),
    ),
    Case(
        "a missing day",
        (("1", "0.868", "9", "15"), ("3", "0.868", "20", "15")),
        (("0.868", "30", "22.13", PEC),),
        False,
        "interval",
        ("21.39", "22.13", "0.74", "0.02"),
        ("missing_day",),
    ),
    Case(
        "less quantity",
        DAYS_29,
        (("0.868", "28", "20.65", PEC),),
        False,
        "interval",
        ("21.39", "20.65", "-0.74", "0.02"),
        ("quantity",),
    ),
    Case(
        "another rate printed",
        (("1", "10", "3", "0", "0.9"),),
        (("10", "3", "27", "", "0.8"),),
        False,
        "forward",
        ("24.00", "27.00", "3.00", "0.00"),
        ("exchange_rate",),
        "EUR",
    ),
    Case(
        "no daily lines",
        (),
        (("10", "3", "30", ""),),
        False,
        None,
        ("0.00", "30.00", "30.00", None),
        ("no_daily_lines",),
    ),
    Case("no daily lines, nothing asked", (), (("10", "3", "0.00", ""),)),
    Case(
        "no invoice line",
        (("1", "10", "3", "0"),),
        (),
        False,
        None,
        ("30.00", "0.00", "-30.00", None),
        ("no_invoice_line",),
    ),
    Case("no invoice line for less than a cent", (("1", "0.001", "3", "0"),), ()),
    Case(
        "covered by a savings plan",
        (("1", "0.868", "29", "15"), ("1", "0.868", "700", "15")),
        (("0.868", "29", "21.39", PEC),),
        cells=({}, COVERED),
    ),
    # Six decimals are printed; the daily file has more.
    Case(
        "quantity cut at six decimals",
        (("1", "0.868", "14.5000004", "15"), ("2", "0.868", "14.5000005", "15")),
        (("0.868", "29", "21.39", PEC),),
    ),
    Case(
        "seven decimals printed",
        (("1", "10", "1.00000019", "0"),),
        (("10", "1.0000001", "10", ""),),
    ),
    # 8.50 + 10 are whole cents: the interval is (18.48, 18.50], one end out and one in.
    Case(
        "the upper end belongs to the interval",
        (("1", "10", "1", "15"), ("2", "10", "1", "0")),
        (("10", "2", "18.50", PEC),),
    ),
    Case(
        "the lower end does not",
        (("1", "10", "1", "15"), ("2", "10", "1", "0")),
        (("10", "2", "18.48", PEC),),
        False,
        "interval",
        ("18.50", "18.48", "-0.02", "0.02"),
        ("partial_credit",),
    ),
    Case(
        "a group below a cent has no line, the other is a cent off",
        (("1", "0.868", "29", "15"), ("2", "0.001", "3", "15")),
        (("0.868", "29", "21.38", PEC),),
        False,
        "forward",
        ("21.39", "21.38", "-0.01", "0.00"),
        ("amount",),
    ),
    Case(
        "credited lines carry no PEC, whatever else they say",
        (("1", "0.868", "29", "15"),),
        (("0.868", "29", "25.17", ""),),
        cells=(CREDITED,),
    ),
    Case(
        "a savings plan line with an amount was charged",
        (("1", "0.868", "29", "15"),),
        (("0.868", "29", "21.39", PEC),),
        cells=({"BenefitType": "SavingsPlan", "PricingPreTaxTotal": "21.3962"},),
    ),
    # Two exchange rates in the daily file, one line: 20 x 0.9, the interval is (17.981, 18].
    Case(
        "a daily file with two exchange rates",
        (("1", "10", "1", "0", "0.9"), ("2", "10", "1", "0", "0.8")),
        (("10", "2", "18", "", "0.9"),),
        currency="EUR",
    ),
    Case(
        "and a cent more",
        (("1", "10", "1", "0", "0.9"), ("2", "10", "1", "0", "0.8")),
        (("10", "2", "18.01", "", "0.9"),),
        False,
        "interval",
        ("18.00", "18.01", "0.01", "0.019"),
        ("exchange_rate",),
        "EUR",
    ),
    Case(
        "half of it invoiced, which fits either exchange rate",
        (("1", "10", "1", "0", "0.9"), ("2", "10", "1", "0", "0.8")),
        (("10", "1", "9", "", "0.9"),),
        False,
        "interval",
        ("18.00", "9.00", "-9.00", "0.019"),
        ("quantity", "exchange_rate"),
        "EUR",
    ),
    # 8.50 x 0.9 = 7.65 and 10 x 0.8 = 8: each line at its own rate.
    Case(
        "two exchange rates on the invoice",
        (("1", "10", "1", "15"), ("2", "10", "1", "0")),
        (("10", "1", "7.65", PEC, "0.9"), ("10", "1", "8", "", "0.8")),
        currency="EUR",
    ),
    Case(
        "no interval with two exchange rates",
        (("1", "10", "2", "15"),),
        (("10", "1", "7.65", PEC, "0.9"), ("10", "1", "6.80", PEC, "0.8")),
        False,
        None,
        ("17.00", "14.45", "-2.55", None),
        ("exchange_rate",),
        "EUR",
    ),
    Case(
        "the exchange rate of the rest of the invoice",
        (("1", "10", "3", "0"),),
        (),
        False,
        None,
        ("27.00", "0.00", "-27.00", None),
        ("no_invoice_line",),
        "EUR",
        extra=({"Quantity": "5", "Subtotal": "100", "PCToBCExchangeRate": "0.9"},),
    ),
    # Two lines of one price: 12.586 each; 25.172 in all. Interval (25.132, 25.172].
    Case(
        "one price in two lines",
        (("1", "0.868", "29", "0"),),
        (("0.868", "14.5", "12.58", ""), ("0.868", "14.5", "12.58", "")),
    ),
    Case(
        "one price in two lines, more than the whole",
        (("1", "0.868", "29", "0"),),
        (("0.868", "14.5", "12.59", ""), ("0.868", "14.5", "12.59", "")),
        False,
        "interval",
        ("25.17", "25.18", "0.01", "0.04"),
        ("amount",),
    ),
)
