"""Tables in, of every frame library; tables out, to every frame library."""

from __future__ import annotations

import io
import json
from decimal import Decimal, localcontext
from fractions import Fraction

import arro3.core
import duckdb
import pandas
import polars
import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pec
from samples import MONTH, SUMS, csv_of, record, sums_of

AMOUNTS = ("UnitPrice", "Quantity")


def typed(rows=MONTH):
    """The rows with amounts as decimals and days as dates, as a careful user has them."""
    table = pyarrow.Table.from_pylist(rows)
    for name, decimals in (("UnitPrice", pyarrow.decimal128(38, 24)), ("Quantity", pyarrow.decimal128(18, 4))):
        table = table.set_column(table.schema.get_field_index(name), name, table[name].cast(decimals))
    return table.set_column(
        table.schema.get_field_index("UsageDate"), "UsageDate", table["UsageDate"].cast(pyarrow.date32())
    )


def duck():
    return duckdb.from_arrow(typed())


FRAMES = {
    "polars": lambda: polars.from_arrow(typed()),
    "polars texts": lambda: polars.DataFrame(MONTH),
    "polars categories": lambda: polars.DataFrame(MONTH).with_columns(
        polars.col("MeterName", "UnitPrice").cast(polars.Categorical)
    ),
    "polars chunks": lambda: polars.concat([polars.DataFrame(MONTH[:3]), polars.DataFrame(MONTH[3:])], rechunk=False),
    "pandas": lambda: typed().to_pandas(),
    "pandas texts": lambda: pandas.DataFrame(MONTH),
    "pyarrow": typed,
    "pyarrow texts": lambda: pyarrow.Table.from_pylist(MONTH),
    "pyarrow batch": lambda: typed().to_batches()[0],
    "pyarrow reader": lambda: typed().to_reader(max_chunksize=3),
    "pyarrow dictionaries": lambda: (
        pyarrow.Table.from_pylist(MONTH)
        .combine_chunks()
        .select(list(MONTH[0]))
        .set_column(0, "CustomerId", pyarrow.array([row["CustomerId"] for row in MONTH]).dictionary_encode())
    ),
    "arro3": lambda: arro3.core.Table.from_arrow(typed()),
    "duckdb": duck,
    "list of two": lambda: [typed(MONTH[:4]), polars.DataFrame(MONTH[4:])],
}


@pytest.mark.parametrize("make", FRAMES.values(), ids=FRAMES.keys())
def test_a_frame_gives_what_the_file_gives(make):
    of_file = json.loads(pec.reconcile(io.BytesIO(csv_of(MONTH))).to_json())
    of_frame = json.loads(pec.reconcile(make()).to_json())
    assert sums_of(of_frame) == SUMS
    for key in ("lines", "row_issues", "sums", "gaps", "issues"):
        assert of_frame[key] == of_file[key], key


def test_files_and_frames_together():
    result = pec.reconcile([io.BytesIO(csv_of(MONTH[:4])), typed(MONTH[4:])])
    assert sums_of(json.loads(result.to_json())) == SUMS


def test_rows_of_a_frame_count_from_one():
    rows = [record(), record(UnitPrice="x"), record(Quantity="y")]
    issues = pec.reconcile(polars.DataFrame(rows), name="mine").to_dict()["issues"]
    assert [(issue["file"], issue["row"], issue["column"]) for issue in issues] == [
        ("mine", 2, "UnitPrice"),
        ("mine", 3, "Quantity"),
    ]


def test_a_long_frame_is_one_input():
    rows = 100_000
    frame = polars.DataFrame({name: [value] * rows for name, value in record().items()})
    frame = frame.with_columns(
        UnitPrice=polars.when(polars.int_range(rows) == 70_000).then(polars.lit("x")).otherwise("UnitPrice")
    )
    told = []
    result = pec.reconcile(frame, progress=lambda *counts: told.append(counts))
    assert (result.lines, result.unreadable) == (rows, 1)
    assert result.to_dict()["issues"][0]["row"] == 70_001
    assert told[-1][0] == rows


def test_threads_on_a_frame_change_no_byte():
    batches = [pyarrow.RecordBatch.from_pylist([row]) for row in [*MONTH, record(UnitPrice="x")] * 40]
    one, *others = [
        pec.reconcile(pyarrow.Table.from_batches(batches), threads=threads).to_bytes() for threads in (1, 2, 3, 8)
    ]
    assert all(other == one for other in others)


def test_a_batch_that_fails_is_told_on_any_thread():
    def batches():
        yield from typed().to_batches() * 20
        raise RuntimeError("the query died")

    for threads in (1, 2, 5):
        reader = pyarrow.RecordBatchReader.from_batches(typed().schema, batches())
        with pytest.raises(pec.ReadError, match=r"^frame: .*the query died"):
            pec.reconcile(reader, threads=threads)


FLOATS = {
    "polars": lambda column: polars.DataFrame(MONTH).with_columns(polars.col(column).cast(polars.Float64)),
    "pandas": lambda column: pandas.DataFrame(MONTH).astype({column: "float64"}),
    "pandas float32": lambda column: pandas.DataFrame(MONTH).astype({column: "float32"}),
    "duckdb": lambda column: duckdb.from_arrow(pyarrow.Table.from_pylist(MONTH)).project(
        f"* replace ({column}::double as {column})"
    ),
}


@pytest.mark.parametrize("column", AMOUNTS)
@pytest.mark.parametrize("make", FLOATS.values(), ids=FLOATS.keys())
def test_float_amounts_are_refused_by_name(make, column):
    with pytest.raises(
        pec.ReadError, match=rf"^frame: column `{column}` is Float\d\d, which has already lost digits; load it as text"
    ):
        pec.reconcile(make(column))


def test_a_frame_without_a_needed_column():
    with pytest.raises(pec.ReadError, match=r"^frame: no column `Quantity`"):
        pec.reconcile(polars.DataFrame(MONTH).drop("Quantity"))


def test_a_lazy_frame_says_what_to_do():
    with pytest.raises(TypeError, match=r"LazyFrame`.*call \.collect\(\) first"):
        pec.reconcile(polars.DataFrame(MONTH).lazy())


TABLES = pec.Result.tables
EMPTY = {"losses", "access", "credits", "credit_months", "credit_days"}
"""Without evidence nothing is known to be lost, and no credit was given."""


@pytest.fixture(scope="module")
def result():
    return pec.reconcile([io.BytesIO(csv_of([*MONTH, record(UnitPrice="x")]))], name="f")


@pytest.mark.parametrize("name", TABLES)
def test_tables_go_to_every_library(result, name):
    table = getattr(result, name)
    assert isinstance(table, arro3.core.Table)
    rows = pyarrow.table(table).to_pylist()
    assert bool(rows) == (name not in EMPTY)
    assert polars.DataFrame(table).to_dicts() == rows
    assert pandas.DataFrame.from_arrow(table).shape[0] == len(rows)
    of_duck = duckdb.from_arrow(table).fetchall()
    assert [tuple(row.values()) for row in rows] == of_duck


def test_amounts_out_are_exact(result):
    rows = pyarrow.table(result.by_reason).to_pylist()
    expected = [(*row[:4], *map(Decimal, row[4:])) for row in SUMS]
    assert [tuple(row.values())[:3] for row in rows] == [row[:3] for row in SUMS]
    assert sums_of({"sums": rows}) == expected
    for name in ("by_customer", "by_subscription", "by_subscription_day", "by_resource_group", "by_day", "by_reseller"):
        parts = pyarrow.table(getattr(result, name)).to_pylist()
        for key in ("lines", "list_cost", "potential_credit", "credit"):
            assert sum(row[key] for row in parts) == sum(row[key] for row in rows), (name, key)


def test_to_dict_is_the_json(result):
    as_json = json.loads(result.to_json())
    as_dict = result.to_dict()
    assert list(as_dict) == list(as_json)
    assert sums_of(as_dict) == [(*row[:4], *map(Decimal, row[4:])) for row in SUMS]
    assert all(type(row["credit"]) is Decimal for row in as_dict["sums"])
    assert json.loads(json.dumps(as_dict, default=str))["issues"] == as_json["issues"]


def test_saved_parquet_is_the_table(result, tmp_path):
    result.save(tmp_path)
    for name in sorted({*TABLES} - {"access", "credits", "credit_months", "credit_days"}):
        saved = pyarrow.parquet.read_table(tmp_path / f"{name}.parquet")
        assert saved.to_pylist() == pyarrow.table(getattr(result, name)).to_pylist()


@st.composite
def amount(draw, digits, decimals):
    scale = draw(st.integers(0, decimals))
    return Decimal(draw(st.integers(-(10**digits), 10**digits))).scaleb(-scale)


@settings(deadline=None, max_examples=150)
@given(
    rows=st.lists(st.tuples(amount(15, 22), amount(12, 15), st.booleans()), min_size=1, max_size=6),
    wide=st.booleans(),
)
def test_decimals_of_every_width_are_exact(rows, wide):
    """Decimal columns, narrow and wide, give what fractions give, and so do the same rows as texts."""
    records = [
        record(UnitPrice=f"{price:f}", Quantity=f"{quantity:f}", PartnerEarnedCreditPercentage="15" if paid else "0")
        for price, quantity, paid in rows
    ]
    limit = Fraction(10) ** 13
    products = [Fraction(price) * Fraction(quantity) for price, quantity, _ in rows]
    texts = pec.reconcile(pyarrow.Table.from_pylist(records))
    table = pyarrow.Table.from_pylist(records)
    width = pyarrow.decimal256(60, 24) if wide else pyarrow.decimal128(38, 22)
    for name in AMOUNTS:
        table = table.set_column(table.schema.get_field_index(name), name, table[name].cast(width))
    decimals = pec.reconcile(table)
    assert decimals.to_dict()["sums"] == texts.to_dict()["sums"]
    sums = texts.to_dict()["sums"]
    assert sum(Fraction(row["list_cost"]) for row in sums) == sum(
        product for product in products if abs(product) < limit
    )
    assert texts.unreadable == sum(abs(product) >= limit for product in products)
    credit = sum(product for product, (_, _, paid) in zip(products, rows, strict=True) if paid and abs(product) < limit)
    assert sum(Fraction(row["credit"]) for row in sums) == credit * 15 / 100


@settings(deadline=None, max_examples=200)
@given(value=st.one_of(amount(20, 18), st.integers(-(10**12), 10**12)))
def test_judged_amounts_are_exact(value):
    judged = pec.judge({**record(), "UnitPrice": value, "Quantity": Decimal("0.000000001")})
    assert judged.list_cost == Decimal(value).scaleb(-9)
    assert Fraction(judged.credit) * 100 == Fraction(judged.list_cost) * 15


def test_amounts_too_wide_for_decimals_of_frames_are_texts(tmp_path):
    """Polars takes no decimal of more than 38 digits, and DuckDB reads one of a Parquet file as a double."""
    price, quantity = "123456789.1234567890123456789", "1.1234567890123456"
    result = pec.reconcile(io.BytesIO(csv_of([record(UnitPrice=price, Quantity=quantity), record(UnitPrice="-1")])))
    result.save(tmp_path)
    cost = result.to_dict()["sums"][0]["list_cost"]
    assert Fraction(cost) == Fraction(price) * Fraction(quantity) - 24
    for rows in (
        polars.DataFrame(result.by_reason).to_dicts(),
        polars.read_parquet(tmp_path / "by_reason.parquet").to_dicts(),
        polars.read_csv(tmp_path / "by_reason.csv", infer_schema=False).to_dicts(),
        duckdb.from_arrow(result.by_reason).to_arrow_table().to_pylist(),
        duckdb.from_parquet(str(tmp_path / "by_reason.parquet")).to_arrow_table().to_pylist(),
    ):
        assert rows[0]["list_cost"] == str(cost)

    refund = pec.reconcile(io.BytesIO(csv_of([record(UnitPrice="-" + price, Quantity=quantity)])))
    refund.save(tmp_path)
    with localcontext(prec=60):
        assert f",-{cost + 24}," in (tmp_path / "by_reason.csv").read_text()


def test_resellers_that_became_floats():
    """Pandas makes floats of a column of ids with blank cells."""
    rows = [record(Tier2MpnId="67890"), record(Tier2MpnId=""), record(Tier2MpnId="0")]
    frame = pandas.read_csv(io.BytesIO(csv_of(rows)), dtype=dict.fromkeys(AMOUNTS, str))
    assert frame["Tier2MpnId"].dtype == "float64"
    expected = pec.reconcile(io.BytesIO(csv_of(rows))).by_reseller
    assert pec.reconcile(frame).by_reseller == expected
    assert set(pyarrow.table(expected)["reseller"].to_pylist()) == {"", "67890"}


@pytest.mark.parametrize("wide", [polars.Int128, polars.UInt128], ids=str)
@pytest.mark.parametrize("column", ["Extra", "Quantity"])
def test_integers_that_arrow_does_not_have(wide, column):
    rows = [row | {"Quantity": "24", "Extra": "7"} for row in MONTH]
    table = polars.DataFrame(rows).with_columns(polars.col(column).cast(wide))
    assert pec.reconcile(table).to_dict()["sums"] == pec.reconcile(polars.DataFrame(rows)).to_dict()["sums"]
    assert pec.reconcile([table, table]).lines == 2 * len(rows)
    with pytest.raises(TypeError, match="which is no table"):
        pec.reconcile(table[column])


NO_DAY = {
    "date32": (pyarrow.array([20_730, 2**31 - 1, None], pyarrow.int32()), pyarrow.date32()),
    "date64": (pyarrow.array([20_730 * 86_400_000, 2**62, None], pyarrow.int64()), pyarrow.date64()),
    "seconds": (pyarrow.array([20_730 * 86_400, -(2**62), None], pyarrow.int64()), pyarrow.timestamp("s")),
    "zoned": (pyarrow.array([20_730 * 86_400, 2**62, None], pyarrow.int64()), pyarrow.timestamp("s", tz="UTC")),
}


@pytest.mark.parametrize("kind", NO_DAY)
def test_a_day_that_no_calendar_has_costs_its_row_alone(kind):
    numbers, days = NO_DAY[kind]
    table = pyarrow.Table.from_pylist([record()] * 3)
    place = table.schema.get_field_index("UsageDate")
    found = pec.reconcile(table.set_column(place, "UsageDate", numbers.cast(days))).to_dict()
    assert (found["lines"], found["row_issues"], found["sums"][0]["lines"]) == (3, 2, 1)
    assert [(one["row"], one["column"]) for one in found["issues"]] == [(2, "UsageDate"), (3, "UsageDate")]
    assert str(numbers[1]) in found["issues"][0]["found"]
