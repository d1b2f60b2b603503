"""The evidence pack and the timeline of access: the command's contract, the calls, and what may not be in them."""

from __future__ import annotations

import csv
import datetime
import hashlib
import json
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pyarrow
import pytest

import pec
from samples import RECORD, SUBSCRIPTION, csv_of, gz, record
from test_access import ACCESS, ADATUM, MONTH
from test_cli import run

CUSTOMER = "dee7a2e5-bccf-480b-9cb6-69c132e5c856"
FILES = ["lines.csv", "grants.csv", "days.csv", "sources.csv", "rules.csv", "index.html"]
GIVEN = {"partner": MONTH / "partner.toml", "evidence": MONTH / "evidence"}


class Page(HTMLParser):
    """The tags and the text of a page; every tag that is opened must be closed."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.text = Counter(), [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags[tag] += 1
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def table(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def pack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pack")
    done = run("evidence", "2026-10", *ACCESS, "--customer", CUSTOMER.upper(), "--out", str(folder), cwd=MONTH)
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)
    return folder


def test_sums_are_those_of_the_run(pack):
    result = pec.reconcile(MONTH / "2026-10", **GIVEN)
    of_customer = pl.DataFrame(result.by_customer).filter(pl.col("customer") == CUSTOMER)
    names = ("list_cost", "credit", "potential_credit")
    expected = {
        (row["standing"], row["reason"] or ""): (row["lines"], *(Fraction(row[name]) for name in names))
        for row in of_customer.to_dicts()
    }
    found = {}
    for row in table(pack / "days.csv"):
        added = (int(row["lines"]), *(Fraction(row[name]) for name in names))
        key = (row["standing"], row["reason"])
        found[key] = tuple(a + b for a, b in zip(found.get(key, (0, 0, 0, 0)), added, strict=True))
    assert found == expected
    lines = table(pack / "lines.csv")
    opened = ("missed", "lost", "unknown", "unexpected")
    assert len(lines) == sum(sums[0] for (standing, _), sums in expected.items() if standing in opened)
    assert sum(Fraction(row["list_cost"]) for row in lines) == sum(
        sums[1] for (standing, _), sums in expected.items() if standing in opened
    )
    for row in lines[:50]:
        assert Fraction(row["unit_price"]) * Fraction(row["quantity"]) == Fraction(row["list_cost"])


def test_sources_can_be_verified(pack):
    sources = {row["source"]: row for row in table(pack / "sources.csv")}
    paths = [MONTH / "2026-10" / "daily_rated_usage.csv.gz", *(MONTH / "evidence").glob("*.json")]
    for path in paths:
        if path.name != "manifest.json":
            assert sources.pop(path.name)["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert sources == {}
    usage = next(row for row in table(pack / "sources.csv") if row["kind"] == "daily_rated_usage")
    assert (usage["entries"], usage["not_read"], usage["covers"]) == ("10000", "4", "usage of 2026-09-28 to 2026-10-31")


def test_grants_and_days_tell_one_story(pack):
    day = next(
        row
        for row in table(pack / "days.csv")
        if (row["subscription"], row["usage_day"], row["standing"]) == (ADATUM, "2026-10-04", "lost")
    )
    assert (day["reason"], day["covered_minutes"]) == ("access_part_of_day", str(9 * 60 + 12))
    held = [row for row in table(pack / "grants.csv") if row["subscription"] == ADATUM]
    assert [(row["from"], row["until"], row["counts"]) for row in held] == [
        ("2026-09-29T00:00:00Z", "2026-10-04T09:12:45Z", "yes"),
        ("2026-10-07T16:40:12Z", "2026-11-01T00:00:00Z", "yes"),
    ]
    assert "change_log.json entry 2" in held[0]["evidence"]


def test_every_rule_that_occurs_has_its_document(pack):
    rules = {row["id"]: row for row in table(pack / "rules.csv")}
    for row in table(pack / "lines.csv"):
        assert set(row["findings"].split(", ")) <= set(rules)
    assert {"credit_rate", "coverage", "usage_day_zone", "roles"} <= set(rules)
    assert all(row["document"] and row["dated"] and row["location"] and row["status"] for row in rules.values())


def test_the_page_is_whole_and_needs_nothing_else(pack):
    text = (pack / "index.html").read_text(encoding="utf-8")
    page = Page(text)
    assert page.tags["table"] == page.tags["h2"] == 6
    assert not {"script", "link", "img", "iframe"} & set(page.tags)
    assert "http:" not in text
    assert "https:" not in text
    assert "1,000 of 1,107 rows are shown; all are in lines.csv." in "".join(page.text)
    assert "color-scheme: light dark" in text
    assert "@media print" in text


def names():
    """Names of customers and subscriptions in the month."""
    found = pec.reconcile(MONTH / "2026-10").to_dict()
    return {*found["customer_names"].values(), *found["subscription_names"].values()}


def test_nothing_personal_is_in_it(pack):
    known = names()
    assert len(known) > 10
    assert "Adatum" in known
    for file in FILES:
        text = (pack / file).read_text(encoding="utf-8").lower()
        for name in known:
            assert name.lower() not in text, (file, name)
        assert "@" not in text.replace("kvamseek/partner-center@", "").replace("@media", "").replace(
            "microsoftdocs/azure-docs@", ""
        )
        assert str(MONTH).lower() not in text


def hostile(tmp_path):
    rows = [
        record(
            PartnerEarnedCreditPercentage="0",
            ResourceGroup="=cmd|' /C calc'!A0",
            ResourceURI=f"/subscriptions/{SUBSCRIPTION}/resourceGroups/x/<script>alert(1)</script>",
            MeterName='"><img src=x onerror=alert(1)>',
            CustomerName="Kim Secret",
            EntitlementDescription="Kim's subscription",
        ),
        record(PartnerEarnedCreditPercentage="0", Quantity="-24", MeterName="+1"),
    ]
    folder = tmp_path / "home" / "kim"
    folder.mkdir(parents=True)
    (folder / "a.csv").write_bytes(csv_of(rows[:1]))
    (folder / "b.csv.gz").write_bytes(gz(csv_of(rows[1:])))
    return folder


def test_hostile_names_stay_text(tmp_path):
    folder = hostile(tmp_path)
    out = tmp_path / "out"
    written = pec.write_evidence_pack(folder, out, customer=RECORD["CustomerId"], **GIVEN)
    assert [Path(path).name for path in written] == FILES
    page = Page((out / "index.html").read_text(encoding="utf-8"))
    assert not {"script", "img"} & set(page.tags)
    assert any("<script>alert(1)</script>" in text for text in page.text)
    lines = table(out / "lines.csv")
    assert lines[0]["resource_group"].startswith("'=cmd")
    assert (lines[1]["meter_name"], lines[1]["quantity"]) == ("'+1", "-24")
    assert Decimal(lines[1]["list_cost"]) == Decimal("-1.08")
    for file in FILES:
        text = (out / file).read_text(encoding="utf-8").lower()
        assert "kim" not in text, file


def test_the_same_input_gives_the_same_bytes(tmp_path, pack):
    pec.write_evidence_pack(MONTH / "2026-10", tmp_path, customer=CUSTOMER, **GIVEN)
    for file in FILES:
        assert (tmp_path / file).read_bytes() == (pack / file).read_bytes(), file


def test_a_part_of_it(tmp_path):
    asked = ["--customer", CUSTOMER, "--subscription", ADATUM, "--from", "2026-10-04", "--until", "2026-10-06"]
    done = run("evidence", "2026-10", *ACCESS, *asked, "--out", str(tmp_path), cwd=MONTH)
    assert done.returncode == 0, done.stderr
    days = table(tmp_path / "days.csv")
    assert {row["subscription"] for row in days} == {ADATUM}
    assert {row["usage_day"] for row in days} == {"2026-10-04", "2026-10-05"}


def test_what_is_not_there(tmp_path):
    done = run("evidence", "2026-10", *ACCESS, "--customer", "nobody", "--out", str(tmp_path / "o"), cwd=MONTH)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("pec: no lines of customer `nobody`; name one that is in the input: `")
    assert done.stderr.endswith("and 3 more\n")
    assert not (tmp_path / "o").exists()
    options = {"customer": CUSTOMER, "from_": datetime.date(2027, 1, 1), **GIVEN}
    with pytest.raises(
        ValueError, match="in these Azure subscriptions and days; name some that are in the input: `0cbc0077"
    ):
        pec.write_evidence_pack(MONTH / "2026-10", tmp_path, **options)
    refused = run("evidence", "2026-10", "--customer", CUSTOMER, "--out", str(tmp_path), cwd=MONTH)
    assert refused.returncode == 2
    assert "--partner" in refused.stderr


def test_timeline():
    timeline = pec.access_timeline(**GIVEN)
    frame = pl.DataFrame(timeline)
    held = frame.filter((pl.col("subscription") == ADATUM) & (pl.col("path") == "aobo") & (pl.col("state") == "held"))
    assert held["until"].to_list()[0] == datetime.datetime(2026, 10, 4, 9, 12, 45, tzinfo=datetime.UTC)
    assert set(held["counts"]) == {"yes"}
    after = frame.filter((pl.col("state") == "unknown") & pl.col("until").is_null())
    assert set(after["because"]) >= {"no_access_evidence"}
    assert pyarrow.table(timeline).schema.field("from").type == pyarrow.timestamp("us", tz="UTC")
    assert pec.access_timeline(**GIVEN) == timeline
    partner = pec.Partner(MONTH / "partner.toml")
    assert pec.access_timeline(partner=partner, evidence=pec.Evidence()).num_rows == 0


def test_tables_are_explained_as_files_are():
    rows = [record(PartnerEarnedCreditPercentage="0"), record(UsageDate="2026-10-02")]
    asked = {"subscription": SUBSCRIPTION, "day": datetime.date(2026, 10, 1)}
    frame = pec.explain(pl.DataFrame(rows), **asked, **GIVEN)
    assert len(frame) == 1
    (decision,) = frame.to_dict()["decisions"]
    assert (decision["lines"], decision["primary"]) == (1, "no_access_evidence")


def test_a_judgement_carries_what_evidence_shows():
    place = {"EntitlementId": ADATUM, "ResourceURI": "", "ResourceGroup": ""}
    line = record(PartnerEarnedCreditPercentage="0", UsageDate="2026-10-04", **place)
    partner, evidence = pec.Partner(MONTH / "partner.toml"), pec.Evidence()
    evidence.read_folder(MONTH / "evidence")
    judgement = pec.judge(line, partner=partner, evidence=evidence)
    assert (judgement.standing, judgement.reason) == ("lost", "access_part_of_day")
    assert judgement.access["covered_minutes"] == 9 * 60 + 12
    assert "9 h 12 min of 24 h" in judgement.explain()
    assert judgement == pec.judge(line, **GIVEN)
    without = pec.judge(line)
    assert (without.access, without.reason) == (None, "no_access_evidence")
    assert json.dumps(judgement.access)
    # What is read later is seen, also by an engine that was made before.
    empty = pec.Evidence()
    assert pec.judge(line, partner=partner, evidence=empty).reason == "no_access_evidence"
    empty.read_folder(MONTH / "evidence")
    assert pec.judge(line, partner=partner, evidence=empty) == judgement
