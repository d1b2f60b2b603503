"""The work in plain Python: csv and decimal. The reference for the other peers, on files of up to 200,000 lines."""

import csv
import gzip
import json
import re
from collections import defaultdict
from datetime import date
from decimal import Decimal

import common

USAGE = {"", "new", "usage", "charge", "consumption"}
PEC_TEXTS = {"partnerearnedcreditapplied", "pecapplied"}
SPOT = re.compile(r"(?<![^\W_])spot(?![^\W_])", re.I)  # letters and digits are word characters, the underscore is not
GROUP = re.compile(r"/resourcegroups/([^/]+)")


def fold(text):
    return text.lower().replace(" ", "")


def percent(text):
    value = Decimal(text)
    return value if value <= 1 else value / 100


def paid_rate(row):
    if row["PartnerEarnedCreditPercentage"]:
        return percent(row["PartnerEarnedCreditPercentage"])
    if fold(row["CreditType"]) in PEC_TEXTS:
        credit = percent(row["CreditPercentage"] or "0")
        return credit if 0 < credit < 1 else common.PROGRAMME_RATE
    return Decimal(0)


def primary(row, list_cost):
    """Rank of the first by-design reason that holds, or of `no_access_evidence`."""
    if fold(row["ChargeType"]) not in USAGE:
        return 1
    plan = row["SubscriptionDescription"].lower()
    if (plan and not plan.startswith(("azure plan", "microsoft azure plan"))) or row["InvoiceNumber"].startswith("D"):
        return 2
    try:
        info = json.loads(row["AdditionalInfo"] or "{}")
    except ValueError:
        info = {}
    info = {key.lower(): value for key, value in info.items()} if isinstance(info, dict) else {}
    benefit = fold(row["BenefitType"])
    reserved = (info.get("reservationorderid"), info.get("reservationid"))
    if benefit == "reservation" or any(str(value).strip() for value in reserved if value is not None):
        return 3
    if benefit == "savingsplan":
        return 4
    publisher = row["PublisherName"].lower()
    if publisher and publisher not in ("microsoft", "microsoft corporation") and not publisher.startswith("microsoft "):
        return 5
    if any(SPOT.search(row[name]) for name in ("MeterName", "SkuName", "MeterSubCategory", "ProductName")):
        return 7
    for key, value in info.items():
        if ("priority" in key or key == "pricingmodel") and isinstance(value, str) and value.lower() == "spot":
            return 7
    credit = fold(row["CreditType"])
    if credit.startswith("azurec") or (credit not in PEC_TEXTS and percent(row["CreditPercentage"] or "0") == 1):
        return 9
    return 10 if nothing_charged(row, list_cost) else common.NO_EVIDENCE


def nothing_charged(row, list_cost):
    return list_cost == 0 or (row["PricingPreTaxTotal"] != "" and Decimal(row["PricingPreTaxTotal"]) == 0)


def main():
    args = common.arguments()
    cells = defaultdict(lambda: [0, Decimal(0)])
    observed = defaultdict(lambda: [0, 0, Decimal(0)])
    opener = gzip.open if args.file.endswith(".gz") else open
    with opener(args.file, "rt", encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            list_cost = Decimal(row["UnitPrice"]) * Decimal(row["Quantity"])
            rate = paid_rate(row)
            paid = rate > 0 and not nothing_charged(row, list_cost)
            rank = primary(row, list_cost)
            month, day, year = row["UsageDate"].split("/")
            usage_day = date(int(year), int(month), int(day))
            customer = row["CustomerId"].lower().removeprefix("org:")
            subscription = row["EntitlementId"].lower()
            resource = row["ResourceURI"].lower().rstrip("/")
            group = row["ResourceGroup"].lower()
            if not group and (found := GROUP.search(resource)):
                group = found[1]
            reseller = "" if row["Tier2MpnId"] == "0" else row["Tier2MpnId"]
            currency = row["PricingCurrency"].upper() or "USD"
            cell = cells[customer, subscription, group, usage_day, reseller, rank, paid, currency, rate]
            cell[0] += 1
            cell[1] += list_cost
            if rank == common.NO_EVIDENCE:
                scope = observed[customer, subscription, group, resource, usage_day, currency]
                if paid:
                    scope[0] += 1
                else:
                    scope[1] += 1
                    scope[2] += list_cost

    sums = defaultdict(lambda: [0, Decimal(0)])
    for key, (n, cost) in cells.items():
        sums[key[5:]][0] += n
        sums[key[5:]][1] += cost
    common.finish(
        args,
        [(*key, *value) for key, value in sums.items()],
        lambda: ((*key, *value) for key, value in cells.items()),
        lambda: ((*key, *value) for key, value in observed.items()),
        [(*key, n, cost) for key, (_, n, cost) in observed.items() if n],
        {
            (*key[:2], *rest, key[4])
            for key, value in observed.items()
            if value[0]
            for rest in ((None, None), (key[2], None), (key[2], key[3]))
        },
    )


main()
