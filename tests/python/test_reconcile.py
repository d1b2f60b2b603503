"""What `pec.reconcile` takes, and that all of it gives one result."""

from __future__ import annotations

import errno
import io
import json
import os
import pickle
import re
import signal
import subprocess
import sys
import textwrap
import threading
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import pec
from samples import MONTH, SUBSCRIPTION, SUMS, csv_of, gz, jsonl_of, record, sums_of


@pytest.fixture
def month(tmp_path):
    path = tmp_path / "month.csv"
    path.write_bytes(csv_of(MONTH))
    return path


def found(result: pec.Result) -> dict:
    """Everything but the names of inputs."""
    content = json.loads(result.to_json())
    content.pop("files")
    for issue in content["issues"]:
        issue.pop("file")
    return content


def test_sums_are_exact(month):
    result = pec.reconcile(month)
    assert (result.lines, result.unreadable) == (8, 0)
    assert sums_of(json.loads(result.to_json())) == SUMS


def test_gaps(month):
    (gap,) = pec.reconcile(month).to_dict()["gaps"]
    assert (gap["first_day"], gap["last_day"], gap["days"]) == (date(2026, 10, 4), date(2026, 10, 5), 2)
    assert (gap["list_cost"], gap["credit_lost"]) == (Decimal("2.16"), Decimal("0.324"))
    assert not gap["ongoing"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("usage.csv", csv_of(MONTH)),
        ("usage.csv.gz", gz(csv_of(MONTH))),
        ("usage.jsonl", jsonl_of(MONTH)),
        ("usage.jsonl.gz", gz(jsonl_of(MONTH))),
        ("usage.json", json.dumps({"items": MONTH}).encode()),
        ("usage.json.gz", gz(json.dumps({"value": MONTH}, indent=1).encode())),
    ],
)
def test_every_form_and_every_way_in(tmp_path, month, name, data):
    path = tmp_path / "one" / name
    path.parent.mkdir()
    path.write_bytes(data)
    expected = found(pec.reconcile(month))
    assert sums_of(expected) == SUMS
    ways = {
        "str": str(path),
        "Path": path,
        "list": [path],
        "glob": str(path.parent / "usage.*"),
        "folder": path.parent,
        "bytes file": io.BytesIO(data),
    }
    for way, source in ways.items():
        assert found(pec.reconcile(source)) == expected, way
    with path.open("rb") as file:
        assert found(pec.reconcile(file)) == expected
    if not name.endswith(".gz"):
        with path.open(encoding="utf-8", newline="") as file:
            assert found(pec.reconcile(file)) == expected
        assert found(pec.reconcile(io.StringIO(data.decode()))) == expected


@pytest.mark.parametrize("threads", [None, 1, 2, 5])
def test_threads_and_splits_change_nothing(tmp_path, threads):
    rows = [record(UsageDate=f"2026-10-{1 + n % 28:02}", Quantity=f"{n}.5", Tags="x" * 200) for n in range(20_000)]
    whole = tmp_path / "whole.csv"
    whole.write_bytes(csv_of(rows))
    (tmp_path / "a.csv").write_bytes(csv_of(rows[:7]))
    (tmp_path / "b.csv.gz").write_bytes(gz(csv_of(rows[7:9000])))
    (tmp_path / "c.jsonl").write_bytes(jsonl_of(rows[9000:]))
    expected = pec.reconcile(whole, threads=1)
    parts = [tmp_path / "c.jsonl", tmp_path / "a.csv", str(tmp_path / "b.*")]
    split = pec.reconcile(parts, threads=threads)
    assert split.lines == 20_000
    assert found(split) == found(expected)
    one, two, three = (pec.reconcile(part) for part in parts)
    assert found(one.merge(two).merge(three)) == found(expected) == found(three.merge(one.merge(two)))


def test_parts_of_equal_rows_count_as_one_file_does(tmp_path):
    rows = [record(UsageDate=f"2026-10-{4 + n % 3:02}") for n in range(12)]
    parts = [tmp_path / f"{n}.csv" for n in range(4)]
    for n, part in enumerate(parts):
        part.write_bytes(csv_of(rows[3 * n : 3 * n + 3]))
    assert len({part.read_bytes() for part in parts}) == 1
    whole = json.loads(pec.reconcile(io.BytesIO(csv_of(rows))).to_json())
    for source in (tmp_path, parts, str(tmp_path / "*.csv"), [parts[0], tmp_path]):
        split = json.loads(pec.reconcile(source).to_json())
        assert (split["lines"], split["sums"], split["gaps"]) == (12, whole["sums"], whole["gaps"])


def test_zero_threads(month):
    with pytest.raises(ValueError, match="`threads` is 0; expected 1 to 1,024"):
        pec.reconcile(month, threads=0)


class TestFolders:
    @pytest.fixture
    def folder(self, tmp_path):
        folder = tmp_path / "export"
        folder.mkdir()
        return folder

    def test_all_usable_files_in_order(self, folder):
        (folder / "b.csv").write_bytes(csv_of(MONTH[:3]))
        (folder / "a.jsonl.gz").write_bytes(gz(jsonl_of(MONTH[3:])))
        (folder / "notes.txt").write_text("not usage")
        with pytest.warns(pec.PecWarning, match=r"notes\.txt: no usage file") as warned:
            result = pec.reconcile(folder)
        assert [Path(one.filename).name for one in warned] == ["test_reconcile.py"]  # the caller's line, not pec's
        assert sums_of(json.loads(result.to_json())) == SUMS
        assert [Path(file["file"]).name for file in result.to_dict()["files"]] == ["a.jsonl.gz", "b.csv"]

    @pytest.mark.parametrize(
        "manifest",
        [
            {
                "id": "1",
                "schemaVersion": "1",
                "dataFormat": "compressedJSON",
                "partitionType": "Default",
                "rootDirectory": "https://x.blob.core.windows.net/c/p",
                "sasToken": "s",
                "blobCount": 2,
                "blobs": [
                    {"name": "part-0.json.gz", "partitionValue": "1"},
                    {"name": "part-1.json.gz", "partitionValue": "2"},
                ],
            },
            {
                "version": "1",
                "rootFolder": "https://x.blob.core.windows.net/c/p",
                "partitionType": "ItemCount",
                "blobs": [
                    {"name": "Fragment=basic/part-0.json.gz", "sizeinBytes": 1},
                    {"name": "https://x.blob.core.windows.net/c/part-1.json.gz?sig=%2F", "sizeinBytes": 1},
                ],
            },
        ],
        ids=["general availability", "beta"],
    )
    def test_a_manifest_is_followed_exactly(self, folder, manifest):
        (folder / "manifest.json").write_text(json.dumps(manifest))
        (folder / "part-0.json.gz").write_bytes(gz(jsonl_of(MONTH[:5])))
        (folder / "part-1.json.gz").write_bytes(gz(jsonl_of(MONTH[5:])))
        (folder / "part-2-of-last-month.json.gz").write_bytes(gz(jsonl_of(MONTH)))
        with pytest.warns(pec.PecWarning, match="part-2-of-last-month"):
            result = pec.reconcile(folder)
        assert sums_of(json.loads(result.to_json())) == SUMS
        assert sums_of(json.loads(pec.reconcile(folder / "manifest.json").to_json())) == SUMS

    def test_a_missing_blob_is_named(self, folder):
        blobs = [{"name": "part-0.json.gz"}, {"name": "part-1.json.gz"}]
        (folder / "manifest.json").write_text(json.dumps({"blobs": blobs}))
        (folder / "part-0.json.gz").write_bytes(gz(jsonl_of(MONTH)))
        with pytest.raises(
            pec.ReadError, match=r"manifest\.json: blob `part-1\.json\.gz` is not in the folder; download it"
        ):
            pec.reconcile(folder)

    def test_a_blob_outside_the_folder_is_not_read(self, folder):
        (folder.parent / "outside.jsonl").write_bytes(jsonl_of(MONTH))
        (folder / "manifest.json").write_text(json.dumps({"blobs": [{"name": "../outside.jsonl"}]}))
        with pytest.raises(pec.ReadError, match="is not in the folder"):
            pec.reconcile(folder)

    def test_an_empty_manifest(self, folder):
        (folder / "manifest.json").write_text(json.dumps({"blobs": []}))
        with pytest.raises(pec.ReadError, match="the manifest lists no blobs; export again"):
            pec.reconcile(folder)

    def test_a_manifest_that_lists_less_than_it_counts(self, folder):
        (folder / "manifest.json").write_text(json.dumps({"blobCount": 2, "blobs": [{"name": "part-0.json.gz"}]}))
        (folder / "part-0.json.gz").write_bytes(gz(jsonl_of(MONTH)))
        with pytest.warns(pec.PecWarning, match="counts 2 blobs and lists 1, so some are not read; export again"):
            pec.reconcile(folder)

    def test_a_folder_of_folders_is_those_inside(self, folder):
        parts = [folder / "BillingMonth=202609", folder / "BillingMonth=202610" / "Fragment=full", folder / ".old"]
        for part in parts:
            part.mkdir(parents=True)
        (parts[0] / "usage.csv").write_bytes(csv_of(MONTH[:4]))
        (parts[1] / "manifest.json").write_text(json.dumps({"blobCount": 1, "blobs": [{"name": "part-0.json.gz"}]}))
        (parts[1] / "part-0.json.gz").write_bytes(gz(jsonl_of(MONTH[4:])))
        (parts[2] / "usage.csv").write_bytes(csv_of(MONTH))
        (folder / "round").symlink_to(folder, target_is_directory=True)
        assert sums_of(json.loads(pec.reconcile(folder).to_json())) == SUMS

    def test_a_folder_beside_usage_files_is_told(self, folder):
        (folder / "usage.csv").write_bytes(csv_of(MONTH))
        (folder / "august").mkdir()
        (folder / "august" / "usage.csv").write_bytes(csv_of(MONTH[:1]))
        (folder / "pictures").mkdir()
        with pytest.warns(pec.PecWarning, match="august: a folder beside usage files; passed over") as told:
            assert sums_of(json.loads(pec.reconcile(folder).to_json())) == SUMS
        assert len(told) == 1

    def test_what_was_unpacked_is_read_once(self, folder):
        (folder / "usage.csv").write_bytes(csv_of(MONTH))
        (folder / "usage.csv.gz").write_bytes(gz(csv_of(MONTH)))
        with pytest.warns(pec.PecWarning, match=r"usage\.csv\.gz: the same bytes as .*usage\.csv; read once"):
            assert sums_of(json.loads(pec.reconcile(folder).to_json())) == SUMS
        (folder / "usage.csv.gz").write_bytes(gz(csv_of(MONTH[:3])))
        assert pec.reconcile(folder).lines == len(MONTH) + 3

    def test_nothing_usable(self, folder):
        (folder / "notes.txt").write_text("not usage")
        with pytest.raises(pec.ReadError, match="no usage files in this folder; expected") as raised:
            pec.reconcile(folder)
        assert raised.value.file == str(folder)


def test_the_same_file_twice_is_read_once(month):
    link, other_name = month.parent / "link.csv", month.parent / "other name.csv"
    link.symlink_to(month)
    other_name.hardlink_to(month)
    globs = [month.parent, str(month.parent / "*.csv"), f"{month.parent}/../{month.parent.name}/m*"]
    for sources in ([month, month], [str(month), link], [other_name, month], globs):
        assert pec.reconcile(sources).lines == len(MONTH)


def test_open_files_of_one_name_keep_their_issues_apart():
    broken = csv_of([record(UnitPrice="a")])
    result = pec.reconcile([io.BytesIO(broken), io.BytesIO(broken)], name="upload")
    assert [issue["file"] for issue in result.to_dict()["issues"]] == ["upload", "upload (2)"]


@pytest.mark.parametrize("path", ["nope.csv", "nope-*.csv", "no-folder/"])
def test_nothing_there(tmp_path, path):
    with pytest.raises(FileNotFoundError) as raised:
        pec.reconcile(str(tmp_path / path))
    assert raised.value.errno == errno.ENOENT
    assert raised.value.filename == str(tmp_path / path)


@pytest.mark.parametrize("source", [b"bytes", 12, None, {"UnitPrice": 1}])
def test_what_is_no_source(source):
    with pytest.raises(TypeError, match=r"cannot read a `.*`; pass a path, an open file, or a Polars"):
        pec.reconcile(source)


def test_no_source():
    with pytest.raises(ValueError, match="pass at least one source"):
        pec.reconcile([])


def test_a_file_that_cannot_be_used():
    with pytest.raises(pec.ReadError, match=r"^upload: no column `UnitPrice`; export daily rated usage") as raised:
        pec.reconcile(io.BytesIO(b"UsageDate,EntitlementId,Quantity,CreditType\n"), name="upload")
    assert raised.value.file == "upload"
    again = pickle.loads(pickle.dumps(raised.value))
    assert (str(again), again.file) == (str(raised.value), "upload")


def test_what_a_file_raises_is_the_cause():
    class Failing(io.RawIOBase):
        name = "remote"

        def read(self, size=-1):
            raise OSError(errno.EIO, "the line is dead")

    with pytest.raises(pec.ReadError, match=r"^remote: cannot be read: .*the line is dead") as raised:
        pec.reconcile(Failing())
    assert isinstance(raised.value.__cause__, OSError)
    assert raised.value.__cause__.errno == errno.EIO


def test_a_file_that_gives_something_else():
    class Odd:
        def read(self, size):
            return 1.5

    with pytest.raises(pec.ReadError, match="`read` gave a `float`; expected bytes or str"):
        pec.reconcile(Odd())


def test_text_that_is_no_utf8_fails_in_its_cell_only():
    data = csv_of([record(), record(CustomerId="x")]).replace(b"x,", b"\xff,", 1).decode("utf-8", "surrogateescape")
    result = pec.reconcile(io.StringIO(data))
    assert (result.lines, result.unreadable) == (2, 1)
    assert result.to_dict()["issues"][0]["column"] == "CustomerId"


def test_row_issues_stay_in_the_counts():
    rows = [record(), record(UnitPrice="1,5"), record(UsageDate="2026-13-01")]
    result = pec.reconcile(io.BytesIO(csv_of(rows)), name="f")
    assert (result.lines, result.unreadable) == (3, 2)
    issues = result.to_dict()["issues"]
    assert [(issue["file"], issue["row"], issue["column"], issue["found"]) for issue in issues] == [
        ("f", 3, "UnitPrice", "1,5"),
        ("f", 4, "UsageDate", "2026-13-01"),
    ]


def test_progress_is_told(month):
    told = []
    pec.reconcile(month, progress=lambda rows, done: told.append((rows, done)))
    rows, done = told[-1]
    assert rows == len(MONTH)
    # The header row is not counted.
    assert done == month.stat().st_size - len(csv_of(MONTH).partition(b"\n")[0]) - 1


def test_progress_that_raises_ends_the_run(month):
    def stop(rows, done):
        raise LookupError("enough")

    with pytest.raises(LookupError, match="enough"):
        pec.reconcile(month, progress=stop)


def test_a_bar(month, capsys):
    assert sums_of(json.loads(pec.reconcile(month, progress=True).to_json())) == SUMS
    captured = capsys.readouterr()
    assert captured.out == ""


class Endless:
    """A file that never ends."""

    name = "endless"

    def __init__(self):
        self.head = csv_of([record()])
        self.row = self.head.split(b"\r\n")[1] + b"\r\n"

    def read(self, size):
        head, self.head = self.head, b""
        return head or self.row * 2000


def test_the_interpreter_goes_on_beside():
    """With the lock held through the run, the counter would stand still."""
    counted = 0
    done = threading.Event()

    def count():
        nonlocal counted
        while not done.is_set():
            counted += 1

    rows = csv_of([record(UsageDate=f"2026-10-{1 + n % 28:02}") for n in range(200_000)])
    thread = threading.Thread(target=count)
    thread.start()
    before = counted
    pec.reconcile(io.BytesIO(rows), threads=1)
    after = counted
    done.set()
    thread.join()
    assert after - before > 1000


@pytest.mark.skipif(os.name == "nt", reason="sends SIGINT")
@pytest.mark.parametrize("threads", [1, 2])
def test_ctrl_c_stops(threads):
    program = f"""
        import pec, sys
        sys.path.insert(0, {str(Path(__file__).parent)!r})
        from test_reconcile import Endless
        told = lambda rows, done: print(rows, flush=True)
        try:
            pec.reconcile(Endless(), threads={threads}, progress=told)
        except KeyboardInterrupt:
            print("stopped", flush=True)
    """
    process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE, text=True)
    with process:
        assert int(process.stdout.readline()) >= 0
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=20)
    assert out.splitlines()[-1] == "stopped"


@pytest.mark.skipif(os.name == "nt", reason="sends SIGINT")
def test_ctrl_c_stops_while_a_read_waits():
    program = """
        import os, pec
        read, write = os.pipe()
        try:
            pec.reconcile(open(read, "rb"), progress=lambda rows, done: print(rows, flush=True))
        except KeyboardInterrupt:
            print("stopped", flush=True)
    """
    process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout.readline() == "0\n"
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=20)
    assert out.splitlines()[-1] == "stopped"


def test_what_a_result_says_of_itself(month):
    result = pec.reconcile(month)
    assert repr(result) == "<pec.Result: 8 rows, 0.16 EUR earned, 0.49 USD earned, 0.32 USD unknown, 1 gap>"
    assert "spot_virtual_machine" in result.report()
    with pytest.raises(AttributeError):
        result.lines = 3


def test_html_is_escaped():
    evil = "/subscriptions/s/resourceGroups/<script>alert(1)</script>/providers/x/y/z"
    rows = [record(ResourceURI=evil, ResourceGroup="", PartnerEarnedCreditPercentage="0"), record(UnitPrice="<b>&")]
    html = pec.reconcile(io.BytesIO(csv_of(rows)), name="<i>")._repr_html_()
    assert "&lt;script&gt;" in html
    assert "&lt;i&gt;" in html
    assert not any(tag in html for tag in ("<script", "<b>", "<i>"))


def test_a_notebook_shows_the_answer_first_and_names_for_ids():
    named = {"CustomerName": "Contoso", "EntitlementDescription": "Production"}
    rows = [record(**named), record(**named, UsageDate="2026-10-02", PartnerEarnedCreditPercentage="0")]
    html = pec.reconcile(io.BytesIO(csv_of(rows)), name="u.csv")._repr_html_()
    text = re.sub("<[^>]*>", "", html)
    assert text.startswith(
        "0.16 of 0.32 USD of possible credit was earned: 50.0 %. "
        "0.16 USD was not earned, and what was given cannot tell why."
    )
    assert "2 lines, 0 of them unreadable" in text
    assert re.search(f'<span title="{SUBSCRIPTION}">Production</span>', html) and ">Contoso</span>" in html
    sides = re.findall(r'<td style="text-align: (\w+); white-space: nowrap">([^<]+)</td>', html)
    assert ("right", "1.08") in sides and ("left", "USD") in sides


def test_saved_tables(month, tmp_path):
    out = tmp_path / "made" / "out"
    written = pec.reconcile(month).save(out)
    tables = {*pec.Result.tables} - {"access", "credits", "credit_months", "credit_days"}
    names = {f"{table}.{ending}" for table in tables for ending in ("csv", "parquet")} | {
        "report.txt",
        "report.json",
        "result.json",
    }
    assert {Path(path).name for path in written} == {path.name for path in out.iterdir()} == names
    assert sums_of(json.loads((out / "report.json").read_text())) == SUMS


def test_formulas_are_harmless_in_csv(tmp_path):
    rows = [record(CustomerId="=cmd|' /C calc'!A0", PartnerEarnedCreditPercentage="0")]
    pec.reconcile(io.BytesIO(csv_of(rows))).save(tmp_path)
    assert "'=cmd|' /c calc'!a0" in (tmp_path / "by_customer.csv").read_text()
    assert "'=cmd|' /c calc'!a0" in (tmp_path / "gaps.csv").read_text()


def test_a_folder_that_cannot_be_made(month):
    with pytest.raises((FileExistsError, NotADirectoryError)):
        pec.reconcile(month).save(month)
