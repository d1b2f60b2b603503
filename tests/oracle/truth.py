"""What a random world consists of: customers, resources, days, outages, and odd lines.

Rows are mappings from documented column names to text. Whether a line is paid follows from access
that comes and goes at every level, so that observed gaps of each level appear.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from datetime import date, timedelta

Record = dict[str, str]

PAID = ("15", "15", "15.0", "15%", "0.15", "15.00", "0.150", "1.5E+1", "1.5e-01", "15.0%", "true")
UNPAID = ("0", "0", "0.0", "0%", "0.00", "false", "")
ODD_RATES = ("10", "0.075", "100%", "1", "7.5%", "0.123456", "2")
PEC_TEXTS = ("Partner Earned Credit Applied", "PEC Applied", "partner earned credit applied")
OTHER_METERS = ("Tables - LRS", "D2s v3", "Spotlight Search", "Hotspot Hours", "P10 Disks")


def guid(rng: random.Random) -> str:
    text = str(uuid.UUID(int=rng.getrandbits(128)))
    return text.upper() if rng.random() < 0.2 else text


def any_case(rng: random.Random, text: str) -> str:
    return rng.choice((text, text, text.lower(), text.upper()))


class Truth:
    """The scopes of one world, the days it covers, and when access was lost where."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.first = date(rng.randint(2018, 2030), rng.randint(1, 12), 1)
        length = rng.randint(3, 28)
        self.days = [self.first + timedelta(days=n) for n in range(length)]
        self.lost: dict[tuple[str, ...], set[date]] = {}
        self.resources = [
            (customer, subscription, group, uri, currency)
            for customer, currency in self.customers()
            for subscription in self.some(guid, 2)
            for group, uri in self.resources_of(subscription)
        ]

    def some(self, make: Callable[[random.Random], str], most: int) -> list[str]:
        return [make(self.rng) for _ in range(self.rng.randint(1, most))]

    def customers(self) -> list[tuple[str, str]]:
        rng = self.rng
        blank = rng.random() < 0.1
        return [
            ("" if blank else customer, rng.choice(("USD", "USD", "USD", "usd", "EUR", "GBP")))
            for customer in self.some(guid, 2)
        ]

    def resources_of(self, subscription: str) -> list[tuple[str, str]]:
        rng = self.rng
        found = []
        for group in rng.sample(("rg-prod", "RG-Test", "backup_rg", "Data.RG"), rng.randint(1, 3)):
            base = f"/subscriptions/{subscription}/resourceGroups/{group}/providers"
            for name in rng.sample(("vm1", "Disk-2", "sql.srv", "ip_4"), rng.randint(1, 3)):
                found.append((group, f"{base}/Microsoft.Compute/virtualMachines/{name}"))
        if rng.random() < 0.15:  # a resource of the subscription itself, in no group
            provider = "providers/Microsoft.Security/pricings/default"
            found.append(("", f"/subscriptions/{subscription}/{provider}"))
        return found

    def has_access(self, scopes: tuple[tuple[str, ...], ...], day: date) -> bool:
        return not any(day in self.outage(scope) for scope in scopes)

    def outage(self, scope: tuple[str, ...]) -> set[date]:
        """Decided once per scope: none, a run of days, several runs, or never any access."""
        if scope not in self.lost:
            rng, lost = self.rng, set()
            roll = rng.random()
            for _ in range(0 if roll < 0.55 else 1 if roll < 0.8 else 3):
                start = rng.randrange(len(self.days))
                lost.update(self.days[start : start + rng.randint(1, 6)])
            if roll > 0.93:
                lost.update(self.days)
            self.lost[scope] = lost
        return self.lost[scope]

    def records(self) -> list[tuple[Record, date]]:
        rng = self.rng
        found = []
        keep = rng.uniform(0.4, 1.0)
        while len(found) < 10:
            for customer, subscription, group, uri, currency in self.resources:
                scopes = ((subscription,), (subscription, group), (subscription, group, uri))
                for day in self.days:
                    while rng.random() < keep:
                        paid = self.has_access(scopes, day) != (rng.random() < 0.03)
                        record = self.record(customer, subscription, group, uri, paid)
                        record["PricingCurrency"] = currency
                        found.append((record, day))
                        if rng.random() > 0.1:
                            break
        limit = rng.randint(10, 200)
        if len(found) > limit:
            found = [found[at] for at in sorted(rng.sample(range(len(found)), limit))]
        return found

    def record(self, customer: str, subscription: str, group: str, uri: str, paid: bool) -> Record:
        rng = self.rng
        record: Record = {
            "PartnerId": "2b8940db-5089-539c-e757-520ed1d1bc88",
            "CustomerId": ("org:" if customer and rng.random() < 0.1 else "")
            + any_case(rng, customer),
            "CustomerName": rng.choice(
                ("Contoso", "Fabrikam, Inc.", 'Wing "Tip" Toys', "Žluťoučký")
            ),
            "CustomerCountry": "DE",
            "MpnId": "1234567",
            "Tier2MpnId": rng.choice(("", "0", "0", "4649221", " 67890 ")),
            "InvoiceNumber": rng.choice(("", "G002297372", "G002297372", "T000001234")),
            "SkuId": "0001",
            "SkuName": rng.choice(OTHER_METERS),
            "ProductName": rng.choice(OTHER_METERS),
            "PublisherName": rng.choice(
                ("Microsoft", "", "microsoft corporation", "Microsoft Azure")
            ),
            "SubscriptionDescription": rng.choice(
                (
                    "Azure plan",
                    "Azure plan",
                    "",
                    "AZURE PLAN",
                    "Microsoft Azure Plan",
                    "Azure plan DE",
                )
            ),
            "SubscriptionId": "307628f1-d9d2-f09c-ea1f-4183f0cae308",
            "MeterId": rng.choice(
                ("", "0013e20a-f1b8-4acb-b4c8-95e4cbd2d7c4", "0A5B6C7D-0000-1111-2222-333344445555")
            ),
            "MeterName": rng.choice(OTHER_METERS),
            "MeterSubCategory": rng.choice(("", "Dsv3 Series", "Spots")),
            "MeterRegion": rng.choice(("", 'US "East"', '5" zone')),
            "Unit": "1 Hour",
            "ResourceGroup": any_case(rng, group),
            "ResourceURI": any_case(rng, uri) + ("/" if rng.random() < 0.03 else ""),
            "ChargeType": rng.choice(("new", "New", "", "Usage", "charge", " Consumption")),
            "UnitPrice": self.price(),
            "Quantity": self.quantity(),
            "BillingCurrency": "EUR",
            "Tags": rng.choice(("", '{"env": "prod", "cc": "1,2"}')),
            "AdditionalInfo": self.additional_info(),
            "EffectiveUnitPrice": "0.1835431430074643112595",
            "PCToBCExchangeRate": "0.913951469",
            "EntitlementId": any_case(rng, subscription),
            "EntitlementDescription": "Partner Subscription",
            "BenefitType": rng.choice(("", "Charge")),
        }
        if group == "":
            record["ResourceGroup"] = ""
        if rng.random() < 0.03:
            record["EntitlementId"] = ""  # the resource tells it
        elif rng.random() < 0.2:
            record["ResourceGroup"] = ""  # likewise
        self.add_credit(record, paid)
        self.add_totals(record)
        if rng.random() < 0.12:
            self.exclude(record)
        return record

    def price(self) -> str:
        rng = self.rng
        return rng.choice(
            (
                "0.868",
                "0.0209496384791679",
                "1.2799888920023",
                f"{rng.random():.22f}",
                f"{rng.uniform(0, 5):.15g}",
                f"{rng.randint(1, 99999)}e-{rng.randint(1, 8):02d}",
                f"{rng.randint(1, 99)}E-05",
                f"+{rng.randint(1, 300)}.",
                f".{rng.randint(1, 999)}",
                f"00{rng.randint(1, 9)}.50",
                "0" if rng.random() < 0.3 else "2.99",
            )
        )

    def quantity(self) -> str:
        rng = self.rng
        text = rng.choice(
            (
                f"{rng.uniform(0, 100):.6f}",
                f"{rng.uniform(0, 100):.13f}",
                f"{rng.uniform(0, 10):.15g}",
                str(rng.randint(1, 744)),
                "24.0",
                "1e2",
                "2.5E+3",
                "0" if rng.random() < 0.2 else "23.200004",
            )
        )
        return "-" + text if rng.random() < 0.05 else text

    def additional_info(self) -> str:
        return self.rng.choice(
            (
                "",
                "",
                '{  "ImageType": null,\n "ServiceType": "Standard_B1s", "UsageType": "Compute"}',
                '{"ReservationOrderId": "", "reservationId": null}',
                '{"Priority": "Regular", "Kind": "Spot"}',
                '{"broken": "Spot", ',
                '["ReservationOrderId", "x"]',
                "a note, with a comma",
            )
        )

    def add_credit(self, record: Record, paid: bool) -> None:
        rng = self.rng
        if paid:
            rate = rng.choice(PAID) if rng.random() < 0.95 else rng.choice(ODD_RATES)
            record["PartnerEarnedCreditPercentage"] = "" if rng.random() < 0.05 else rate
            record["CreditPercentage"] = rng.choice(("15", "0.15", "15%", "", "0"))
            record["CreditType"] = rng.choice(PEC_TEXTS)
        else:
            record["PartnerEarnedCreditPercentage"] = rng.choice(UNPAID)
            record["CreditPercentage"] = rng.choice(("", "0", "0.0", "0%"))
            record["CreditType"] = rng.choice(("", "Credit Not Applied", "credit not applied"))

    def add_totals(self, record: Record) -> None:
        rng = self.rng
        product = float(record["UnitPrice"]) * float(record["Quantity"])
        total = rng.choice(("", f"{product:.15g}", f"{product * 0.85:.15g}", f"{product:.8e}"))
        record["PricingPreTaxTotal"] = "0.00" if rng.random() < 0.02 else total
        record["BillingPreTaxTotal"] = total

    def exclude(self, record: Record) -> None:
        """Make the line something that earns nothing by design, or that looks like it."""
        record.update(self.rng.choice(EXCLUDED + NEARLY_EXCLUDED))
        if "AdditionalInfo" not in record:
            record["AdditionalInfo"] = ""


EXCLUDED: list[Record] = [
    {"ChargeType": "customerCredit"},
    {"ChargeType": "Rounding Adjustment"},
    {"ChargeType": "cycleCharge"},
    {"SubscriptionDescription": "Pay-As-You-Go"},
    {"SubscriptionDescription": "Subscription 10"},
    {"InvoiceNumber": "D070001ABC"},
    {"AdditionalInfo": '{"ReservationOrderId": "a1b2",\r\n "VMName": "x"}', "UnitPrice": "0"},
    {"AdditionalInfo": '{"reservationid":"RI-7"}'},
    {"BenefitType": "Reservation"},
    {"BenefitType": "SavingsPlan", "PricingPreTaxTotal": "0"},
    {"BenefitType": "Savings Plan"},
    {"PublisherName": "Test Alto Networks, Inc."},
    {"PublisherName": "Microsofty"},
    {"MeterId": "4core"},
    {"MeterId": "0013e20a-f1b8-4acb-b4c8-95e4cbd2d7c"},
    {"MeterName": "D2s v3 Spot"},
    {"SkuName": "spot/low priority"},
    {"MeterSubCategory": "Dsv3 Series (Spot)"},
    {"ProductName": "Virtual Machines - SPOT_Windows"},
    {"AdditionalInfo": '{"Priority": "Spot"}'},
    {"AdditionalInfo": '{"vmPriority":"SPOT","x":1}'},
    {"AdditionalInfo": '{"PricingModel": "spot", "a": {"b": []}}'},
    {
        "CreditType": "Azure Credit Applied",
        "CreditPercentage": "100",
        "PartnerEarnedCreditPercentage": "0",
    },
    {
        "CreditType": "Azure Credit Offer",
        "CreditPercentage": "1",
        "PartnerEarnedCreditPercentage": "",
    },
    {"CreditType": "", "CreditPercentage": "100%", "PartnerEarnedCreditPercentage": "0"},
    {"UnitPrice": "0.000"},
    {"Quantity": "0"},
    {"PricingPreTaxTotal": "0"},
]

NEARLY_EXCLUDED: list[Record] = [
    {"ChargeType": "N e w"},
    {"InvoiceNumber": "G00D"},
    {"BenefitType": "Charge", "AdditionalInfo": '{"ReservationOrderIds": "a"}'},
    {"PublisherName": "MICROSOFT"},
    {"MeterName": "Spotty 2Spot Spot2"},
    {"AdditionalInfo": '{"PricingModels": "Spot", "note": "Priority Spot"}'},
    {"AdditionalInfo": '{"Priority": ["Spot"]}'},
    {"CreditType": "PEC Applied", "CreditPercentage": "100", "PartnerEarnedCreditPercentage": ""},
    {"PricingPreTaxTotal": "1e-09"},
    {"UnitPrice": "0.0000000000000000000001"},
]
