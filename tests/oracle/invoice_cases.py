"""Small cases written by hand: figures that were published or worked out on paper, never by this program."""

from __future__ import annotations

from dataclasses import dataclass

PEC = '["15.0% Partner earned credit for services managed"]'
TIER = '["100.0% Tier 1 Discount"]'
BOTH = '["15.0% Partner earned credit for services managed","100.0% Tier 1 Discount"]'
PROMOTION = '["You are getting a discount due to a pre-determined override."]'
COVERED = {"BenefitType": "SavingsPlan", "PricingPreTaxTotal": "0"}
CREDITED = {"CreditType": "Azure Credit Applied", "CreditPercentage": "100"}

# quantity, price, rate, exchange rate, currency -> Subtotal, and where the figure is from
SUBTOTALS = (
    ("29", "0.868", "0.15", "1", "USD", "21.39", "Finding 1"),
    ("210.950039", "0.868", "0.15", "1", "USD", "155.63", "Finding 1"),
    ("555.950039", "0.868", "0.15", "1", "USD", "410.17", "Finding 1"),
    ("93.983353", "0.216", "0.15", "1", "USD", "17.25", "Finding 2: 17.25534..."),
    ("62.501", "0.2", "0", "1", "USD", "12.50", "Finding 2: 12.5002, cut without PEC too"),
    ("0.005001", "0.045", "0.15", "0.846202666", "EUR", "0", "sample row of 2021: 0.000191..."),
    ("32", "2.99", "0.15", "1", "USD", "81.32", "R79: 81.328; the page shows 81.33"),
    ("50", "14.4", "0", "1", "USD", "720", "Power BI, v1 sample"),
    # 410.17 x 0.846202666 = 347.0869475...
    ("555.950039", "0.868", "0.15", "0.846202666", "EUR", "347.08", "both cuts"),
    # 21.39 x 110.5 = 2363.595: no decimals in JPY
    ("29", "0.868", "0.15", "110.5", "JPY", "2363", "R83"),
    ("29", "0.868", "0.15", "1300.25", "KRW", "27812", "R83: 27812.3475"),
    ("-29", "0.868", "0.15", "1", "USD", "-21.39", "toward zero: -21.39620"),
    ("-29", "0.868", "0.15", "110.5", "JPY", "-2363", "toward zero twice"),
    ("1", "0.01", "0.15", "1", "USD", "0", "0.0085: below a cent"),
    ("1", "0.0118", "0.15", "110.5", "JPY", "1", "0.01003 is 0.01, times 110.5 is 1.105"),
    ("1", "0.0117", "0.15", "110.5", "JPY", "0", "0.009945 is nothing before exchange"),
    # 28 digits: a decimal type of 28 digits rounds the product to 100.0000000000000000000000000
    ("9.999999999999999", "10.0000000000000009", "0", "1", "USD", "99.99", "33 digits of 9.99..."),
    # 38 digits: 1 - 1e-38 as 1.0000000000000000001 x 0.9999999999999999999
    ("1.0000000000000000001", "0.9999999999999999999", "0", "1", "USD", "0.99", "38 digits"),
    ("1.0000000000000000001", "1.0000000000000000001", "0", "1", "USD", "1", "38 digits, above"),
)

# EffectiveUnitPrice: BC, BCU -> the published text (15 digits)
EFFECTIVE = (
    ("21.39", "29", "0.737586206896552"),
    ("155.63", "210.950039", "0.737757626107858"),
    ("410.17", "555.950039", "0.737782122900436"),
    ("0", "5", "0"),
)

# EUP or UnitPrice, days of the cycle, days billed, seats -> Subtotal (recon_license_lines.csv)
SEATS_PUBLISHED = (
    ("10.08", 30, 30, "10", "100.80"),
    ("10.08", 30, 28, "12", "112.89"),
    ("10.08", 30, -28, "12", "-112.89"),
    ("10.08", 30, 28, "8", "75.26"),
    ("12", 31, 29, "15", "168.38"),
    ("12", 31, -29, "10", "-112.25"),
    ("12", 31, -22, "23", "-195.87"),
    ("12", 31, 11, "30", "127.74"),
)
SEATS_DOCUMENTED = (
    ("10.08", 30, -23, "300", "-2316"),
    ("6.43", 30, 23, "300", "1476"),
    ("10.08", 30, -23, "100", "-772"),
    ("6.43", 30, 23, "100", "492"),
    # 7/17 to 8/14 of 7/15 to 8/14: 29 days of 31
    ("10.08", 31, -29, "10", "-94.20"),
)

METERED = {"UnitType": "1 GB/Month", "MeterDescription": "Tables - LRS Data Stored (GB/Month)"}
ORDERED = {"ReservationOrderId": "8fdebb4a-7110-496e-9570-623e4c992797"}
PLAN = {"SubscriptionDescription": "Azure plan", "PublisherName": "Microsoft"}
ALTO = {"PublisherName": "Test Alto Networks, Inc."}
# What a line is, from its own columns.
KINDS: tuple[tuple[str, dict[str, str]], ...] = (
    ("usage", PLAN),
    ("usage", {"SubscriptionDescription": "AZURE PLAN"}),
    ("usage", {"SubscriptionDescription": "Contoso production", "Quantity": "1", **METERED}),
    ("usage", {"Quantity": "1.0", "UnitType": "1 Hour"}),
    ("licence", {"Quantity": "2", **METERED}),
    ("licence", {"Quantity": "1", "SubscriptionDescription": "Power BI"}),
    ("licence", {"Quantity": "", **METERED}),
    ("licence", ORDERED),
    ("credit", {**PLAN, "ChargeType": "CUSTOMERCREDIT"}),
    ("credit", {**PLAN, "CreditReasonCode": "azure consumption credit"}),
    ("credit", {**PLAN, "CreditReasonCode": "Azure Credit Applied", **METERED}),
    ("usage", {**PLAN, "CreditReasonCode": "Azur Credit"}),
    ("reservation", {**ORDERED, **PLAN, "TermAndBillingCycle": "1 Year Reservation"}),
    ("reservation", {**ORDERED, "SkuName": "Reserved VM Instance, Standard_B1s"}),
    ("savings_plan", {**ORDERED, **PLAN, "ProductName": "Azure savings plan for compute"}),
    ("savings_plan", {**ORDERED, "TermAndBillingCycle": "Savings Plan, not a Reservation"}),
    ("usage", {**PLAN, "TermAndBillingCycle": "1 Year Reservation"}),
    ("usage", {**PLAN, **ORDERED, "TermAndBillingCycle": "Data Stored (GB/Month)"}),
    ("marketplace", {**PLAN, **ALTO, **METERED}),
    ("marketplace", ALTO),
    ("usage", {**PLAN, "PublisherName": "microsoft corporation"}),
    # The sample row of 2021 has the reason of a credit on a line of a meter.
    (
        "credit",
        {**PLAN, **METERED, "ChargeType": "New", "CreditReasonCode": "Azure Consumption Credit"},
    ),
)

# PriceAdjustmentDescription -> rate of PEC, share of the tier, any other text
ADJUSTMENTS: tuple[tuple[str, str, str | None, bool], ...] = (
    ("", "0", None, False),
    ("[]", "0", None, False),
    (PEC, "0.15", None, False),
    ('["15% partner earned credit for services managed"]', "0.15", None, False),
    ("15.0% Partner earned credit for services managed", "0.15", None, False),
    ('[" 7.5% Partner earned credit for services managed "]', "0.075", None, False),
    (BOTH, "0.15", "1", False),
    (TIER, "0", "1", False),
    ('["20% Tier 2 Discount"]', "0", "0.2", False),
    ('["0% Tier 1 Discount"]', "0", "0", False),
    (PROMOTION, "0", None, True),
    (
        '["Price for given term","15.0% Partner earned credit for services managed"]',
        "0.15",
        None,
        True,
    ),
    ('["15.0% Partner earned credit for services managed."]', "0", None, True),
    ('["15.0% Partner earned credit', "0", None, True),
)
TWO_RATES = PEC[:-1] + ',"10.0% Partner earned credit for services managed"]'
REFUSED = (
    ("PriceAdjustmentDescription", TWO_RATES),
    ("PriceAdjustmentDescription", '["150% Tier 1 Discount"]'),
    ("UnitPrice", ""),
    ("UnitPrice", "1,5"),
    ("Subtotal", "(5.00)"),
    ("BillableQuantity", ""),
    ("Quantity", "one"),
    ("TaxTotal", "n/a"),
    ("PCToBCExchangeRate", "0,9"),
    ("Currency", ""),
    ("PricingCurrency", "EURO"),
    ("UnitPrice", "0." + "0" * 48 + "1"),
)


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
