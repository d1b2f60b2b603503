"""What users of Python expect of any library: a log, warnings of a category, keyword-only options, types that hold."""

from __future__ import annotations

import inspect
import io
import logging
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import pec
from samples import MONTH, csv_of, sums_of

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
