"""The rules as Polars expressions, over columns read as text. Shared by the lazy and the hand-tuned peer."""

from decimal import Decimal

import polars as pl
import polars.selectors as cs

import common

# A Polars Decimal product keeps one factor's scale and rounds, and Int128 wraps without a word. So amounts are integer
# mantissas, and the price is split in two: high x quantity at 8 + 15 decimals and low x quantity at 20 + 15 decimals both
# stay below 2^127, and so do their sums over any file this bench makes. A number with more decimals than these would be
# rounded by the cast; the comparison with the other peers would show it.
PRICE_DECIMALS, QUANTITY_DECIMALS, HIGH_DECIMALS = 20, 15, 8
LOW = 10 ** (PRICE_DECIMALS - HIGH_DECIMALS)
RATE_UNIT = Decimal("1e-10")
WHOLE_RATE = 10**10

RESERVATION = r'(?i)"reservation(?:order)?id"\s*:\s*(?:"\s*[^"\s]|[-0-9tf\[{])'
SPOT_PRIORITY = r'(?i)(?:priority[^"]*|"pricingmodel)"\s*:\s*"spot"'
SPOT_WORD = r"(?i)(?:^|[^\p{L}\p{N}])spot(?:[^\p{L}\p{N}]|$)"
SPOT_COLUMNS = ["MeterName", "SkuName", "MeterSubCategory", "ProductName"]


# A cost is two columns, `cost_high` and `cost_low`; as a float it is one, `cost`.
COST = cs.starts_with("cost")


def scan(args, types=None):
    """The lines of the file, and the clock where it is asked for; columns are text, but for those of `types` in CSV."""
    if not args.file.endswith(".parquet"):
        return pl.scan_csv(args.file, infer_schema=False, schema_overrides=types, empty_string_is_null=False), None
    if not args.clock:
        return pl.scan_parquet(args.file), None
    frame = pl.read_parquet(args.file)
    return frame.lazy(), common.Clock()


def fold(name):
    return pl.col(name).str.to_lowercase().str.replace_all(" ", "", literal=True)


def mantissa(name, decimals):
    return pl.col(name).cast(pl.Decimal(38, decimals)).to_physical()


def percent(name):
    """Rate in units of 1e-10, null where blank: `15` and `0.15` read alike. Rounding the float gives the exact units of every
    rate of six decimals or fewer, and is quicker than a Decimal cast."""
    value = pl.col(name).cast(pl.Float64, strict=False)
    return pl.when(value <= 1).then(value * 1e10).otherwise(value * 1e8).round().cast(pl.Int64)


def not_usage_charge():
    return ~fold("ChargeType").is_in(["", "new", "usage", "charge", "consumption"])


def not_azure_plan():
    plan = pl.col("SubscriptionDescription").str.to_lowercase()
    other = (plan != "") & ~plan.str.starts_with("azure plan") & ~plan.str.starts_with("microsoft azure plan")
    return other | pl.col("InvoiceNumber").str.starts_with("D")


def marketplace_product():
    publisher = pl.col("PublisherName").str.to_lowercase()
    return ~publisher.is_in(["", "microsoft", "microsoft corporation"]) & ~publisher.str.starts_with("microsoft ")


def pec_text():
    return fold("CreditType").is_in(["partnerearnedcreditapplied", "pecapplied"])


def azure_credit_applied():
    whole = percent("CreditPercentage") == WHOLE_RATE
    return fold("CreditType").str.starts_with("azurec") | (whole.fill_null(False) & ~pec_text())


def spot_word(name):
    return pl.col(name).str.contains(SPOT_WORD)


def reservation(info):
    return info.str.contains(RESERVATION) | (fold("BenefitType") == "reservation")


def paid_rate():
    credit = percent("CreditPercentage")
    fallback = pl.when((credit > 0) & (credit < WHOLE_RATE)).then(credit).otherwise(WHOLE_RATE * 15 // 100)
    return percent("PartnerEarnedCreditPercentage").fill_null(pl.when(pec_text()).then(fallback).otherwise(0))


def nothing_charged():
    # Zero is zero in binary too, so a float is enough to see it.
    total_is_zero = pl.col("PricingPreTaxTotal").cast(pl.Float64, strict=False) == 0
    return (pl.col("price") == 0) | (pl.col("quantity") == 0) | total_is_zero.fill_null(False)


def first_match(rules):
    """Rank of the first rule that holds; rules are (rank, expression) in rank order."""
    chain = pl
    for rank, holds in rules:
        chain = chain.when(holds).then(pl.lit(rank, pl.Int8))
    return chain.otherwise(pl.lit(common.NO_EVIDENCE, pl.Int8))


def customer():
    return pl.col("CustomerId").str.to_lowercase().str.strip_prefix("org:")


def usage_day():
    return pl.col("UsageDate").str.to_date("%m/%d/%Y")


def reseller():
    return pl.when(pl.col("Tier2MpnId") == "0").then(pl.lit("")).otherwise(pl.col("Tier2MpnId"))


def currency():
    upper = pl.col("PricingCurrency").str.to_uppercase()
    return pl.when(upper == "").then(pl.lit("USD")).otherwise(upper)


def factors(floats):
    if floats:
        return {"price": pl.col("UnitPrice").cast(pl.Float64), "quantity": pl.col("Quantity").cast(pl.Float64)}
    return {"price": mantissa("UnitPrice", PRICE_DECIMALS), "quantity": mantissa("Quantity", QUANTITY_DECIMALS)}


def cost(floats):
    price, quantity = pl.col("price"), pl.col("quantity")
    return {"cost": price * quantity} if floats else {"cost_high": price // LOW * quantity, "cost_low": price % LOW * quantity}


def decide(scan, group, resource, info, floats=False):
    """One row per line: keys, primary reason, what was paid, and the line's part of every sum."""
    return (
        scan.with_columns(**factors(floats))
        .with_columns(nothing=nothing_charged(), rate=paid_rate())
        .select(
            "rate",
            customer=customer(),
            subscription=pl.col("EntitlementId").str.to_lowercase(),
            group=group,
            resource=resource,
            day=usage_day(),
            reseller=reseller(),
            currency=currency(),
            paid=(pl.col("rate") > 0) & ~pl.col("nothing"),
            rank=first_match(
                [
                    (1, not_usage_charge()),
                    (2, not_azure_plan()),
                    (3, reservation(info)),
                    (4, fold("BenefitType") == "savingsplan"),
                    (5, marketplace_product()),
                    (7, pl.any_horizontal(spot_word(name) for name in SPOT_COLUMNS)),
                    (7, info.str.contains(SPOT_PRIORITY)),
                    (9, azure_credit_applied()),
                    (10, pl.col("nothing")),
                ]
            ),
            lines=pl.lit(1, pl.Int64),
            **cost(floats),
        )
    )


CELL = ["customer", "subscription", "group", "day", "reseller", "rank", "paid", "currency", "rate"]
SCOPE = ["customer", "subscription", "group", "resource", "day", "currency"]


def sums_by(keys, frame):
    """Lines and list cost by these keys; works on single lines (each counts 1) and on earlier sums."""
    return frame.group_by(keys).agg(pl.sum("lines"), COST.sum())


def tables_of(frame):
    """The three tables, as lazy frames."""
    cells = sums_by(CELL, frame)
    paid, unpaid = pl.col("paid"), ~pl.col("paid")
    observed = (
        frame.filter(pl.col("rank") == common.NO_EVIDENCE)
        .group_by(SCOPE)
        .agg(
            pl.col("lines").filter(paid).sum().alias("paid_lines"),
            pl.col("lines").filter(unpaid).sum().alias("unpaid_lines"),
            COST.filter(unpaid).sum(),
        )
    )
    return [sums_by(CELL[5:], cells), cells, observed]


def paid_days_of(observed):
    """Days with a paid line, on the three levels, of the scopes that also have unpaid lines."""
    unpaid = observed.filter(pl.col("unpaid_lines") > 0)
    levels = []
    for keys in (SCOPE[:2], SCOPE[:3], SCOPE[:4]):
        paid = observed.filter(pl.col("paid_lines") > 0).select(*keys, "day").unique()
        levels.append(paid.join(unpaid.select(keys).unique(), on=keys, how="semi"))
    return pl.concat(levels, how="diagonal").select(SCOPE[:5])


def rows(frame):
    """Python rows with the cost as one Decimal, exact where it was, and the rate as a number."""
    names = frame.columns
    for row in frame.iter_rows():
        values = dict(zip(names, row))
        if "rate" in values:
            values["rate"] *= RATE_UNIT
        if "cost" in values:
            whole = Decimal(repr(values.pop("cost")))  # the shortest decimal that reads back as the same float
        else:
            whole = Decimal(values.pop("cost_high") * LOW + values.pop("cost_low")).scaleb(-PRICE_DECIMALS - QUANTITY_DECIMALS)
        yield (*values.values(), whole)


def finish(args, sums, cells, observed, clock=None):
    unpaid = observed.filter(pl.col("unpaid_lines") > 0).drop("paid_lines")
    paid = paid_days_of(observed).iter_rows()
    common.finish(args, rows(sums), lambda: rows(cells), lambda: rows(observed), rows(unpaid), paid, clock)
