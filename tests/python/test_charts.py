"""Pictures: they draw the figures of the result, look alike everywhere and are saved without a network."""

from __future__ import annotations

import datetime
import inspect
import io
import itertools
import re
import subprocess
import sys
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import polars as pl
import pytest

import pec
from pec import charts, drawing
from samples import MONTH, SUBSCRIPTION, csv_of, record

EXAMPLES = Path(__file__).parents[2] / "examples" / "data"
AROUND = {"partner": EXAMPLES / "partner.toml", "evidence": EXAMPLES / "evidence"}


@pytest.fixture(scope="module")
def example():
    return pec.reconcile(EXAMPLES / "2026-10", **AROUND)


@pytest.fixture(scope="module")
def lines(example):
    return pl.DataFrame(example.findings(EXAMPLES / "2026-10"))


def values(chart):
    """The rows that a chart carries."""
    found = chart.to_dict()
    return found["data"]["values"] if "data" in found else found["layer"][0]["data"]["values"]


def reconciled(rows):
    return pec.reconcile(io.BytesIO(csv_of(rows)), name="usage.csv")


def test_the_waterfall_comes_down_from_list_cost_to_what_earned(example):
    steps = values(charts.waterfall(example))
    assert [(step["step"], step["words"]) for step in (steps[0], *steps[-2:])] == [
        ("list cost", "9,079.10"),
        ("list cost that earned", "6,120.22"),
        ("credit earned", "918.03"),
    ]
    falls = steps[1:-2]
    assert {step["step"] for step in falls} >= {"lost: no_access", "excluded: reservation"}
    assert falls[0]["to"] == steps[0]["to"] and falls[-1]["from"] == pytest.approx(steps[-2]["to"])
    assert all(after["to"] == before["from"] for before, after in itertools.pairwise(falls))
    assert {step["step"]: step["words"] for step in falls}["lost: no_access"] == "861.57"


def test_currencies_are_never_added():
    result = reconciled(MONTH)
    with pytest.raises(ValueError, match="2 currencies, which are never added; pass one as `currency`: EUR, USD"):
        charts.waterfall(result)
    with pytest.raises(ValueError, match="nothing in GBP; there is EUR, USD"):
        charts.waterfall(result, currency="GBP")
    assert values(charts.waterfall(result, currency="EUR"))[0]["words"] == "1.08"


def test_the_calendar_shows_of_each_day_what_stands_out(example, lines):
    days = {(cell["subscription"], cell["on"]): cell for cell in values(charts.calendar(example))}
    expected = {}
    names = example.to_dict()["subscription_names"]
    for (subscription, day), of_day in lines.group_by("subscription", "usage_day"):
        found = set(of_day["standing"])
        expected[names[subscription], str(day)] = next(
            one for one in ("lost", "missed", "unknown", "unexpected", "earned", "excluded") if one in found
        )
    assert {key: cell["standing"] for key, cell in days.items()} == expected


def test_the_calendar_takes_those_that_lost_most(example):
    chart = charts.calendar(example, at_most=2)
    assert {cell["subscription"] for cell in values(chart)} == {"Adatum Development", "Adatum Production"}
    assert chart.to_dict()["title"].endswith("2 of 18 Azure subscriptions")


def test_days_that_could_have_earned_bear_a_sign_beside_their_colour(example, tmp_path):
    cells = values(charts.calendar(example))
    assert {(cell["standing"], cell["sign"]) for cell in cells} == {("lost", "x"), ("earned", ""), ("excluded", "")}
    charts.calendar(example).save(tmp_path / "days.svg")
    lost = sum(cell["standing"] == "lost" for cell in cells)
    assert (tmp_path / "days.svg").read_text(encoding="utf-8").count(">x</text>") == lost > 0


def test_who_hears_a_calendar_hears_each_day_once(example, tmp_path):
    charts.calendar(example).save(tmp_path / "days.svg")
    svg = (tmp_path / "days.svg").read_text(encoding="utf-8")
    assert svg.count("Adatum Production, 2026-10-03: lost 2.07, excluded 0.00") == 1


def test_days_too_narrow_for_a_sign_have_none(tmp_path):
    days = [datetime.date(2026, 1, 1) + datetime.timedelta(days=one) for one in range(90)]
    rows = [record(UsageDate=str(day), PartnerEarnedCreditPercentage="0") for day in days]
    charts.calendar(reconciled(rows)).save(tmp_path / "days.svg")
    assert "?</text>" not in (tmp_path / "days.svg").read_text(encoding="utf-8")
    charts.calendar(reconciled(rows[:5])).save(tmp_path / "days.svg")
    assert (tmp_path / "days.svg").read_text(encoding="utf-8").count("?</text>") == 5


def test_those_that_lost_the_same_stand_by_name(example):
    order = charts.calendar(example).to_dict()["layer"][0]["encoding"]["y"]["sort"]
    assert order[:2] == ["Adatum Development", "Adatum Production"]
    assert order[5:] == sorted(order[5:]) and len(order) == 18


def test_subscriptions_of_one_name_are_told_apart():
    other = SUBSCRIPTION.replace("3", "4")
    rows = [
        record(EntitlementId=one, EntitlementDescription="Production", PartnerEarnedCreditPercentage="0")
        for one in (SUBSCRIPTION, other)
    ]
    result = reconciled(rows)
    assert {cell["subscription"] for cell in values(charts.calendar(result))} == {
        f"Production ({SUBSCRIPTION})",
        f"Production ({other})",
    }


def test_gaps_are_those_of_the_result(example):
    shown = values(charts.top_gaps(example, at_most=3))
    gaps = example.to_dict()["gaps"][:3]
    assert [gap["scope"] for gap in shown] == [gap["scope"] for gap in gaps]
    assert [Decimal(gap["words"]) for gap in shown] == [round(gap["credit_lost"], 2) for gap in gaps]
    assert [gap["state"] for gap in shown] == ["not over", "not over", "over"]
    with pytest.raises(ValueError, match=r"^there are no gaps to draw$"):
        charts.top_gaps(reconciled(MONTH[:2]))


def test_access_stands_beside_days_that_were_not_paid(example):
    chart = charts.access_timeline(example)
    bars = {(bar["name"], bar["lane"], bar["from"], bar["until"]) for bar in values(chart)}
    assert ("Adatum Sandbox", "not paid", "2026-10-04T00:00:00Z", "2026-10-08T00:00:00Z") in bars
    assert ("Adatum Sandbox", "access that counts", "2026-09-28T00:00:00Z", "2026-10-04T09:12:45Z") in bars
    assert ("Adatum Sandbox", "access that counts", "2026-10-07T16:40:12Z", "2026-11-01T00:00:00Z") in bars
    with pytest.raises(ValueError, match="nothing to draw"):
        charts.access_timeline(reconciled(MONTH[:2]))
    with pytest.raises(ValueError, match="neither gaps nor grants"):
        charts.access_timeline(reconciled(MONTH[:2]), subscriptions=[SUBSCRIPTION])


def test_a_loaded_result_is_given_its_access(example, tmp_path):
    example.save(tmp_path)
    loaded = pec.Result.load(tmp_path)
    with pytest.raises(ValueError, match="a result that was loaded has sums"):
        charts.access_timeline(loaded)
    again = charts.access_timeline(loaded, timeline=pec.access_timeline(**AROUND))
    assert values(again) == values(charts.access_timeline(example))


def test_access_of_nobody_we_know_is_left_out(example):
    timeline = pl.DataFrame(example.access)
    not_yours = timeline.with_columns(pl.lit("not_yours").alias("counts"))
    assert {bar["lane"] for bar in values(charts.access_timeline(example, timeline=not_yours))} == {"not paid"}
    assert {bar["lane"] for bar in values(charts.access_timeline(example, timeline=timeline.vstack(not_yours)))} == {
        "access that counts",
        "access that does not count",
        "not paid",
    }


def test_the_timeline_takes_the_costliest_gaps_and_says_so(example):
    chart = charts.access_timeline(example, at_most=2)
    assert {bar["name"] for bar in values(chart)} == {"Adatum Development", "Adatum Production"}
    assert chart.to_dict()["title"].endswith("2 of 5 Azure subscriptions")


def test_what_they_take_is_called_alike():
    calls = {name: inspect.signature(getattr(charts, name)).parameters for name in charts.__all__}
    assert {next(iter(call)) for name, call in calls.items() if name != "balance"} == {"result"}
    for name, call in calls.items():
        options = [one for one in call.values() if one.kind is not one.KEYWORD_ONLY]
        assert [one.name for one in options] == (["result"] if name != "balance" else ["table", "forecast"])


def test_a_balance_burns_down_and_ends_as_forecast():
    table = pec.aco.table(credit=500, acr=[75, 85, 90], on=datetime.date(2024, 1, 15))
    points = values(charts.balance(table, pec.aco.forecast(balance=250, acr=[75, 85, 90])))
    of = {
        line: [(point["month"], point["balance"]) for point in points if point["line"] == line]
        for line in ("balance", "earliest end", "likely end", "latest end")
    }
    assert of["balance"] == [(0, 500), (1, 425), (2, 340), (3, 250)]
    assert of["earliest end"][1] == (pytest.approx(3 + 250 / 90), 0)
    assert of["likely end"][1] == (pytest.approx(3 + 250 / 83.33, abs=0.001), 0)
    assert of["latest end"][1] == (pytest.approx(3 + 250 / 75), 0)
    assert {point["line"] for point in values(charts.balance(table))} == {"balance"}


def test_a_balance_takes_only_what_fits():
    table = pec.aco.table(credit=500, acr=[75], on=datetime.date(2024, 1, 15))
    forecast = pec.aco.forecast(balance=250, acr=[75])
    with pytest.raises(ValueError, match="must be a table with months"):
        charts.balance(forecast)
    with pytest.raises(ValueError, match=r"a forecast of 425\.00"):
        charts.balance(table, forecast)


@pytest.fixture(scope="module")
def credits_of_october():
    return pec.aco.balance(EXAMPLES / "2026-10", credits=EXAMPLES / "credits.toml")


def test_real_credits_burn_down_day_by_day_and_end_as_their_outlook_says(credits_of_october):
    chart = charts.balance(credits_of_october)
    points = values(chart)
    assert chart.to_dict()["title"] == "Azure credit at the end of each day (USD)"

    def line(credit, name):
        return {point["on"]: point["words"] for point in points if (point["credit"], point["line"]) == (credit, name)}

    found = credits_of_october.to_dict()
    for credit, (before, opening) in {
        "aco-contoso": ("2026-09-30", "250.00"),
        "aco-woodgrove": ("2026-10-04", "500.00"),
    }.items():
        ledger = {str(day["usage_day"]): day["balance"] for day in found["days"] if day["credit_id"] == credit}
        drawn = line(credit, "balance")
        assert drawn.pop(before) == opening
        assert drawn == {day: f"{left:.2f}" for day, left in ledger.items()}
    last = {"2026-10-31": "262.56"}
    assert line("aco-woodgrove", "earliest end") == last | {"2026-11-23": "0.00"}
    assert line("aco-woodgrove", "likely end") == last | {"2026-11-30": "0.00"}
    assert line("aco-woodgrove", "latest end") == last | {"2026-12-12": "0.00"}
    assert {point["line"] for point in points if point["credit"] == "aco-contoso"} == {"balance"}, "it has ended"


def drawn_down(tmp_path, *grants):
    usage = tmp_path / "usage.csv"
    usage.write_bytes(csv_of([record(UsageDate=f"2026-10-{day:02}", CustomerId="c") for day in (1, 2, 9)]))
    toml = tmp_path / "credits.toml"
    toml.write_text(
        "".join(
            "[[credit]]\neffective = 2026-10-01\nexpiry = 2027-09-30\n"
            + "".join(f'{name} = "{value}"\n' for name, value in credit.items())
            for credit in grants
        )
    )
    return pec.aco.balance(usage, credits=toml)


def test_a_balance_stays_on_days_without_usage(tmp_path):
    points = values(charts.balance(drawn_down(tmp_path, {"customer": "c", "granted": "10.00"})))
    assert [(point["on"], point["words"]) for point in points if point["line"] == "balance"] == [
        ("2026-09-30", "10.00"),
        ("2026-10-01", "8.92"),
        ("2026-10-02", "7.84"),
        ("2026-10-08", "7.84"),
        ("2026-10-09", "6.76"),
    ]


def test_credits_of_one_id_are_told_apart_and_currencies_never_drawn_together(tmp_path):
    same = {"id": "aco", "granted": "10.00"}
    found = drawn_down(tmp_path, same | {"customer": "c"}, same | {"customer": "d"})
    assert {point["credit"] for point in values(charts.balance(found))} == {"aco (c)", "aco (d)"}
    found = drawn_down(
        tmp_path, same | {"customer": "c"}, {"id": "b", "customer": "c", "granted": "20.00", "currency": "EUR"}
    )
    with pytest.raises(ValueError, match="2 currencies, which are never added; pass one as `currency`: EUR, USD"):
        charts.balance(found)
    assert {point["credit"] for point in values(charts.balance(found, currency="EUR"))} == {"b"}
    offer = pec.aco.table(credit=500, acr=[75], on=datetime.date(2024, 1, 15))
    with pytest.raises(ValueError, match="nothing in EUR; there is USD"):
        charts.balance(offer, currency="EUR")


def test_credits_are_no_more_than_colours(tmp_path):
    grants = [{"id": f"aco-{number}", "customer": f"c{number}", "granted": f"{number}.00"} for number in range(1, 9)]
    chart = charts.balance(drawn_down(tmp_path, *grants))
    assert {point["credit"] for point in values(chart)} == {f"aco-{number}" for number in range(3, 9)}
    assert chart.to_dict()["title"].endswith(", 6 of 8")


def test_real_credits_take_no_forecast_and_there_must_be_some(credits_of_october):
    with pytest.raises(ValueError, match="an outlook of its own; pass no forecast"):
        charts.balance(credits_of_october, pec.aco.forecast(balance=250, acr=[75]))
    with pytest.raises(ValueError, match="there is nothing to draw"):
        charts.balance(pec.aco.balance(EXAMPLES / "2026-10", credits=pec.Credits()))


def test_pictures_are_saved_and_the_same_each_time(example, tmp_path):
    for name in ("one", "two"):
        charts.waterfall(example).save(tmp_path / f"{name}.svg")
    svg = (tmp_path / "one.svg").read_text(encoding="utf-8")
    assert svg == (tmp_path / "two.svg").read_text(encoding="utf-8")
    assert svg.startswith("<svg") and "lost: no_access" in svg and "9,079.10" in svg
    charts.top_gaps(example).save(tmp_path / "gaps.png")
    assert (tmp_path / "gaps.png").read_bytes().startswith(b"\x89PNG")


def test_names_of_files_stay_names(tmp_path):
    result = reconciled([record(EntitlementDescription="<script>&'\"", PartnerEarnedCreditPercentage="0")])
    charts.top_gaps(result).save(tmp_path / "gaps.svg")
    svg = (tmp_path / "gaps.svg").read_text(encoding="utf-8")
    assert "<script" not in svg and "&lt;script&gt;" in svg


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_words_are_legible_on_light_and_on_dark(example):
    assert charts.waterfall(example).to_dict()["background"] == "transparent"
    ink = luminance(drawing.INK) + 0.05
    assert 1.05 / ink >= 4.5 and ink / (luminance("#111111") + 0.05) >= 4


def test_colours_are_those_of_the_page():
    style = (files("pec.html_report") / "assets" / "page.css").read_text(encoding="utf-8")
    light = style[: style.index("@media")]
    assert {name: re.search(rf"--{name}: (#\w+);", light)[1] for name in drawing.COLOURS} == drawing.COLOURS


def test_altair_is_not_imported_before_it_is_needed_and_missed_in_one_line():
    program = (
        "import sys; sys.modules['altair'] = None\n"
        "import pec, pec.charts\n"
        "table = pec.aco.table(credit=1, acr=[1], on=__import__('datetime').date(2024, 1, 15))\n"
        "try:\n    pec.charts.balance(table)\n"
        "except ImportError as error:\n    print(error)\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == 'charts need Altair; run `pip install "pec-py[charts]"`\n'
