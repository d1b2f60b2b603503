"""Accounts with an Azure credit and their charges: `drawdown_data.py ACCOUNTS CHARGES.parquet`, the credits beside it.

Ten charges an account on random days of October 2025, in the order of days as exports come; about two credits in five end.
"""

import sys

import numpy as np
import polars as pl

import drawdown

CHARGES = 10
DAYS = 31
PRICE_DECIMALS, QUANTITY_DECIMALS = 10, 6
HEADER = "CustomerTenantId,InvoiceMonth,CreditAmount,BalanceAmount,CurrencyCode,AgreementId,EffectiveDate,ExpiryDate"


def decimal(name, decimals):
    units = pl.col(name)
    text = (units // 10**decimals).cast(pl.String) + "." + (units % 10**decimals).cast(pl.String).str.zfill(decimals)
    return text.cast(pl.Decimal(38, decimals))


def guid(high, low):
    text = f"{high:016x}{low:016x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def main():
    accounts, out = int(sys.argv[1]), sys.argv[2]
    random = np.random.default_rng(1)
    customers = [guid(*halves) for halves in random.integers(0, 2**63, (accounts, 2)).tolist()]
    rows = accounts * CHARGES
    charges = pl.DataFrame({
        "CustomerId": pl.Series(customers).gather(np.repeat(np.arange(accounts), CHARGES)),
        "day": random.integers(0, DAYS, rows),
        "price": random.integers(1, 5 * 10**PRICE_DECIMALS, rows),
        "quantity": random.integers(1, 100 * 10**QUANTITY_DECIMALS, rows),
    })  # fmt: skip
    charges.select(
        "CustomerId",
        pl.col("CustomerId").alias("EntitlementId"),
        UsageDate=pl.date(2025, 10, 1) + pl.duration(days="day"),
        UnitPrice=decimal("price", PRICE_DECIMALS),
        Quantity=decimal("quantity", QUANTITY_DECIMALS),
        PartnerEarnedCreditPercentage=pl.lit(15),
    ).sort("UsageDate").write_parquet(out, compression="snappy")
    with open(drawdown.credits_beside(out), "w", encoding="utf-8") as credits:
        print(HEADER, file=credits)
        for customer, cents in zip(customers, random.integers(100_00, 3_000_00, accounts).tolist()):
            granted = f"{cents // 100}.{cents % 100:02d}"
            print(f"{customer},2025-09,0.00,{granted},USD,aco,2025-09-01,2026-08-31", file=credits)


main()
