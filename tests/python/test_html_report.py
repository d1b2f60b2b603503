"""The page of a result: what it says, that texts stay texts, and that it asks for nothing."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import shlex
from collections import defaultdict
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest

import pec
from pec import html_report
from pec.html_report import amounts, tables
from pec.html_report.markup import Markup, element, visible
from pec.html_report.sections import causes_section
from pec.html_report.summary import causes_of
from samples import MONTH, csv_of, named, record

DATA = Path(__file__).parents[2] / "examples/data"
ACCESS = {"partner": DATA / "partner.toml", "evidence": DATA / "evidence"}
HOSTILE = [
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    '"><img src=x onerror=alert(3)>',
    "</script x='",
    "<!--<script ",
    "' onfocus='alert(4)",
    "&lt;b&gt;",
    "rg\u202e\u2028x",
]


class Page(HTMLParser):
    """What a reader of HTML finds in a page."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self.words: list[str] = []
        self.tiles: dict[tuple[str, str], Decimal] = {}
        self._in = ""
        self._tile: tuple[str, str] | None = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.append((tag, found))
        self._in = tag
        if tag in ("script", "style"):
            (self.scripts if tag == "script" else self.styles).append("")
        if "data-tile" in found:
            self._tile = (found["data-tile"], found["data-currency"])
        if tag == "data" and self._tile is not None:
            self.tiles[self._tile] = Decimal(found["value"])
            self._tile = None

    def handle_endtag(self, tag):
        self._in = ""

    def handle_data(self, data):
        if self._in in ("script", "style"):
            of_it = self.scripts if self._in == "script" else self.styles
            of_it[-1] += data
        else:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    @property
    def data(self) -> dict:
        return json.loads(self.scripts[0])["tables"]

    def column(self, table: str, name: str) -> list:
        column = next(one for one in self.data[table]["columns"] if one["name"] == name)
        values = column["values"] if "values" in column else json.loads(self.scripts[0])["names"][name]
        return [values[code] for code in column["codes"]] if "codes" in column else values


def page_of(rows, **options) -> Page:
    return Page(html_report.html(reconciled(rows), **options))


def reconciled(rows, **options):
    return pec.reconcile(io.BytesIO(csv_of(rows)), name="usage.csv", **options)


@pytest.fixture(scope="module")
def example():
    return pec.reconcile(DATA / "2026-10", **ACCESS)


def sums_by(result, column, *standings):
    sums = defaultdict(Decimal)
    for row in result.to_dict()["sums"]:
        if not standings or row["standing"] in standings:
            sums[row["currency"]] += row[column]
    return dict(sums)


def test_the_first_screen_has_the_sums_of_the_result_by_currency():
    result = reconciled(MONTH)
    tiles = Page(html_report.html(result)).tiles
    of = {
        "list": sums_by(result, "list_cost"),
        "earned": sums_by(result, "credit", "earned"),
        "unknown": sums_by(result, "potential_credit", "unknown"),
        "excluded": sums_by(result, "list_cost", "excluded"),
    }
    assert {currency for _, currency in tiles} == {"EUR", "USD"}
    for (tile, currency), value in tiles.items():
        assert value == of.get(tile, {}).get(currency, 0), (tile, currency)


def test_it_says_how_much_of_what_could_earn_earned(example):
    text = Page(html_report.html(example)).text
    assert "918.03 of 1,077.51 USD of possible credit was earned: 85.1 %." in text
    assert "No usage in USD could earn credit." in page_of([record(MeterName="D2s v3 Spot")]).text
    assert "0.16 of 0.16 USD of possible credit was earned: all of it." in page_of([record()]).text
    assert "-0.16 of -0.16 USD of possible credit was earned." in page_of([record(Quantity="-24")]).text
    assert "No line could be decided." in page_of([record(Quantity="none")]).text


def test_a_share_is_cut_so_that_almost_all_is_not_all():
    rows = [record(Quantity="99999"), record(Quantity="1", PartnerEarnedCreditPercentage="0")]
    assert "of possible credit was earned: 99.9 %." in page_of(rows).text


def test_causes_come_with_cost_and_who_can_act(example):
    text = Page(html_report.html(example)).text
    first = text.index("The 3 largest causes")
    of_causes = text[first : text.index("Causes and what to do")]
    assert (
        "129.24 USD No access of yours reached the resource on that day. In 3 Azure subscriptions, most of it in "
        "Adatum, Adatum Development . not over: 121.88 USD a month" in of_causes
    )
    assert "In Fabrikam, Fabrikam Shared Services ." in of_causes
    assert "To do: ask the customer to take you out of the deny assignment" in of_causes
    assert [of_causes.index(amount) for amount in ("129.24", "13.04", "8.70")] == sorted(
        of_causes.index(amount) for amount in ("129.24", "13.04", "8.70")
    )
    assert "8.51" not in of_causes
    assert "Who can act: the customer" in of_causes and "Who can act: nobody" in of_causes


def test_the_first_lines_say_what_is_gone_what_goes_on_and_what_is_not_known(example):
    text = Page(html_report.html(example)).text
    assert (
        "159.48 USD was lost or missed, by evidence. What is not over costs 142.73 USD more each month of 30 days."
        in text
    )
    without = Page(html_report.html(pec.reconcile(DATA / "2026-10"))).text
    assert "159.48 USD was not earned, and what was given cannot tell why, only since when and where ." in without
    assert "more each month" not in without
    assert 'class="answer"' not in html_report.html(reconciled([record()])), "nothing is left to answer"


def test_commands_come_from_explanations(example):
    losses = {row["reason"]: row for row in reversed(example.losses.to_struct_array().to_pylist())}
    asked = [(row["subscription"], row["last_day"]) for row in losses.values()]
    explained = [pec.explain(DATA / "2026-10", subscription=one, day=day, **ACCESS) for one, day in asked]
    lines = {
        command["line"]
        for one in explained
        for decision in one.to_dict()["decisions"]
        for command in decision["commands"]
    }
    assert lines
    # Those of the largest causes are on the page; the rest is a command away.
    text = Page(example.to_html(source=DATA / "2026-10")).text
    assert sum(line in text for line in lines) == 2
    assert "az role assignment create" in text
    assert "az role assignment create" not in Page(html_report.html(example)).text
    assert (
        f"pec explain FILE... --partner TOML --evidence DIR --subscription '{asked[0][0]}'"
        in Page(html_report.html(example)).text
    )


def test_what_is_unknown_for_want_of_evidence_says_how_to_export_it():
    text = page_of([record(PartnerEarnedCreditPercentage="0")]).text
    assert "pec access script --shell bash > collect.sh" in text and "bash collect.sh evidence" in text


def test_texts_of_files_stay_texts():
    rows = named(HOSTILE)
    page = page_of([*rows, rows[0] | {"Quantity": HOSTILE[0]}, rows[0] | {"UnitPrice": HOSTILE[1]}], title=HOSTILE[2])
    plain = page_of(MONTH)
    assert [tag for tag, _ in page.tags if tag == "script"] == ["script"] * 3
    assert {tag for tag, _ in page.tags} <= {tag for tag, _ in plain.tags} | {"a"}
    names = {name for _, attributes in page.tags for name in attributes}
    assert not {name for name in names if name.startswith("on")} and "src" not in names
    assert set(page.column("groups", "resource_group")) == {visible(words.lower()).strip() for words in HOSTILE}
    assert {name for name, _ in page.column("groups", "customer")} == {visible(words).strip() for words in HOSTILE}
    assert set(page.column("issues", "found")) == set(HOSTILE[:2])
    assert "<script>alert(1)</script>" in page.text


def test_control_characters_are_shown():
    assert visible("a\x1b[2J\0\x9f") == "a\\u{1b}[2J\\u{0}\\u{9f}"
    assert visible("\u202eb\u2066\u05d0") == "\\u{202e}b\\u{2066}\u05d0"
    assert element("p", "a\nb") == "<p>a\\u{a}b</p>"


def test_only_markup_is_not_escaped():
    assert element("p", "<b>", Markup("<i></i>"), title='"<') == '<p title="&quot;&lt;">&lt;b&gt;<i></i></p>'
    assert element("button", hidden=True, disabled=False, aria_label=None) == "<button hidden></button>"


def test_its_policy_names_its_scripts_and_style_and_nothing_else(example):
    page = Page(html_report.html(example))
    policy = next(a["content"] for tag, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    hashes = [
        f"'sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}'"
        for source in (*page.scripts[1:], page.styles[0])
    ]
    assert policy == (
        f"default-src 'none'; script-src {hashes[0]} {hashes[1]}; style-src {hashes[2]}; "
        "base-uri 'none'; form-action 'none'"
    )
    assert len(page.scripts) == 3 and len(page.styles) == 1
    assert "sourceMappingURL" not in "".join(page.scripts)
    assert "Permission is hereby granted" in page.scripts[1]


def test_it_refers_to_nothing_outside(example):
    page = Page(html_report.html(example))
    ids = {attributes.get("id") for _, attributes in page.tags}
    links = [attributes["href"] for _, attributes in page.tags if "href" in attributes]
    assert links and all(link.startswith("#") and link[1:] in ids for link in links)
    assert "style" not in {name for _, attributes in page.tags for name in attributes}
    assert "url(" not in page.styles[0] and "@import" not in page.styles[0]


def test_the_same_rows_give_the_same_bytes(tmp_path):
    text = html_report.html(reconciled(MONTH))
    assert html_report.html(reconciled(MONTH[::-1])) == text
    html_report.write(reconciled(MONTH), tmp_path / "page.html")
    assert (tmp_path / "page.html").read_bytes() == text.encode()


def test_tables_have_every_digit_and_every_row(example):
    page = Page(html_report.html(example))
    for table, of_result in (("subscriptions", example.by_subscription), ("days", example.by_day)):
        amounts_there = [Decimal(cell) for cell in page.column(table, "list_cost")]
        assert amounts_there == of_result.column("list_cost").to_pylist()
    assert page.data["groups"]["rows"] == example.by_resource_group.num_rows


def test_names_are_written_once_for_all_tables(example):
    page = Page(html_report.html(example))
    assert page.text.count("Adatum Sandbox") > 5
    assert page.scripts[0].count("Adatum Sandbox") == 1
    tables_with_names = [table for table in page.data.values() if table["columns"][0]["name"] == "customer"]
    assert len(tables_with_names) > 2
    assert page.column("subscriptions", "subscription")[0][0] == "Tailwind Traders Production"


def test_a_table_that_is_too_long_keeps_the_costliest_and_says_so(monkeypatch):
    monkeypatch.setattr(tables, "ROWS_ON_PAGE", 2)
    rows = [
        record(ResourceGroup=f"rg-{number}", Quantity=str(quantity)) for number, quantity in enumerate((1, 7, 2, 9))
    ]
    page = page_of(rows)
    assert page.column("groups", "resource_group") == ["rg-1", "rg-3"]
    assert "2 of 4 rows are on this page, those of the highest list cost" in page.text


def test_a_table_that_is_too_long_and_has_no_cost_keeps_its_first_rows_and_says_so(monkeypatch):
    monkeypatch.setattr(tables, "ROWS_ON_PAGE", 2)
    page = page_of([record(Quantity=found) for found in ("a", "b", "c", "1")])
    assert page.column("issues", "found") == ["a", "b"]
    assert "2 of 3 rows are on this page, the first ones;" in page.text
    assert "highest list cost" not in page.text


CREDITS = DATA / "credits.toml"


def test_azure_credits_are_told_where_they_were_given(example):
    result = pec.reconcile(DATA / "2026-10", credits=CREDITS)
    page = Page(html_report.html(result))
    names = ("granted", "drawn_before", "drawn", "expired", "balance")
    columns = [page.column("credits", name) for name in names]
    sums = [list(map(Decimal, row)) for row in zip(*columns, strict=True)]
    assert [(row[0], sum(row[1:])) for row in sums] == [(500, 500), (500, 500)]
    assert page.column("credits", "id") == ["aco-contoso", "aco-woodgrove"]
    assert page.column("credits", "ended_on") == ["2026-10-14", ""]
    ends = [page.column("credits", name)[1] for name in ("earliest_end", "likely_end", "latest_end")]
    assert ends == ["2026-11-23", "2026-11-30", "2026-12-12"]
    assert "Granted = drawn before + drawn + expired + left" in page.text
    assert page.column("credit_months", "month") == ["2026-10"] * 2
    assert "reported" not in {column["name"] for column in page.data["credit_months"]["columns"]}, "no report was given"
    assert ("a", {"href": "#azure-credits"}) in page.tags
    without = Page(html_report.html(example))
    assert "Azure credits" not in without.text and "credits" not in without.data


def test_a_balance_report_stands_beside_the_months(tmp_path):
    report = tmp_path / "balance.csv"
    report.write_text(
        "CustomerTenantId,InvoiceMonth,CreditName,CreditAmount,Status,BalanceAmount,CurrencyCode,AgreementId,"
        "EffectiveDate,ExpiryDate\nc,2026-10,ACO,1.00,active,9.00,USD,a1,2026-10-01,2027-09-30\n"
    )
    page = Page(html_report.html(reconciled([record(CustomerId="c")], credits=report)))
    assert page.column("credit_months", "reported") == ["1"]
    assert "0.08 drawn more than in the balance report" in page.column("credit_months", "differences")[0]


def test_what_does_not_agree_is_told_as_in_the_report(tmp_path):
    days = [("01", "60"), ("02", "-10"), ("06", "20")]
    rows = [record(UsageDate=f"2026-10-{day}", UnitPrice=price, Quantity="1", CustomerId="c") for day, price in days]
    grants = [("100.00", "2026-10-01", "2026-10-05"), ("10.00", "2026-10-06", "2027-10-05")]
    toml = tmp_path / "credits.toml"
    toml.write_text(
        "".join(
            f'[[credit]]\ncustomer = "c"\ngranted = "{granted}"\neffective = {first}\nexpiry = {last}\n'
            for granted, first, last in grants
        )
    )
    page = Page(html_report.html(reconciled(rows, credits=toml)))
    [said] = page.column("credit_months", "differences")
    status = pec.aco.balance(io.BytesIO(csv_of(rows)), credits=toml)
    [month] = status.to_dict()["months"]
    assert len(month["differences"][0]["because"]) == 5, "every reason that there is"
    assert said in " ".join(status.report().split())
    assert page.column("credits", "expired") == ["50", "0"]


def test_names_of_credits_stay_texts(tmp_path):
    toml = tmp_path / "credits.toml"
    toml.write_text(
        "[[credit]]\neffective = 2026-10-01\nexpiry = 2027-09-30\n"
        f'id = {json.dumps(HOSTILE[0])}\ncustomer = {json.dumps(HOSTILE[2])}\ngranted = "1.00"\n'
    )
    page = Page(html_report.html(reconciled(MONTH, credits=toml)))
    assert page.column("credits", "id") == [HOSTILE[0]]
    assert [tag for tag, _ in page.tags if tag == "script"] == ["script"] * 3


def test_a_subscription_of_a_file_cannot_leave_its_word_in_a_command():
    subscription = "x'; rm -rf ~; '"
    found = {
        "customer_names": {},
        "subscription_names": {},
        "losses": [],
    }
    loss = {
        "standing": "lost",
        "reason": "no_access",
        "customer": "c",
        "subscription": subscription,
        "currency": "USD",
        "first_day": "2026-10-01",
        "last_day": "2026-10-01",
        "days": 1,
        "lines": 1,
        "list_cost": Decimal(1),
        "credit_lost": Decimal(1),
        "ongoing": False,
        "credit_per_month": None,
    }
    sums = [{**loss, "potential_credit": Decimal(1), "credit": Decimal(0)}]
    whole = {**found, "sums": sums, "losses": [loss]}
    text = Page(causes_section(causes_of(whole), {}, whole)).text
    line = text[text.index("pec explain") :].split("Copy")[0]
    assert shlex.split(line)[8] == subscription


def test_amounts_are_added_exactly_and_shown_with_ties_to_even():
    large, small = Decimal("9" * 40), Decimal("1e-30")
    assert str(amounts.total([large, small])) == "9" * 40 + "." + "0" * 29 + "1"
    assert [amounts.cents(Decimal(one)) for one in ("0.005", "0.015", "-1234.565", "1e6")] == [
        "0.00",
        "0.02",
        "-1,234.56",
        "1,000,000.00",
    ]
    assert amounts.exact(Decimal("1.500")) == "1.5" and amounts.exact(Decimal("1e3")) == "1000"
    assert [amounts.share(Decimal(part), Decimal(3), 1000) for part in ("1", "3", "0", "-1")] == [333, 1000, 0, 0]
