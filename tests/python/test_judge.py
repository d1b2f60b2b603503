"""One record."""

from __future__ import annotations

import pickle
from collections import UserDict
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import numpy
import pytest

import pec
from samples import RECORD, record


def test_what_is_told_of_a_paid_record():
    judged = pec.judge(RECORD)
    assert (judged.outcome, judged.standing, judged.reason) == ("undetermined", "earned", None)
    assert (judged.usage_day, judged.currency, judged.reseller) == (date(2026, 10, 1), "USD", "1234567")
    assert (judged.list_cost, judged.potential_credit, judged.credit) == (
        Decimal("1.08"),
        Decimal("0.162"),
        Decimal("0.162"),
    )
    assert judged.paid_rate == Decimal("0.15")
    assert judged.subscription == RECORD["EntitlementId"]
    assert (judged.resource_group, judged.resource) == ("rg-a", RECORD["ResourceURI"].lower())


def test_findings_say_what_to_do():
    judged = pec.judge(record(MeterName="D2s v3 Spot", UnitPrice="0", PartnerEarnedCreditPercentage="0"))
    assert (judged.outcome, judged.standing, judged.reason) == ("ineligible", "excluded", "spot_virtual_machine")
    assert [finding.rule for finding in judged.findings] == ["spot_virtual_machine", "nothing_charged"]
    primary = judged.primary
    assert primary == judged.findings[0] != judged.findings[1]
    assert (primary.column, primary.can_act) == ("MeterName", pec.rules()[5].can_act)
    for text in (primary.sentence, primary.owner, primary.remedy, primary.source):
        assert text
    assert "spot_virtual_machine" in judged.explain()
    assert "MeterName" in judged.explain()


def test_what_was_exported_decides_and_not_its_type():
    expected = pec.judge(RECORD)
    for differences in (
        {"UnitPrice": Decimal("0.045"), "Quantity": 24},
        {"UnitPrice": Decimal("4.5E-2"), "Quantity": Decimal("2.4E+1")},
        {"UsageDate": date(2026, 10, 1)},
        {"UsageDate": datetime(2026, 10, 1, 23, 30)},
        {"UsageDate": datetime(2026, 10, 2, 1, 0, tzinfo=timezone(timedelta(hours=2)))},
        {"PartnerEarnedCreditPercentage": 15, "PricingCurrency": None},
        {"Quantity": numpy.int64(24)},
        {"PartnerEarnedCreditPercentage": None, "hasPartnerEarnedCredit": True},
        {"PartnerEarnedCreditPercentage": Decimal("0.15"), "MyOwnColumn": object(), "Weight": 1.5},
    ):
        judged = pec.judge({**RECORD, **differences})
        assert judged == expected, differences
        assert hash(judged) == hash(expected)
    assert pec.judge(record(UsageDate="2026-10-02")) != expected
    assert pec.judge(UserDict(RECORD)) == expected


@pytest.mark.parametrize("amount", ["0.0000001", "1E-7", "12345678901.12345678901234567890"])
def test_no_digit_is_lost(amount):
    for value in (amount, Decimal(amount)):
        assert pec.judge({**RECORD, "UnitPrice": value, "Quantity": 1}).list_cost == Decimal(amount)


class Fraction(float):
    """A float in disguise, as NumPy's are."""


@pytest.mark.parametrize(
    "column", ["UnitPrice", "Quantity", "PricingPreTaxTotal", "unit price", "PartnerEarnedCreditPercentage"]
)
@pytest.mark.parametrize("value", [0.1, float("nan"), Fraction(0.1), True, 1j, [1]])
def test_floats_are_refused(column, value):
    changed = {name: content for name, content in RECORD.items() if name.lower() != column.replace(" ", "").lower()}
    with pytest.raises(TypeError, match=rf"^column `{column}`: .*pass Decimal or str"):
        pec.judge({**changed, column: value})


def test_what_is_no_cell_is_named():
    with pytest.raises(TypeError, match=r"^column `AdditionalInfo`: cannot be a dict; pass Decimal or str with the"):
        pec.judge({**RECORD, "AdditionalInfo": {"ReservationOrderId": "x"}})


@pytest.mark.parametrize(
    ("column", "value", "found"),
    [
        ("UnitPrice", Decimal("NaN"), "NaN"),
        ("UnitPrice", Decimal("1E+999999999999"), "1E+999999999999"),
        ("Quantity", "1,5", "1,5"),
        ("UsageDate", "10/4/2026", "10/4/2026"),
        ("UsageDate", date(1999, 1, 1), "1999-01-01"),
        ("PricingCurrency", "Euro", "Euro"),
        ("EntitlementId", "a\nb", "a\\nb"),
    ],
)
def test_issues_name_column_found_and_expected(column, value, found):
    with pytest.raises(pec.RowIssueError) as raised:
        pec.judge({**RECORD, column: value})
    error = raised.value
    assert (error.column, error.found) == (column, found)
    assert str(error) == f"column `{column}`: found `{found}`, expected {error.expected}"
    assert error.expected
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.column) == (str(error), column)


def test_a_day_before_the_programme():
    with pytest.raises(pec.PecError) as raised:
        pec.judge(record(UsageDate="2018-10-31"))
    assert isinstance(raised.value, pec.ProgrammeError)


def test_a_needed_column_is_named():
    with pytest.raises(pec.ReadError, match="`Quantity`"):
        pec.judge({name: value for name, value in RECORD.items() if name != "Quantity"})


def test_a_column_given_twice():
    with pytest.raises(pec.ReadError, match="`Quantity` and `Consumed Quantity` mean the same"):
        pec.judge({**RECORD, "Consumed Quantity": "24"})


@pytest.mark.parametrize("value", [[("UnitPrice", "1")], "UnitPrice", None, {1: "a"}])
def test_what_is_no_record(value):
    with pytest.raises(TypeError):
        pec.judge(value)


def test_what_a_judgement_says_of_itself():
    judged = pec.judge(record(MeterName="D2s v3 Spot", PartnerEarnedCreditPercentage="0"))
    assert (
        repr(judged) == 'Judgement(standing="excluded", reason="spot_virtual_machine", list_cost=1.08 USD, credit=0.00)'
    )
    assert repr(judged.findings) == '(Finding("spot_virtual_machine", column="MeterName"),)'
    with pytest.raises(AttributeError):
        judged.credit = Decimal(1)


def test_rules_are_listed_in_rank_order():
    rules = pec.rules()
    ranks = [rule.rank for rule in rules]
    assert ranks == sorted(ranks)
    assert {"spot_virtual_machine", "no_access_evidence"} <= {rule.id for rule in rules}
    for rule in rules:
        assert rule.group in ("by design", "partner", "access", "undetermined")
        assert rule.owner in ("partner", "customer", "nobody")
        assert rule.sentence
        assert rule.remedy
        assert rule.source_dated.isoformat() in rule.source
    assert repr(rules[0]) == 'Rule("not_usage_charge", rank=1, group="by design")'
