"""The page of a result in a browser: it runs, asks for nothing, sorts and filters, and is for everybody.

They need a Chromium on the path, such as Debian's, and are skipped where there is none.
"""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

import pec
from browsing import NEEDS_CHROMIUM, column, sum_of, table
from pec import html_report
from pec.html_report.tables import ROWS_SHOWN
from samples import csv_of, record

EXAMPLES = Path(__file__).parents[2] / "examples" / "data"
AROUND = {"partner": EXAMPLES / "partner.toml", "evidence": EXAMPLES / "evidence"}
pytestmark = NEEDS_CHROMIUM


@pytest.fixture(scope="module")
def example():
    return pec.reconcile(EXAMPLES / "2026-10", **AROUND)


@pytest.fixture(scope="module")
def example_text(example):
    return example.to_html(source=EXAMPLES / "2026-10")


def total(result, of, **wanted):
    rows = result.to_dict()["sums"]
    return round(sum(row[of] for row in rows if all(row[key] == value for key, value in wanted.items())), 2)


def test_the_first_screen_needs_no_scrolling(opened, example_text):
    page = opened(example_text)
    cards = page.locator(".cards .cause")
    assert cards.count() == 3
    bottom = cards.last.bounding_box()
    assert bottom["y"] + bottom["height"] < 900


@pytest.mark.parametrize("name", ["subscriptions", "groups", "days", "resellers"])
def test_sums_below_a_table_are_those_of_the_result(opened, example, example_text, name):
    page = opened(example_text)
    for words, of in (("list cost", "list_cost"), ("credit paid", "credit"), ("credit possible", "potential_credit")):
        assert sum_of(page, name, words) == total(example, of)
    table(page, name).get_by_label("Standing").select_option("lost")
    assert sum_of(page, name, "credit possible") == total(example, "potential_credit", standing="lost")
    assert set(column(page, name, "standing")) == {"lost"}


def test_tiles_are_the_sums_of_the_result(opened, example, example_text):
    page = opened(example_text)
    shown = {
        name: Decimal(page.locator(f"[data-tile={name}] data").get_attribute("value"))
        for name in ("list", "earned", "lost", "unknown", "excluded")
    }
    rows = example.to_dict()["sums"]

    def exactly(of, *standings):
        return sum(Fraction(row[of]) for row in rows if not standings or row["standing"] in standings)

    assert {name: Fraction(value) for name, value in shown.items()} == {
        "list": exactly("list_cost"),
        "earned": exactly("credit", "earned"),
        "lost": exactly("potential_credit", "lost", "missed"),
        "unknown": exactly("potential_credit", "unknown"),
        "excluded": exactly("list_cost", "excluded"),
    }


def test_a_click_on_a_heading_sorts(opened, example, example_text):
    page = opened(example_text)
    heading = table(page, "groups").get_by_role("button", name="list cost")
    heading.click()
    costs = [Decimal(one.replace(",", "")) for one in column(page, "groups", "list cost")]
    assert costs == sorted(costs, reverse=True)
    assert costs[0] == round(max(example.by_resource_group.column("list_cost").to_pylist()), 2)
    expect(table(page, "groups").locator("th[aria-sort=descending]")).to_have_text("list cost")
    heading.click()
    costs = [Decimal(one.replace(",", "")) for one in column(page, "groups", "list cost")]
    assert costs == sorted(costs)
    table(page, "groups").locator("[data-sort=resource_group]").click()
    groups = column(page, "groups", "resource group")
    assert groups == sorted(groups)


def test_a_filter_takes_rows_with_all_of_its_words(opened, example, example_text):
    page = opened(example_text)
    table(page, "groups").get_by_label("Filter").fill("ADATUM rg-data lost")
    expected = [
        row
        for row in example.by_resource_group.to_struct_array().to_pylist()
        if row["customer_name"] == "Adatum" and "rg-data" in row["resource_group"] and row["standing"] == "lost"
    ]
    assert expected
    expect(table(page, "groups").locator(".status")).to_contain_text(f"{len(expected)} found of")
    table(page, "groups").get_by_label("Filter").fill("no such words")
    expect(table(page, "groups").locator("tbody tr")).to_have_count(0)
    expect(table(page, "groups").locator(".status")).to_have_text(re.compile("^0 found of .*: no row has all of this"))
    expect(table(page, "groups").locator("tfoot tr")).to_have_count(0)


def test_pages_turn_to_the_last_row(opened, example, example_text):
    page = opened(example_text)
    rows = example.by_subscription.num_rows
    turn = table(page, "subscriptions").get_by_role("button", name="Next rows")
    expect(table(page, "subscriptions").get_by_role("button", name="Previous rows")).to_be_disabled()
    seen = column(page, "subscriptions", "list cost")
    while turn.is_enabled():
        turn.click()
        seen += column(page, "subscriptions", "list cost")
    assert len(seen) == rows
    assert seen == [f"{cost:,.2f}" for cost in example.by_subscription.column("list_cost").to_pylist()]


def test_the_script_draws_the_rows_as_they_were_written(opened, example_text):
    def rows(page):
        return page.locator("[data-table] tbody").evaluate_all(
            "all => all.map(one => one.innerHTML.replace(/\\s*\\n/g, ''))"
        )

    with_script = rows(opened(example_text))
    without = rows(opened(example_text, java_script_enabled=False))
    assert with_script == without and len(without) >= 7


def test_without_scripts_nothing_is_shown_that_does_not_work(opened, example_text):
    page = opened(example_text, java_script_enabled=False)
    assert page.locator(".copy:visible, .controls:visible").count() == 0
    assert page.locator("[data-table=groups] tbody tr").count() == ROWS_SHOWN


def test_it_is_used_by_keyboard(opened, example_text):
    page = opened(example_text)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.locator("[data-table=groups] input").focus()
    page.keyboard.type("fabrikam")
    page.keyboard.press("Tab")
    expect(table(page, "groups").get_by_label("Standing")).to_be_focused()
    page.keyboard.press("ArrowDown")
    names = column(page, "groups", "customer")
    assert names and all(name.startswith("Fabrikam") for name in names)
    table(page, "groups").get_by_role("button", name="lines").focus()
    page.keyboard.press("Enter")
    expect(table(page, "groups").locator("th[aria-sort=descending]")).to_have_text("lines")
    expect(table(page, "groups").get_by_role("button", name="lines")).to_be_focused()


def test_a_command_is_copied(opened, example_text):
    page = opened(example_text, permissions=["clipboard-read", "clipboard-write"])
    button = page.locator(".command", has_text="az role assignment create").first.locator("button")
    line = page.locator(".command code", has_text="az role assignment create").first.inner_text()
    button.click()
    expect(button).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == line
    expect(page.locator(".unseen[role=status]")).to_have_text("Copied")


def downloaded(page, name):
    """What the button of a table gives."""
    with page.expect_download() as download:
        table(page, name).get_by_role("button", name="Download CSV").click()
    assert download.value.suggested_filename == f"{name}.csv"
    return list(csv.DictReader(io.StringIO(download.value.path().read_text(encoding="utf-8-sig"))))


def test_a_table_is_downloaded_as_found_with_every_digit_and_row(opened, example, example_text):
    page = opened(example_text)
    names = list(example.by_subscription.column_names)
    rows = downloaded(page, "subscriptions")
    expected = [
        {name: "" if row[name] is None else str(row[name]) for name in names}
        for row in example.by_subscription.to_struct_array().to_pylist()
    ]
    assert len(rows) > ROWS_SHOWN
    amounts = ("list_cost", "credit", "potential_credit")
    exactly = [row | {name: Decimal(row[name]) for name in amounts} for row in rows]
    assert exactly == [row | {name: Decimal(row[name]) for name in amounts} for row in expected]
    table(page, "subscriptions").get_by_label("Filter").fill("lost")
    table(page, "subscriptions").get_by_role("button", name="list cost").click()
    found = [Decimal(row["list_cost"]) for row in downloaded(page, "subscriptions")]
    lost = [row for row in example.by_subscription.to_struct_array().to_pylist() if row["standing"] == "lost"]
    assert found == sorted((row["list_cost"] for row in lost), reverse=True)
    gap = downloaded(page, "gaps")[0]
    assert gap["ongoing"] == "true" and gap["scope"].startswith("/subscriptions/") and "strip" not in gap


def test_a_spreadsheet_runs_nothing_of_a_download(opened):
    groups = ["=1+1", "+1", "-1", "@a", 'say "so", twice']
    page = opened(html_report.html(pec.reconcile(io.BytesIO(csv_of([record(ResourceGroup=one) for one in groups])))))
    found = {row["resource_group"] for row in downloaded(page, "groups")}
    assert found == {"'=1+1", "'+1", "'-1", "'@a", 'say "so", twice'}


def test_a_click_on_an_id_selects_all_of_it(opened, example, example_text):
    page = opened(example_text)
    shown = table(page, "subscriptions").locator("td.named small").first
    shown.click()
    selected = page.evaluate("getSelection().toString()").strip()
    assert selected == example.by_subscription.column("customer").to_pylist()[0] == shown.get_attribute("title")


def test_heads_and_sums_stay_where_a_table_is_higher_than_the_window(opened, example_text):
    page = opened(example_text, viewport={"width": 1280, "height": 400})
    groups = table(page, "groups")
    groups.scroll_into_view_if_needed()
    groups.locator(".wide").evaluate("one => one.scrollTo(0, 200)")
    box = groups.locator(".wide").bounding_box()
    head = groups.locator("thead th").first.bounding_box()
    foot = groups.locator("tfoot td").first.bounding_box()
    assert head["y"] == pytest.approx(box["y"], abs=2)
    assert foot["y"] + foot["height"] == pytest.approx(
        box["y"] + groups.locator(".wide").evaluate("one => one.clientHeight"), abs=2
    )


def test_a_cause_leads_to_what_to_run(opened, example_text):
    page = opened(example_text)
    links = page.locator(".cards a")
    assert links.count() == 3
    links.nth(1).click()
    expect(page.locator("article:target")).to_contain_text("a deny assignment voids the access")
    expect(page.locator("article:target .command").first).to_be_visible()


def test_every_gap_shows_what_its_days_cost(opened, example_text):
    page = opened(example_text)
    gaps = table(page, "gaps").locator("td.strip")
    assert [one.split()[-1] for one in gaps.all_inner_texts()] == ["6.57", "5.40", "6.44", "2.01", "1.54"]
    table(page, "gaps").get_by_label("Filter").fill("sandbox")
    expect(gaps).to_have_count(1)
    assert gaps.locator("path").get_attribute("d").count("M") == 4


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
def test_an_accessibility_checker_finds_nothing(opened, example_text, scheme, width):
    page = opened(example_text, color_scheme=scheme, viewport={"width": width, "height": 900})
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [1280, 400])
def test_azure_credits_are_summed_but_not_what_is_left_at_ends_of_months(opened, width):
    result = pec.reconcile(EXAMPLES / "2026-10", credits=EXAMPLES / "credits.toml")
    page = opened(html_report.html(result), viewport={"width": width, "height": 900})
    assert sum_of(page, "credits", "granted") == 1000
    assert sum_of(page, "credits", "left") == Decimal("262.56")
    assert sum_of(page, "credit_months", "flagged") == Decimal("238.01")
    with pytest.raises(InvalidOperation):
        sum_of(page, "credit_months", "left at its end")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_on_paper_there_is_nothing_to_press(opened, example_text):
    page = opened(example_text)
    page.emulate_media(media="print", color_scheme="dark")
    assert page.locator("nav:visible, .controls:visible, .copy:visible").count() == 0
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator("[data-table=gaps] tfoot").evaluate("one => getComputedStyle(one).display") == "table-row-group"
    assert page.pdf().startswith(b"%PDF")
