"""What users of Python expect of any library: a log, warnings of a category, keyword-only options, types that hold."""

from __future__ import annotations

import copy
import datetime
import inspect
import io
import json
import logging
import multiprocessing
import pickle
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from pathlib import Path

import polars as pl
import pytest

import pec
from samples import MONTH, csv_of, record, sums_of

FUNCTIONS = [name for name in pec.__all__ if inspect.isfunction(getattr(pec, name))]
EXAMPLES = Path(__file__).parents[2] / "examples" / "data"
USER_SCRIPT = Path(__file__).with_name("user_script.py")


def test_the_log_is_silent_until_it_is_asked_for(tmp_path):
    (tmp_path / "month.csv").write_bytes(csv_of(MONTH))
    script = f"import pec; pec.reconcile({str(tmp_path / 'month.csv')!r})"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert any(isinstance(one, logging.NullHandler) for one in logging.getLogger("pec").handlers)


def test_the_log_tells_what_was_read(tmp_path, caplog):
    (tmp_path / "month.csv").write_bytes(csv_of(MONTH))
    caplog.set_level(logging.INFO, logger="pec")
    result = pec.reconcile(tmp_path / "month.csv")
    assert caplog.record_tuples == [
        ("pec", logging.INFO, f"reconcile: sources 1, rows {result.lines}, unreadable {result.unreadable}")
    ]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_options_are_keyword_only(name):
    for parameter in inspect.signature(getattr(pec, name)).parameters.values():
        if parameter.default is not parameter.empty:
            assert parameter.kind is parameter.KEYWORD_ONLY, parameter


def test_threads_share_a_partner_evidence_and_a_result():
    partner = pec.Partner(EXAMPLES / "partner.toml")
    evidence = pec.Evidence()
    evidence.read_folder(EXAMPLES / "evidence")
    month = next(EXAMPLES.glob("2026-10/*.gz")).read_bytes()
    shared = pec.reconcile(EXAMPLES / "2026-10", partner=partner, evidence=evidence)

    def sums(result):
        return sums_of(result.to_dict())

    def run(_):
        own = pec.reconcile(io.BytesIO(month), name="month.csv.gz", partner=partner, evidence=evidence)
        return sums(own), sums(shared)

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(run, range(8)))
    assert sums(shared)
    assert found == [(sums(shared), sums(shared))] * 8


PARTNER = """\
# Ask somebody@example.org
[partner]
kind = "indirect_provider"
tenant_id = "6F8A9B1C-0000-4000-8000-000000000001"
partner_ids = ["1234567", { id = "7000001", until = 2026-07-01T14:00:00+02:00 }]
agreement = [{ from = 2019-11-01 }]

[[reseller]]
tenant_id = "6f8a9b1c-0000-4000-8000-000000000002"
partner_ids = ["7654321"]

[[transacting]]
subscription = "s"
from = 2026-10-05

[assumptions]
unchanged_until = 2026-11-30
"""
PRICES = """\
ProductId,SkuId,UnitPrice,Tags,Currency,EffectiveStartDate,EffectiveEndDate
DZH318F9PZM5,00M3,15,"Azure, ThirdParty",USD,10/5/2026,11/30/2026
DZH318Z0C16W,001J,x,"Azure",USD,10/5/2026,11/30/2026
,,1,"Azure",USD,3/1/2018,11/30/2026
DZH318Z0BQD2,003J,2.99,"Azure, Consumption",USD,3/1/2018,11/30/2026
"""


def evidence_of_example():
    evidence = pec.Evidence()
    evidence.read_folder(EXAMPLES / "evidence")
    return evidence


def made(folder):
    """One of each thing that a worker process may be sent, and nothing it was read from."""
    for name, text in (("partner.toml", PARTNER), ("prices.csv", PRICES)):
        (folder / name).write_text(text)
    partner, prices = pec.Partner(folder / "partner.toml"), pec.PriceList(folder / "prices.csv")
    credits_given = pec.Credits(EXAMPLES / "credits.toml", mode="deck")
    usage = pec.credit_usage(EXAMPLES / "2026-10", prices=prices)
    things = [partner, prices, credits_given, usage, pec.Drawdown(credits_given, usage), evidence_of_example()]
    for path in folder.iterdir():
        path.unlink()
    return things


SENT = ["Partner", "PriceList", "Credits", "CreditUsage", "Drawdown", "Evidence"]
DAY = datetime.date(2026, 10, 4)
EXPLAINED = {
    "subscription": "1c86f718-6354-4fc2-ac60-78f489e1b9a0",
    "day": DAY,
    "partner": EXAMPLES / "partner.toml",
    "evidence": EXAMPLES / "evidence",
}
FLAWED = record(MeterName="D2s v3 Spot", PartnerEarnedCreditPercentage="0")


def less_evidence():
    """Evidence in which role assignments are gone, and delegations are not shown."""
    evidence = pec.Evidence()
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(EXAMPLES / "evidence", folder, dirs_exist_ok=True)
        (gone := Path(folder, "role_assignments.json")).write_text(json.dumps(json.loads(gone.read_text())[:2]))
        manifest = json.loads(Path(folder, "manifest.json").read_text())
        manifest["files"] = [file for file in manifest["files"] if "lighthouse" not in file["path"]]
        Path(folder, "manifest.json").write_text(json.dumps(manifest))
        evidence.read_folder(folder)
    return evidence


ANSWERS = {
    "Result": lambda: pec.reconcile(EXAMPLES / "2026-10", partner=EXAMPLES / "partner.toml"),
    "Explanations": lambda: pec.explain(EXAMPLES / "2026-10", credits=EXAMPLES / "credits.toml", **EXPLAINED),
    "AccessDiff": lambda: pec.access_diff(
        EXAMPLES / "evidence", less_evidence(), partner=EXAMPLES / "partner.toml", usage=EXAMPLES / "2026-10"
    ),
    "TieOut": lambda: pec.tie_out(EXAMPLES / "2026-10", invoice=EXAMPLES / "invoice"),
    "CreditStatus": lambda: pec.aco.balance(
        EXAMPLES / "2026-10", credits=EXAMPLES / "credits.toml", invoice=EXAMPLES / "invoice"
    ),
    "CreditOffer": lambda: pec.aco.table(credit=500, acr=[75, "85.50", 90, 400], on=DAY, expires_after=3),
    "Judgement": lambda: pec.judge(FLAWED),
    "Finding": lambda: pec.judge(FLAWED).findings[0],
    "Rule": lambda: pec.rules()[3],
}
VALUES = {"Partner", "CreditOffer", "Judgement", "Finding", "Rule"}
"""What a set or a cache may hold; what holds tables, or changes, has no hash."""


def test_every_class_is_tried():
    classes = {name for name in pec.__all__ if isinstance(getattr(pec, name), type)}
    errors = {name for name in classes if issubclass(getattr(pec, name), BaseException)}
    assert classes - errors == {*SENT, *ANSWERS}


def shown(thing):
    """All that an object shows without being asked more."""
    texts = [repr(thing), *(str(getattr(thing, name, str)()) for name in ("report", "to_json", "to_dict"))]
    for name in ("untied", "credits", "months", "days", "by_reason", "sentence", "list_cost"):
        value = getattr(thing, name, None)
        texts.append(str(pl.DataFrame(value).to_dicts() if hasattr(value, "__arrow_c_stream__") else value))
    return texts


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_pickled_compared_and_copied(name):
    thing, same = ANSWERS[name](), ANSWERS[name]()
    data = pickle.dumps(thing)
    again = pickle.loads(data)
    assert again == thing == same and (again != thing) is False and pickle.dumps(again) == data == pickle.dumps(same)
    assert shown(again) == shown(thing)
    assert copy.copy(thing) is thing and copy.deepcopy([thing])[0] is thing
    assert type(thing).from_bytes(thing.to_bytes()) == thing != "a text"
    for other in (pec.rules()[0], pec.judge(FLAWED), pec.aco.size(acr=15_000, on=DAY), pec.Credits()):
        if type(other) is type(thing):
            continue
        assert thing != other
        with pytest.raises(ValueError, match=r"^these bytes are no saved .*; save it again$"):
            type(thing).from_bytes(other.to_bytes())
    for wrong in (b"", b"{}", b"[" * 100_000, b"\xff", thing.to_bytes()[:-1]):
        with pytest.raises(ValueError, match=r"^these bytes are no saved .* \(.*\); save it again$"):
            type(thing).from_bytes(wrong)
    newer = re.sub(rb'"version":\d+', b'"version":999', thing.to_bytes(), count=1)
    with pytest.raises(ValueError, match=r"was saved in version 999 of the form, expected version \d; save it again"):
        type(thing).from_bytes(newer)


@pytest.mark.parametrize("name", [*SENT, *ANSWERS])
def test_values_have_a_hash_and_what_holds_tables_has_none(name, tmp_path):
    thing, same = (ANSWERS[name]() if name in ANSWERS else made(tmp_path)[SENT.index(name)] for _ in range(2))
    if name in VALUES:
        assert hash(thing) == hash(same) == hash(pickle.loads(pickle.dumps(thing))) and len({thing, same}) == 1
    else:
        with pytest.raises(TypeError, match="unhashable"):
            hash(thing)


def test_other_answers_are_not_equal():
    table = partial(pec.aco.table, acr=[75, 85], on=DAY)
    assert table(credit=500) == table(credit="500.00") != table(credit="500.01")
    assert len({*pec.rules()}) == len(pec.rules()) and pec.rules() == pec.rules()
    plan = pec.aco.plan(EXAMPLES / "offer.toml", today=datetime.date(2023, 7, 20))
    assert pickle.loads(pickle.dumps(plan)).report() == plan.report()
    assert plan != pec.aco.plan(EXAMPLES / "offer.toml", today=datetime.date(2023, 7, 21))
    size, forecast = pec.aco.size(acr=15_000, on=DAY), pec.aco.forecast(balance=100, acr=[7, 9])
    for answer in (size, forecast):
        assert pickle.loads(pickle.dumps(answer)).to_dict() == answer.to_dict()
    one = pec.explain(EXAMPLES / "2026-10", **EXPLAINED)
    assert one != pec.explain(EXAMPLES / "2026-10", **{**EXPLAINED, "day": datetime.date(2026, 10, 5)})


@pytest.mark.parametrize("name", SENT)
def test_what_a_worker_is_sent_is_pickled_compared_and_copied(name, tmp_path):
    things = made(tmp_path)
    assert [type(thing).__name__ for thing in things] == SENT
    thing, same = (things[SENT.index(name)] for things in (things, made(tmp_path)))
    data = pickle.dumps(thing)
    again = pickle.loads(data)
    assert again == thing == same and pickle.dumps(again) == data == pickle.dumps(same)
    assert repr(again) == repr(thing) and again != "a text"
    assert type(thing).from_bytes(thing.to_bytes()) == thing
    assert copy.copy(thing) == thing == copy.deepcopy(thing)
    # No mail address of a comment, and of paths none but the names that reports call files by.
    assert b"somebody" not in data
    assert (str(tmp_path).encode() in data) == (name == "PriceList")
    others = [*things[: SENT.index(name)], *things[SENT.index(name) + 1 :]]
    for other in others:
        assert thing != other
        with pytest.raises(ValueError, match=r"^these bytes are no saved .*; save it again$"):
            type(thing).from_bytes(other.to_bytes())


@pytest.mark.parametrize("name", SENT)
@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"[" * 100_000, b"{}", b"\xff\xfe", b'{"content": 1, "read": 1}'])
def test_other_bytes_are_refused(name, data):
    with pytest.raises(ValueError, match=r"^these bytes are no saved .* \(.*\); save it again$"):
        getattr(pec, name).from_bytes(data)


def test_other_content_is_not_equal(tmp_path):
    (tmp_path / "p.csv").write_text(PRICES.replace("2.99", "3.99"))
    partner, prices, credits_given, usage, drawdown, evidence = made(tmp_path)
    (tmp_path / "p.csv").write_text(PRICES.replace("2.99", "3.99"))
    assert pec.PriceList(tmp_path / "p.csv") != prices
    assert pec.Partner.from_toml(PARTNER.replace("2026-11-30", "2026-12-01")) != partner
    assert pec.Credits(EXAMPLES / "credits.toml") != credits_given
    assert usage.merge(usage) != usage == usage.merge()
    assert pec.Drawdown(credits_given, usage.merge(usage)) != drawdown
    assert pec.Evidence() != evidence


def test_a_judgement_comes_back_from_a_worker():
    judgement = pec.judge(
        record(MeterName="D2s v3 Spot"), partner=EXAMPLES / "partner.toml", evidence=evidence_of_example()
    )
    again = pickle.loads(pickle.dumps(judgement))
    assert again == judgement and hash(again) == hash(judgement) and repr(again) == repr(judgement)
    assert again.findings == judgement.findings and again.access == judgement.access
    assert again.explain() == judgement.explain() and again.paid_rate == judgement.paid_rate
    for finding in judgement.findings:
        assert pickle.loads(pickle.dumps(finding)) == finding
        assert pickle.loads(pickle.dumps(finding)).column == finding.column
    for data in (b"", b"{}", b"[" * 100_000, judgement.to_bytes().replace(b'"0.15"', b'"1.15"')):
        with pytest.raises(ValueError, match=r"^these bytes are no saved judgement \(.*\); save it again$"):
            pec.Judgement.from_bytes(data)


def test_a_copy_of_evidence_is_its_own():
    evidence = evidence_of_example()
    for copied in (copy.copy(evidence), copy.deepcopy(evidence), pickle.loads(pickle.dumps(evidence))):
        copied.read(EXAMPLES / "evidence" / "role_assignments.json")
        assert len(copied.files) == len(evidence.files) + 1 and copied != evidence


def test_evidence_of_another_process_has_no_files_for_a_pack(tmp_path):
    sent = pickle.loads(pickle.dumps(evidence_of_example()))
    with pytest.raises(ValueError, match=r"evidence of another process has no files here.*; read its files here$"):
        pec.write_evidence_pack(
            EXAMPLES / "2026-10", tmp_path, customer="c", partner=EXAMPLES / "partner.toml", evidence=sent
        )


def test_files_decided_by_other_processes_are_one_run(tmp_path):
    """With access, price lists and Azure credits: partial results merge to what one process finds, to the byte."""
    usage = pl.read_csv(*(EXAMPLES / "2026-10").glob("*.gz"), infer_schema=False)
    paths = [tmp_path / f"part-{part}.csv" for part in range(3)]
    for part, path in enumerate(paths):
        usage[part::3].write_csv(path)
    (tmp_path / "prices").mkdir()
    _, prices, credits_given, *_ = made(tmp_path / "prices")
    partner, evidence = pec.Partner(EXAMPLES / "partner.toml"), evidence_of_example()
    access = {"partner": partner, "evidence": evidence, "prices": prices}
    whole = pec.reconcile(paths, **access, credits=credits_given)
    reasons = pl.DataFrame(whole.by_reason)["reason"].to_list()
    assert whole.to_dict()["split_lines"] > 0 and {"third_party_product", "no_access"} <= {*reasons}

    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as workers:
        first, *others = workers.map(partial(pec.credit_usage, prices=prices), paths)
        drawdown = pec.Drawdown(credits_given, first.merge(*others))
        parts = list(workers.map(partial(pec.reconcile, **access, drawdown=drawdown), paths))
    assert first.merge(*others) == others[1].merge(first, others[0]) == pec.credit_usage(paths, prices=prices)
    for one, two, three in (parts, parts[::-1]):
        merged = one.merge(two, three)
        assert merged == whole and merged.to_bytes() == whole.to_bytes()
    assert drawdown.status().to_json() == pec.aco.balance(paths, credits=credits_given, prices=prices).to_json()
    with pytest.raises(ValueError, match="different drawdowns of Azure credit; make one drawdown"):
        parts[0].merge(pec.reconcile(paths[1], **access))
    with pytest.raises(ValueError, match="both `credits` and `drawdown`"):
        pec.reconcile(paths[0], credits=credits_given, drawdown=drawdown)


def test_a_part_of_a_drawdown_is_explained_with_the_whole_one(tmp_path):
    days = [record(UsageDate=f"2026-10-{day:02}", UnitPrice="1", Quantity="10") for day in (4, 5)]
    for day in days:
        (tmp_path / f"{day['UsageDate']}.csv").write_bytes(csv_of([day]))
    (tmp_path / "credits.toml").write_text(
        f'[[credit]]\ncustomer = "{days[0]["CustomerId"]}"\ngranted = "15"\n'
        "effective = 2026-10-01\nexpiry = 2027-09-30\n"
    )
    credits_given, paths = pec.Credits(tmp_path / "credits.toml"), sorted(tmp_path.glob("*.csv"))
    ask = {"subscription": days[0]["EntitlementId"], "day": datetime.date(2026, 10, 5)}
    whole = pec.explain(paths, **ask, credits=credits_given).to_dict()
    drawdown = pec.Drawdown(credits_given, pec.credit_usage(paths))
    assert pec.explain(paths[1], **ask, drawdown=drawdown).to_dict() == whole
    assert pec.explain(paths[1], **ask, credits=credits_given).to_dict() != whole


def test_a_script_of_a_user_has_types_that_hold(tmp_path):
    """`py.typed` reaches a user's own mypy, without any configuration of this repository; and the script runs."""
    script = tmp_path / "user_script.py"
    script.write_bytes(USER_SCRIPT.read_bytes())
    strict = [sys.executable, "-m", "mypy", "--strict", "--config-file", "", "--cache-dir", str(tmp_path / "cache")]
    done = subprocess.run([*strict, str(script)], capture_output=True, text=True, cwd=tmp_path)
    assert done.stdout.startswith("Success"), done.stdout + done.stderr

    (tmp_path / "usage.csv").write_bytes(csv_of(MONTH))
    ran = subprocess.run([sys.executable, str(script), "usage.csv"], capture_output=True, text=True, cwd=tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.splitlines()[0] == "gap of 2 days: 0.324 USD"

    script.write_text(script.read_text().replace("places=2", 'places="2"'))
    done = subprocess.run([*strict, str(script)], capture_output=True, text=True, cwd=tmp_path)
    assert 'Argument "places" to "gross_up" has incompatible type "str"' in done.stdout
