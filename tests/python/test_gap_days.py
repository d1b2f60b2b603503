"""What each day of a gap cost: exact where the file tells it, and else not shown."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal
from pathlib import Path

import pec
from pec.html_report import gap_days
from pec.html_report.summary import period
from samples import VM, csv_of, record

DATA = Path(__file__).parents[2] / "examples/data"
EARNS = {"PartnerEarnedCreditPercentage": "15"}


def strips_of(rows):
    result = pec.reconcile(io.BytesIO(csv_of(rows)), name="usage.csv")
    found = result.to_dict()
    return found["gaps"], gap_days.strips(found["gaps"], result.by_subscription_day, period(found))


def unpaid(day, quantity, **differences):
    return record(UsageDate=day, UnitPrice="1", Quantity=quantity, PartnerEarnedCreditPercentage="0", **differences)


def test_bars_are_the_days_of_the_gap_within_all_days():
    rows = [record(UsageDate="2026-10-01"), record(UsageDate="2026-10-08")]
    rows += [unpaid("2026-10-03", "100"), unpaid("2026-10-04", "50"), unpaid("2026-10-06", "0.01")]
    gaps, strips = strips_of(rows)
    assert [(gap["first_day"].day, gap["last_day"].day) for gap in gaps] == [(3, 6)]
    assert strips == [(2, 4, 8, "ka01", "15.00")], "the lowest cost is seen, a day without usage is none"


def test_days_of_the_example_add_up_to_each_gap():
    result = pec.reconcile(DATA / "2026-10")
    found = result.to_dict()
    read = period(found)
    strips = gap_days.strips(found["gaps"], result.by_subscription_day, read)
    whole = (read[1] - read[0]).days + 1
    for gap, (before, bars, all_bars, heights, highest) in zip(found["gaps"], strips, strict=True):
        assert before == (gap["first_day"] - read[0]).days and all_bars == whole
        assert bars == len(heights) == (gap["last_day"] - gap["first_day"]).days + 1
        assert sum(height != "0" for height in heights) == gap["days"]
        days = Decimal(highest)
        assert days <= gap["credit_lost"] <= days * gap["days"]


def test_parts_of_a_subscription_that_overlap_show_their_days_alone():
    other = VM.replace("rg-a", "rg-b")
    rows = [record(UsageDate=f"2026-10-0{day}", ResourceURI=VM.replace("vm1", "vm2")) for day in (1, 2, 3)]
    rows += [record(UsageDate=f"2026-10-0{day}", ResourceGroup="rg-b", ResourceURI=other + "2") for day in (1, 2, 3)]
    rows += [unpaid("2026-10-02", "7"), unpaid("2026-10-03", "7")]
    rows += [unpaid("2026-10-03", "5", ResourceGroup="rg-b", ResourceURI=other)]
    gaps, strips = strips_of(rows)
    assert len(gaps) == 2
    assert strips == [(1, 2, 3, "", ""), (2, 1, 3, "", "")]


def test_what_only_gave_back_is_no_gap():
    rows = [record(UsageDate="2026-10-01"), unpaid("2026-10-02", "-5"), record(UsageDate="2026-10-03")]
    assert strips_of(rows) == ([], [])


def test_a_year_has_several_days_in_a_bar():
    start = datetime.date(2026, 1, 1)
    days = [start + datetime.timedelta(days=number) for number in range(365)]
    gaps, [(before, bars, whole, heights, highest)] = strips_of([unpaid(str(day), "10") for day in days])
    assert gap_days.days_a_bar((days[0], days[-1])) == 6
    assert (before, bars, whole) == (0, 61, 61) and gaps[0]["days"] == 365
    assert highest == "9.00" and heights == "k" * 60 + "g", "the last bar has five days"
