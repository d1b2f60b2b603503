"""One result and what it was decided with, used by many threads at once; on free-threaded Python they truly meet."""

from __future__ import annotations

import copy
import datetime
import pickle
import sys
import sysconfig
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

import pec

DATA = Path(__file__).parents[2] / "examples" / "data"
USAGE = DATA / "2026-10"
SUBSCRIPTION = "1c86f718-6354-4fc2-ac60-78f489e1b9a0"
CUSTOMER = "dee7a2e5-bccf-480b-9cb6-69c132e5c856"
DAY = datetime.date(2026, 10, 4)
THREADS = 8
ROUNDS = 2


@pytest.fixture(scope="module")
def shared():
    """What all threads hold."""
    evidence = pec.Evidence()
    evidence.read_folder(DATA / "evidence")
    return {
        "partner": pec.Partner(DATA / "partner.toml"),
        "evidence": evidence,
        "credits": pec.Credits(DATA / "credits.toml"),
    }


@pytest.fixture(scope="module")
def result(shared):
    return pec.reconcile(USAGE, **shared)


RECORD = {
    "UsageDate": "2026-10-04",
    "EntitlementId": SUBSCRIPTION,
    "UnitPrice": "0.045",
    "Quantity": "24",
    "CreditType": "Credit Not Applied",
}

WORK: dict[str, Callable] = {
    "reconcile": lambda result, shared: pec.reconcile(USAGE, **shared, threads=2).to_bytes(),
    "explain": lambda result, shared: pec.explain(USAGE, subscription=SUBSCRIPTION, day=DAY, **shared).to_json(),
    "explain of the result": lambda result, shared: result.explain(USAGE, subscription=SUBSCRIPTION, day=DAY).to_json(),
    "judge": lambda result, shared: pec.judge(RECORD, partner=shared["partner"], evidence=shared["evidence"]).explain(),
    "filter": lambda result, shared: result.filter(customer=CUSTOMER, standing="lost").to_json(),
    "merge": lambda result, shared: result.merge(result).to_json(),
    "pickle": lambda result, shared: pickle.dumps(pickle.loads(pickle.dumps(result))),
    "pickle of what decides": lambda result, shared: [pickle.dumps(copy.copy(one)) for one in shared.values()],
    "tables": lambda result, shared: [getattr(result, name).num_rows for name in pec.Result.tables],
    "report": lambda result, shared: result.report() + result.to_html(),
}


def test_threads_that_share_a_result_find_what_one_finds(result, shared):
    alone = {name: work(result, shared) for name, work in WORK.items()}
    begin = Barrier(THREADS)

    def thread(number):
        names = list(WORK)
        begin.wait()
        # Each begins elsewhere, so that different work meets.
        turned = names[number:] + names[:number]
        return [name for _ in range(ROUNDS) for name in turned if WORK[name](result, shared) != alone[name]]

    with ThreadPoolExecutor(THREADS) as pool:
        assert list(pool.map(thread, range(THREADS))) == [[]] * THREADS


def test_threads_that_meet_at_the_first_use_make_one_thing(shared):
    """What is made at the first use, such as the compiled evidence, is made by whoever comes first."""
    for _ in range(ROUNDS):
        fresh = {name: pickle.loads(pickle.dumps(one)) for name, one in shared.items()}
        begin = Barrier(THREADS)

        def judged(_, fresh=fresh, begin=begin):
            begin.wait()
            return pec.judge(RECORD, partner=fresh["partner"], evidence=fresh["evidence"]).explain()

        with ThreadPoolExecutor(THREADS) as pool:
            first, *others = pool.map(judged, range(THREADS))
        assert all(other == first for other in others)


@pytest.mark.skipif(not sysconfig.get_config_var("Py_GIL_DISABLED"), reason="this Python has an interpreter lock")
def test_the_lock_stays_off():
    assert not sys._is_gil_enabled()
