"""Figures that were published or worked out on paper, never by this program: amounts, kinds, texts."""

from __future__ import annotations

PEC = '["15.0% Partner earned credit for services managed"]'
TIER = '["100.0% Tier 1 Discount"]'
BOTH = '["15.0% Partner earned credit for services managed","100.0% Tier 1 Discount"]'
PROMOTION = '["You are getting a discount due to a pre-determined override."]'

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

# An invoice in EUR at 0.9: the published tiers, seats for 100, a credit of 10, tax of 5 on the seats.
# 37 x 2.99 = 110.63; 5 x 2.99 = 14.95; 0.15 x 95.68 = 14.352; 81.328 is 81.32, x 0.9 = 73.188 is 73.18.
BRIDGE_LINES = (
    {"UnitPrice": "2.99", "BillableQuantity": "5", "PriceAdjustmentDescription": BOTH, **PLAN},
    {
        "UnitPrice": "2.99",
        "BillableQuantity": "32",
        "Subtotal": "73.18",
        "PriceAdjustmentDescription": PEC,
        **PLAN,
    },
    {"Quantity": "5", "Subtotal": "100", "TaxTotal": "5"},
    {"ChargeType": "customerCredit", "Subtotal": "-10"},
)
BRIDGE = (
    ("list_cost", "110.63", "99.567"),
    ("tiers", "-14.95", "-13.455"),
    ("other_adjustments", "0.00", "0.00"),
    ("partner_earned_credit", "-14.352", "-12.9168"),
    ("truncation", "-0.008", "-0.0152"),
    ("other", "0.00", "0.00"),
    ("usage_net_charges", "81.32", "73.18"),
    ("marketplace", None, "0.00"),
    ("licences", None, "100.00"),
    ("reservations_and_savings_plans", None, "0.00"),
    ("credits", None, "-10.00"),
    ("adjusted_net_charges", None, "163.18"),
    ("tax", None, "5.00"),
    ("total", None, "168.18"),
)
