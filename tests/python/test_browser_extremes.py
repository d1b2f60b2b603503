"""The page of hostile, long, short and large results in a browser."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from playwright.sync_api import expect

import pec
from browsing import NEEDS_CHROMIUM, column, sum_of, table
from pec import html_report
from pec.html_report.tables import ROWS_SHOWN
from samples import csv_of, named, record

MANY = 50_000

pytestmark = NEEDS_CHROMIUM


@pytest.fixture(scope="module")
def many_text():
    rows = [record(ResourceGroup=f"rg-{number:05}", Quantity=str(number)) for number in range(1, MANY + 1)]
    return html_report.html(pec.reconcile(io.BytesIO(csv_of(rows)), name="many.csv"))


HOSTILE = (
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    "</script x='",
    "<!--<script ",
    '"><img src=x onerror=alert(3)>',
)


def test_hostile_names_stay_text(opened):
    rows = named(HOSTILE)
    rows.extend(rows[0] | {"Quantity": words} for words in HOSTILE)
    page = opened(html_report.html(pec.reconcile(io.BytesIO(csv_of(rows)), name=HOSTILE[1]), title=HOSTILE[-1]))
    assert page.title() == HOSTILE[-1]
    names = table(page, "customers").locator("td.named span").all_inner_texts()
    assert sorted(name.strip() for name in names) == sorted(words.strip() for words in HOSTILE)
    assert {one.strip() for one in column(page, "issues", "found")} == {words.strip() for words in HOSTILE}
    assert page.locator("img").count() == 0 and page.locator("script").count() == 3
    table(page, "customers").get_by_label("Filter").fill("onerror")
    expect(table(page, "customers").locator("tbody tr")).to_have_count(1)


@pytest.mark.parametrize("width", [1280, 400])
def test_long_names_make_no_page_wider_and_no_row_high(opened, width):
    words = "Contoso" * 50
    names = {"CustomerName": words, "EntitlementDescription": words, "ResourceGroup": words}
    page = opened(
        html_report.html(
            pec.reconcile(io.BytesIO(csv_of([record(**names, PartnerEarnedCreditPercentage="0")])), name=words),
            title=words,
        ),
        viewport={"width": width, "height": 900},
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    shown = table(page, "subscriptions").locator("tbody tr").first
    assert shown.bounding_box()["height"] < 80
    assert shown.locator("span[title]").first.get_attribute("title") == words


def test_a_large_table_keeps_few_rows_on_the_page(opened, many_text):
    page = opened(many_text)
    groups = table(page, "groups")
    expect(groups.locator(".status")).to_contain_text("50,000 found.")
    expect(groups.locator("tbody tr")).to_have_count(ROWS_SHOWN)
    groups.get_by_label("Filter").fill("rg-4999")
    expect(groups.locator(".status")).to_contain_text("10 found of 50,000.")
    expect(groups.locator("tbody tr")).to_have_count(10)
    groups.get_by_label("Filter").fill("")
    groups.get_by_role("button", name="list cost").click()
    assert column(page, "groups", "resource group")[0] == "rg-50000"
    assert page.locator("tr").count() < 200
    assert sum_of(page, "groups", "list cost") == Decimal("0.045") * sum(range(MANY + 1))


def test_sums_keep_every_digit(opened):
    half = "0." + "0" * 25 + "5"
    prices = [("rg-a", "0.345"), ("rg-b", "-" + half), ("rg-c", half), ("rg-d", half)]
    rows = [record(ResourceGroup=group, UnitPrice=price, Quantity="1.0" + "0" * 20 + "1") for group, price in prices]
    result = pec.reconcile(io.BytesIO(csv_of(rows)), name="digits.csv")
    page = opened(html_report.html(result))
    assert max(len(price) for _, price in prices) < len(str(result.to_dict()["sums"][0]["list_cost"]))
    assert (
        sum_of(page, "groups", "list cost")
        == round(Decimal(str(result.to_dict()["sums"][0]["list_cost"])), 2)
        == Decimal("0.35")
    )
    table(page, "groups").get_by_label("Filter").fill("rg-a")
    assert sum_of(page, "groups", "list cost") == Decimal("0.35")


def of_days(days, price="0.045"):
    """A month of which so many days have usage."""
    rows = [record(UsageDate=f"2026-10-{day:02}", UnitPrice=price) for day in range(1, days + 1)]
    rows.append(rows[-1] | {"PartnerEarnedCreditPercentage": "0"})
    return html_report.html(pec.reconcile(io.BytesIO(csv_of(rows)), name="days.csv"))


@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("days", [1, 2, 13, 14, 31])
def test_no_bar_of_a_day_is_a_wall(opened, days, width):
    page = opened(of_days(days), viewport={"width": width, "height": 900})
    bars = page.locator(".days rect")
    assert bars.count() == days + 1
    assert max(bar.bounding_box()["width"] for bar in bars.all()) <= width / 14
    caption = page.locator("figcaption").inner_text().split("\n")
    last = f"2026-10-{days:02}"
    assert caption[0].startswith("2026-10-01" if days > 1 else f"{last}: ") and last in " ".join(caption)


def test_where_nothing_stands_above_zero_there_is_no_picture_of_days(opened):
    page = opened(of_days(3, price="-0.045"))
    assert page.locator("figure").count() == 0


def test_bars_of_a_year_are_not_hidden_by_the_lines_between_them(opened):
    rows = [
        record(UsageDate=f"{year}-{month:02}-{day:02}")
        for year in (2025, 2026)
        for month in range(1, 13)
        for day in range(1, 29)
    ]
    page = opened(html_report.html(pec.reconcile(io.BytesIO(csv_of(rows)), name="years.csv")))
    lines = page.locator(".days rect").first.evaluate("one => parseFloat(getComputedStyle(one).strokeWidth)")
    assert lines == 0 or page.locator(".days").bounding_box()["width"] / (2 * 365) > 2 * lines


@pytest.mark.parametrize("width", [1280, 400, 320])
def test_no_amount_is_broken_in_two(opened, width):
    rows = [
        record(UnitPrice="98765432109.87", Quantity="10"),
        record(UnitPrice="9876543210.98", Quantity="10", PricingCurrency="VND"),
    ]
    page = opened(
        html_report.html(pec.reconcile(io.BytesIO(csv_of(rows)), name="dong.csv")),
        viewport={"width": width, "height": 900},
    )
    amounts = page.locator("main data:visible")
    assert amounts.count() > 20
    assert all(amount.evaluate("one => one.getClientRects().length") == 1 for amount in amounts.all())
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_turns_the_direction_of_a_line_is_shown_and_not_obeyed(opened):
    turned = record(CustomerName="\u202eevil", EntitlementDescription="\u2067b", PartnerEarnedCreditPercentage="0")
    text = html_report.html(pec.reconcile(io.BytesIO(csv_of([turned])), name="\u202e.csv"), title="\u2066t")
    page = opened(text)
    assert page.locator("h1").inner_text() == "\\u{2066}t"
    assert table(page, "customers").locator("td.named span").first.inner_text() == "\\u{202e}evil"
    assert not any(mark in text for mark in "\u202e\u2066\u2067")
