"""Daily lines against an invoice, through Python and the command."""

from __future__ import annotations

import json
from decimal import Context, Decimal
from pathlib import Path

import pyarrow
import pytest

import pec
from test_cli import run

DATA = Path(__file__).parents[2] / "examples" / "data"
DAILY, INVOICE = DATA / "2026-10", DATA / "invoice"
HEADER = "SubscriptionId,ProductId,SkuId,AvailabilityId,UnitPrice,BillableQuantity,Subtotal,Currency\n"

# No sum may be rounded by the context of this thread.
EXACT = Context(prec=60)


@pytest.fixture(scope="module")
def found():
    return pec.tie_out(DAILY, invoice=INVOICE)


def test_the_one_wrong_cent_is_found(found):
    untied = found.to_dict()["untied"]
    assert [(key["difference"], key["method"], key["because"]) for key in untied] == [
        (Decimal("0.01"), "forward", ["amount"])
    ]
    assert (found.keys - found.tied, found.unreadable) == (1, 4)


def test_the_table_of_untied_keys(found):
    table = pyarrow.table(found.untied)
    assert table.column_names[:5] == ["plan", "product", "sku", "availability", "currency"]
    assert table["difference"].to_pylist() == [Decimal("0.01")]
    assert table["because"].to_pylist() == ["amount"]


def test_the_steps_add_up(found):
    for totals in found.to_dict()["currencies"]:
        running = Decimal(0)
        for step in totals["bridge"]:
            if step["step"] in ("usage_net_charges", "adjusted_net_charges", "total"):
                assert step["billing"] == running
            else:
                running = EXACT.add(running, step["billing"])


def test_the_command(found):
    done = run("tie-out", str(DAILY), "--invoice", str(INVOICE), "--json", "--strict", "--threads", "2")
    assert (done.returncode, done.stderr) == (1, "")
    assert json.loads(done.stdout)["keys"] == found.keys
    done = run("tie-out", str(DAILY), "--invoice", str(INVOICE))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == found.report()


def test_what_cannot_be_used_is_told(tmp_path):
    empty = tmp_path / "invoice.csv"
    empty.write_text("A,B\n1,2\n")
    with pytest.raises(pec.ReadError, match=r"no column `SubscriptionId`.*Reconciliation file"):
        pec.tie_out(DAILY, invoice=empty)
    invoice = tmp_path / "of_nothing.csv"
    invoice.write_text(HEADER)
    basic = tmp_path / "basic.csv"
    basic.write_text("UsageDate,EntitlementId,UnitPrice,Quantity,CreditType\n")
    with pytest.raises(pec.ReadError, match="no column `SubscriptionId`, `ProductId`, `SkuId`, `AvailabilityId`"):
        pec.tie_out(basic, invoice=invoice)
    with pytest.raises(TypeError, match="no table"):
        pec.tie_out(DAILY, invoice=pyarrow.table({"Subtotal": ["1"]}))
    assert run("tie-out", str(basic), "--invoice", str(tmp_path / "none.csv")).returncode == 2
