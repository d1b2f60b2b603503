"""The work in pandas with float amounts: what most scripts do. Not exact; run.py reports by how much."""

from decimal import Decimal

import numpy as np
import pandas as pd

import common

USAGE = ["", "new", "usage", "charge", "consumption"]
SPOT_COLUMNS = ["MeterName", "SkuName", "MeterSubCategory", "ProductName"]
SPOT = r"(?i)(?:^|[^\p{L}\p{N}])spot(?:[^\p{L}\p{N}]|$)"  # pandas strings are Arrow's, with its RE2 syntax
RESERVATION = r'(?i)"reservation(?:order)?id"\s*:\s*(?:"\s*[^"\s]|[-0-9tf\[{])'
SPOT_PRIORITY = r'(?i)(?:priority[^"]*|"pricingmodel)"\s*:\s*"spot"'
CELL = ["customer", "subscription", "group", "day", "reseller", "rank", "paid", "currency", "rate"]
SCOPE = ["customer", "subscription", "group", "resource", "day", "currency"]


def fold(column):
    return column.str.lower().str.replace(" ", "", regex=False)


def percent(column):
    # Rounded, so that 15 / 100 and 0.15 are one group key.
    return column.where(column <= 1, column / 100).round(8)


def read(path):
    # The quicker engine="pyarrow" stops at the line breaks inside quoted cells.
    types = dict.fromkeys(common.TEXT, str) | dict.fromkeys(common.NUMBERS, "float64")
    blank = {name: [""] for name in common.NUMBERS}
    return pd.read_csv(path, usecols=common.TEXT + common.NUMBERS, dtype=types, keep_default_na=False, na_values=blank)


def decide(df):
    """One row per line: the keys, the primary reason's rank, what was paid and the list cost."""
    plan, publisher, info = df.SubscriptionDescription.str.lower(), df.PublisherName.str.lower(), df.AdditionalInfo
    benefit, credit_type = fold(df.BenefitType), fold(df.CreditType)
    pec_text = credit_type.isin(["partnerearnedcreditapplied", "pecapplied"])
    credit = percent(df.CreditPercentage)
    list_cost = df.UnitPrice * df.Quantity
    nothing = (list_cost == 0) | (df.PricingPreTaxTotal == 0)
    reasons = {
        1: ~fold(df.ChargeType).isin(USAGE),
        2: ((plan != "") & ~plan.str.startswith(("azure plan", "microsoft azure plan"))) | df.InvoiceNumber.str.startswith("D"),
        3: info.str.contains(RESERVATION) | (benefit == "reservation"),
        4: benefit == "savingsplan",
        5: ~publisher.isin(["", "microsoft", "microsoft corporation"]) & ~publisher.str.startswith("microsoft "),
        7: np.logical_or.reduce([df[name].str.contains(SPOT) for name in SPOT_COLUMNS]) | info.str.contains(SPOT_PRIORITY),
        9: credit_type.str.startswith("azurec") | ((credit == 1) & ~pec_text),
        10: nothing,
    }
    fallback = credit.where((credit > 0) & (credit < 1), 0.15).where(pec_text, 0.0)
    rate = percent(df.PartnerEarnedCreditPercentage).fillna(fallback)
    resource, group = df.ResourceURI.str.lower().str.rstrip("/"), df.ResourceGroup.str.lower()
    from_uri = resource[group == ""].str.extract("/resourcegroups/([^/]+)", expand=False).fillna("")
    group.update(from_uri)
    return pd.DataFrame({
        "customer": df.CustomerId.str.lower().str.removeprefix("org:"),
        "subscription": df.EntitlementId.str.lower(),
        "group": group,
        "resource": resource,
        "day": pd.to_datetime(df.UsageDate, format="%m/%d/%Y"),
        "reseller": df.Tier2MpnId.where(df.Tier2MpnId != "0", ""),
        "rank": np.select([np.asarray(holds) for holds in reasons.values()], list(reasons), common.NO_EVIDENCE),
        "paid": (rate > 0) & ~nothing,
        "currency": df.PricingCurrency.str.upper().replace("", "USD"),
        "rate": rate,
        "lines": 1,
        "cost": list_cost,
    })  # fmt: skip


def paid_days(observed, unpaid):
    """Days with a paid line, on the three levels, of the scopes that also have unpaid lines."""
    paid = observed[observed.paid_lines > 0]
    for depth in (2, 3, 4):
        keys = SCOPE[:depth]
        days = paid[[*keys, "day"]].drop_duplicates().merge(unpaid[keys].drop_duplicates(), on=keys)
        for *scope, day in days.itertuples(index=False):
            yield (*scope, *[None] * (4 - depth), day.date())


def rows(frame):
    """Python rows; a float becomes the shortest decimal that reads back as the same float."""
    for row in frame.itertuples(index=False):
        yield tuple(
            Decimal(repr(value)) if isinstance(value, float) else value.date() if isinstance(value, pd.Timestamp) else value
            for value in row
        )  # fmt: skip


def main():
    args = common.arguments()
    lines = decide(read(args.file))
    cells = lines.groupby(CELL, as_index=False, sort=False)[["lines", "cost"]].sum()
    sums = cells.groupby(CELL[5:], as_index=False, sort=False)[["lines", "cost"]].sum()
    open_lines = lines[lines["rank"] == common.NO_EVIDENCE]
    parts = open_lines[SCOPE].assign(
        paid_lines=open_lines.paid.astype(int),
        unpaid_lines=(~open_lines.paid).astype(int),
        cost=open_lines.cost.where(~open_lines.paid, 0.0),
    )
    observed = parts.groupby(SCOPE, as_index=False, sort=False).sum()
    unpaid = observed[observed.unpaid_lines > 0].drop(columns="paid_lines")
    common.finish(args, rows(sums), lambda: rows(cells), lambda: rows(observed), rows(unpaid), paid_days(observed, unpaid))


main()
