"""The columns of the invoice reconciliation file, and every name that documents and files give them.

From invoice_recon.csv; the headers are joined like those of daily rated usage (names.py).
"""

from __future__ import annotations

from names import Columns, FileError, meanings_of

# In file order, as printed since 2022. Position 8 and 40 came in 2020-11, 41 in 2021-03, 42 to 46 in 2021-06.
COLUMNS = """
PartnerId CustomerId CustomerName CustomerDomainName CustomerCountry InvoiceNumber MPNID ResellerMPNID
OrderId OrderDate ProductId SkuId AvailabilityId SkuName ProductName ChargeType UnitPrice Quantity
Subtotal TaxTotal Total Currency PriceAdjustmentDescription PublisherName PublisherId
SubscriptionDescription SubscriptionId ChargeStartDate ChargeEndDate TermAndBillingCycle
EffectiveUnitPrice UnitType AlternateId BillableQuantity BillingFrequency PricingCurrency
PCToBCExchangeRate PCToBCExchangeRateDate MeterDescription ReservationOrderId CreditReasonCode
SubscriptionStartDate SubscriptionEndDate ReferenceID ProductQualifiers PromotionID
""".split()

OTHER_SPELLINGS = {"PriceAdjustmentDescription": ("priceadjusmentdescription",)}

# What the comparison reads; a column that is not here cannot spoil a row.
READ = """
ProductId SkuId AvailabilityId SkuName ProductName ChargeType UnitPrice Quantity Subtotal TaxTotal
Currency PriceAdjustmentDescription PublisherName SubscriptionDescription SubscriptionId
TermAndBillingCycle UnitType BillableQuantity PricingCurrency PCToBCExchangeRate MeterDescription
ReservationOrderId CreditReasonCode
""".split()
NEEDED = (
    "SubscriptionId",
    "ProductId",
    "SkuId",
    "AvailabilityId",
    "UnitPrice",
    "BillableQuantity",
    "Subtotal",
    "Currency",
)


def check_needed(bound: dict[str, int]) -> None:
    missing = [name for name in NEEDED if name not in bound]
    if missing:
        raise FileError("missing " + ", ".join(missing))


INVOICE = Columns(
    meanings_of({name: (name.lower(), *OTHER_SPELLINGS.get(name, ())) for name in READ}),
    check_needed,
)
