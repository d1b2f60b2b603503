"""What the command writes is whole and never an input, and its status is told whatever becomes of its streams."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import pec
from pec import html_report
from pec.own import PACK, is_own, tables_written
from samples import MONTH, csv_of, record
from test_cli import PEC, run

EXAMPLES = Path(__file__).parents[2] / "examples" / "data"
AROUND = ["--partner", str(EXAMPLES / "partner.toml"), "--evidence", str(EXAMPLES / "evidence")]
PACK_OF = [*AROUND, "--customer", "dee7a2e5-bccf-480b-9cb6-69c132e5c856"]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "month.csv").write_bytes(csv_of(MONTH))
    (tmp_path / "broken.csv").write_bytes(csv_of([record(), record(UnitPrice="a")]))
    return tmp_path


def test_the_names_of_what_is_written_are_known(tmp_path):
    credits_given = ["--credits", str(EXAMPLES / "credits.toml")]
    for out, given in (("without", []), ("with", credits_given)):
        done = run("reconcile", str(EXAMPLES / "2026-10"), *given, "--out", out, cwd=tmp_path)
        assert done.returncode == 0
        assert {path.name for path in (tmp_path / out).iterdir()} == set(tables_written(with_credits=bool(given)))
    done = run("evidence", str(EXAMPLES / "2026-10"), *PACK_OF, "--out", "pack", cwd=tmp_path)
    assert done.returncode == 0
    assert {path.name for path in (tmp_path / "pack").iterdir()} == set(PACK)


@pytest.mark.parametrize("name", ["findings.csv", "files.csv", "by_day.csv", "report.json"])
def test_an_input_is_not_overwritten(tmp_path, name):
    usage = tmp_path / name
    usage.write_bytes(csv_of(MONTH))
    before = usage.read_bytes()
    (tmp_path / "link.csv").symlink_to(usage)
    (tmp_path / "round").symlink_to(tmp_path, target_is_directory=True)
    for source, out in ((name, "."), ("link.csv", "."), (name, "round"), (str(usage), "round/round")):
        done = run("reconcile", source, "--out", out, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, ""), done.stderr
        assert "this input would be overwritten" in done.stderr and done.stderr.count("\n") == 1
        assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, "link.csv", "round"])
        assert usage.read_bytes() == before


def test_what_stands_beside_the_usage_is_not_overwritten(folder):
    for option in ("--prices", "--credits"):
        (folder / "gaps.csv").write_text("x")
        done = run("reconcile", "month.csv", option, "gaps.csv", "--out", ".", cwd=folder)
        assert (done.returncode, done.stdout) == (2, "")
        assert (
            done.stderr == "pec: gaps.csv: this input would be overwritten; name another folder or file to write to\n"
        )
    (folder / "lines.csv").write_bytes(csv_of(MONTH))
    done = run("evidence", "lines.csv", *PACK_OF, "--out", ".", cwd=folder)
    assert done.stderr.startswith("pec: lines.csv: this input would be overwritten")
    done = run("report", "month.csv", "--html", "month.csv", cwd=folder)
    assert done.stderr.startswith("pec: month.csv: this input would be overwritten")
    assert (folder / "month.csv").read_bytes() == (folder / "lines.csv").read_bytes() == csv_of(MONTH)


def test_python_refuses_too(folder):
    result = pec.reconcile(folder / "month.csv")
    for write in (result.to_html, lambda path: html_report.write(result, path)):
        with pytest.raises(ValueError, match="this input would be overwritten"):
            write(folder / "month.csv")
    around = {"partner": EXAMPLES / "partner.toml", "evidence": EXAMPLES / "evidence"}
    (folder / "lines.csv").write_bytes(csv_of(MONTH))
    with pytest.raises(ValueError, match="this input would be overwritten"):
        pec.write_evidence_pack(folder / "lines.csv", folder, customer="x", **around)
    with pytest.raises(ValueError, match="empty text"):
        pec.write_evidence_pack(folder / "month.csv", "", customer="x", **around)
    assert (folder / "month.csv").read_bytes() == csv_of(MONTH)


def limited():
    """No file may be larger; as a disk that is full."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))


@pytest.mark.parametrize(
    "arguments",
    [
        ["reconcile", "--out", "out"],
        ["evidence", *PACK_OF, "--out", "out"],
        ["report", "--html", "out/page.html"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_what_cannot_be_written_whole_is_not_there(tmp_path, arguments):
    out = tmp_path / "out"
    out.mkdir()
    (out / "by_day.csv").write_text("old")
    command = [PEC, *arguments, str(EXAMPLES / "2026-10")]
    done = subprocess.run(command, cwd=tmp_path, preexec_fn=limited, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("pec: out"), done.stderr
    assert done.stderr.endswith(": file too large; make room, or write elsewhere\n")
    assert ".pec-" not in done.stderr
    assert [path.name for path in out.iterdir()] == ["by_day.csv"]
    assert (out / "by_day.csv").read_text() == "old"


def test_ctrl_c_leaves_what_was_there(tmp_path):
    rows = [record(UsageDate=f"2026-10-{1 + n % 28:02}", Tags="x" * 100) for n in range(300_000)]
    (tmp_path / "long.csv").write_bytes(csv_of(rows))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "findings.csv").write_text("old")
    command = [PEC, "reconcile", "long.csv", "--out", "out"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        until = time.monotonic() + 60
        while not list((tmp_path / "out").glob(".pec-*/findings.csv")):
            assert time.monotonic() < until and running.poll() is None
            time.sleep(0.001)
        running.send_signal(signal.SIGINT)
        told = running.communicate()
    assert (running.returncode, told) == (130, ("", "pec: stopped\n"))
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["findings.csv"]
    assert (tmp_path / "out" / "findings.csv").read_text() == "old"


def test_a_place_that_is_a_folder_stops_all(folder):
    (folder / "out" / "losses.csv").mkdir(parents=True)
    done = run("reconcile", "month.csv", "--out", "out", cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "pec: out/losses.csv: is a directory; check the path and its permissions\n"
    assert [path.name for path in (folder / "out").iterdir()] == ["losses.csv"]


def test_a_folder_made_for_nothing_is_gone(folder):
    done = run("evidence", "month.csv", *PACK_OF, "--out", "made", cwd=folder)
    assert done.returncode == 2
    assert not (folder / "made").exists()


def test_a_page_goes_through_links_and_pipes(folder):
    page = folder / "real.html"
    page.write_text("old")
    (folder / "link.html").symlink_to(page)
    for html in ("link.html", "/dev/stdout"):
        done = run("report", "month.csv", "--html", html, cwd=folder)
        assert done.returncode == 0
    assert (folder / "link.html").is_symlink()
    assert done.stdout.startswith(page.read_text(encoding="utf-8"))


FULL = "pec: standard output: no space left on device; make room, or write elsewhere\n"
CLOSED = "pec: standard output is closed; send it to a file or to a pipe\n"


@pytest.mark.parametrize(
    "command", ["reconcile month.csv", "reconcile month.csv --json", "doctor .", "rules", "--help"]
)
@pytest.mark.parametrize(("stream", "told"), [(">/dev/full", FULL), (">&-", CLOSED)], ids=["full", "closed"])
def test_standard_output_that_takes_nothing(folder, command, stream, told):
    done = subprocess.run(f"{PEC} {command} {stream}", shell=True, capture_output=True, text=True, cwd=folder)
    assert (done.returncode, done.stderr) == (2, told)


@pytest.mark.parametrize("stream", ["2>&-", "2>/dev/full"])
def test_standard_error_that_takes_nothing(folder, stream):
    for command, status in (("reconcile month.csv", 0), ("reconcile nothing.csv", 2), ("reconcile", 2)):
        done = subprocess.run(f"{PEC} {command} {stream}", shell=True, capture_output=True, text=True, cwd=folder)
        expected = run(*command.split(), cwd=folder)
        assert (done.returncode, done.stdout, done.stderr) == (status, expected.stdout, "")


@pytest.mark.parametrize("options", [["--json"], []])
def test_a_reader_that_goes_away_does_not_hide_the_status(folder, options):
    for strict, status in (([], 0), (["--strict"], 1)):
        gone, far = os.pipe()
        os.close(gone)
        command = [PEC, "reconcile", "broken.csv", *options, *strict]
        done = subprocess.run(command, cwd=folder, stdout=far, stderr=subprocess.PIPE, text=True, check=False)
        os.close(far)
        assert (done.returncode, done.stderr) == (status, "")


def test_more_threads_than_can_be_had(folder):
    assert run("reconcile", "month.csv", "--threads", "1024", cwd=folder).returncode == 0
    for threads in ("1025", "99999", "0000010240", "9" * 5000):
        done = run("reconcile", "month.csv", "--threads", threads, cwd=folder)
        assert done.returncode == 2
        assert "is no number of threads; expected 1 to 1,024" in done.stderr
    month = folder / "month.csv"
    for call in (
        lambda: pec.reconcile(month, threads=40_000),
        lambda: pec._pec.reconcile([month], threads=10**12),
        lambda: pec.credit_usage(month, threads=1025),
        lambda: pec.tie_out(month, invoice=EXAMPLES / "invoice", threads=1025),
        lambda: pec.aco.balance(month, credits=EXAMPLES / "credits.toml", threads=1025),
    ):
        with pytest.raises(ValueError, match=r"`threads` is \d+; expected 1 to 1,024"):
            call()


def test_the_module_is_the_command(folder):
    done = subprocess.run(
        [sys.executable, "-m", "pec", "reconcile", "month.csv"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == run("reconcile", "month.csv", cwd=folder).stdout


def test_home(folder):
    (folder / "partner.toml").write_bytes((EXAMPLES / "partner.toml").read_bytes())
    home = {"HOME": str(folder)}
    done = run("reconcile", "~/month.csv", "--partner", "~/partner.toml", "--out", "~/out", env=home)
    assert (done.returncode, done.stderr) == (0, "")
    assert (folder / "out" / "findings.csv").exists()
    for source in ("~/mon*.csv", "~/month.csv"):
        assert run("reconcile", source, env=home).returncode == 0
    assert run("report", "~/month.csv", "--html", "~/page.html", env=home).returncode == 0
    assert (folder / "page.html").exists()


def test_an_empty_text_is_no_place(folder):
    for arguments in (
        ["reconcile", ""],
        ["reconcile", "month.csv", "--out", ""],
        ["report", "month.csv", "--html", ""],
        ["doctor", ""],
        ["reconcile", "month.csv", *AROUND[:2], "--evidence", ""],
    ):
        done = run(*arguments, cwd=folder)
        assert (done.returncode, done.stdout) == (2, "")
        assert "empty text" in done.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["broken.csv", "month.csv"]


def test_the_signature_of_an_address_is_not_printed(folder):
    address = "https://account.blob.core.windows.net/usage/a.csv.gz?sv=2024&sig=secret"
    for arguments in (["reconcile", address], ["doctor", address], ["reconcile", "month.csv", "--partner", address]):
        done = run(*arguments, cwd=folder)
        assert done.returncode == 2
        assert done.stderr == (
            "pec: https://account.blob.core.windows.net/usage/a.csv.gz: no such file; addresses are not read: "
            "download it, or pass it opened\n"
        )


def test_a_reader_that_goes_is_no_failure(folder):
    for arguments in (["--help"], ["--version"], ["reconcile", "--help"], ["aco"], ["reconcile", "month.csv"]):
        gone, far = os.pipe()
        os.close(gone)
        done = subprocess.run([PEC, *arguments], cwd=folder, stdout=far, stderr=subprocess.PIPE, text=True, check=False)
        os.close(far)
        expected = run(*arguments, cwd=folder)
        assert (done.returncode, done.stderr) == (expected.returncode, expected.stderr), arguments


def test_a_pack_among_usage_is_known(folder):
    done = run("evidence", str(EXAMPLES / "2026-10"), *PACK_OF, "--out", ".", cwd=folder)
    assert done.returncode == 0
    (folder / "broken.csv").unlink()
    with pytest.warns(pec.PecWarning, match="own tables of pec, from an earlier run; passed over"):
        assert pec.reconcile(folder).lines == len(MONTH)
    assert {one["error"] for one in pec.doctor([folder / name for name in PACK])} == {
        "own table of pec, from an earlier run"
    }
    (folder / "sources.csv").unlink()
    assert not any(is_own(folder / name) for name in PACK)


def test_a_saved_result_is_whole_and_no_input(folder):
    result = pec.reconcile(folder / "month.csv")
    (folder / "by_day.csv").write_bytes((folder / "month.csv").read_bytes())
    before = sorted(folder.iterdir())
    with pytest.raises(ValueError, match="this input would be overwritten"):
        pec.reconcile(folder / "by_day.csv").save(folder)
    assert sorted(folder.iterdir()) == before
    out = folder / "out"
    (out / "result.json").mkdir(parents=True)
    with pytest.raises(IsADirectoryError, match=r"result\.json"):
        result.save(out)
    assert [path.name for path in out.iterdir()] == ["result.json"]
    (out / "result.json").rmdir()
    assert sorted(result.save(out)) == sorted(out.iterdir())
    assert pec.Result.load(out) == result
