"""What is handed out: licences, the files of the crate and of the source distribution, and what `import pec` loads."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import tomllib
from importlib.metadata import metadata
from importlib.resources import files
from pathlib import Path, PurePosixPath

import pytest

import third_party
from third_party import allowed

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "pec-py" / "python" / "pec"
ALLOWED = set(tomllib.loads((ROOT / "deny.toml").read_text(encoding="utf-8"))["licenses"]["allow"])


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, **options)
    assert done.returncode == 0, done.stderr
    return done.stdout


def tracked(folder):
    """The files of a folder that git knows, below that folder."""
    names = run("git", "ls-files", "-z", "--", str(folder)).split("\0")[:-1]
    return {str(PurePosixPath(ROOT / name).relative_to(PurePosixPath(folder))) for name in names}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("MIT", True),
        ("MIT/Apache-2.0", True),
        ("GPL-3.0-only", False),
        ("MIT OR GPL-3.0-only", True),
        ("MIT AND GPL-3.0-only", False),
        ("(MIT OR GPL-3.0-only) AND Unicode-3.0", True),
        ("(MIT AND GPL-3.0-only) OR GPL-2.0-only", False),
        ("Apache-2.0 WITH LLVM-exception", True),
        ("GPL-2.0-only WITH Classpath-exception-2.0", False),
    ],
)
def test_a_licence_is_allowed_as_its_expression_says(expression, expected):
    assert allowed(expression, ALLOWED) is expected


def test_every_crate_has_a_licence_that_is_allowed():
    """Those for tests and other systems too."""
    crates = [crate for crate in third_party.metadata() if crate["source"]]
    found = {f"{crate['name']} {crate['version']}": crate["license"] for crate in crates}
    assert {"pyo3", "parquet"} <= {crate.split()[0] for crate in found}
    assert {crate: licence for crate, licence in found.items() if not licence or not allowed(licence, ALLOWED)} == {}


def test_the_licences_of_what_the_wheel_links_are_those_in_its_sources():
    """`make docs` writes them anew."""
    assert third_party.written() == third_party.FILE.read_text(encoding="utf-8")
    names = {crate["name"] for crate in third_party.linked()}
    assert {"pyo3", "parquet", "calamine", "rust_decimal"} <= names
    assert not names & {"pyo3-macros", "serde_derive", "proptest", "insta"}, "not in the wheel"


def test_every_script_of_others_in_the_page_has_its_licence_beside_it():
    assets = PACKAGE / "html_report" / "assets"
    own = {"page.js", "page.css"}
    others = [path for path in assets.iterdir() if path.suffix in {".js", ".css"} and path.name not in own]
    assert [path.name for path in others] == ["table-core.js"]
    for path in others:
        stated = path.read_text(encoding="utf-8").split("@license ", 1)[1].split()[0]
        assert allowed(stated, ALLOWED)
        text = path.with_suffix(".LICENSE").read_text(encoding="utf-8")
        assert text.startswith(f"{stated} License\n\nCopyright (c) ")
        assert 'THE SOFTWARE IS PROVIDED "AS IS"' in text


def test_the_crate_holds_its_sources_pages_and_licences_and_nothing_else():
    listed = run("cargo", "package", "-p", "pec-core", "--list", "--allow-dirty", "--offline").splitlines()
    beside = {name for name in listed if not name.startswith("src/")}
    pages = {f"docs/{name}" for name in tracked(ROOT / "pec-core" / "docs")}
    made = {".cargo_vcs_info.json", "Cargo.lock", "Cargo.toml.orig"}
    assert beside - made == {"Cargo.toml", "LICENSE-APACHE", "LICENSE-MIT", "README.md"} | pages
    assert {PurePosixPath(name).suffix for name in listed if name.startswith("src/")} == {".rs", ".toml"}


@pytest.fixture(scope="module")
def source_distribution(tmp_path_factory):
    """What `maturin sdist` packs, name by name, without the folder above; it compiles nothing."""
    out = tmp_path_factory.mktemp("sdist")
    run(sys.executable, "-m", "maturin", "sdist", "--out", str(out), env={**os.environ, "CARGO_TARGET_DIR": str(out)})
    (path,) = out.glob("*.tar.gz")
    with tarfile.open(path) as packed:
        return {str(PurePosixPath(*PurePosixPath(name).parts[1:])) for name in packed.getnames()}


def test_the_source_distribution_holds_both_crates_and_the_package(source_distribution):
    sources = {f"{crate}/src/{name}" for crate in ("pec-core", "pec-py") for name in tracked(ROOT / crate / "src")}
    package = {f"pec-py/python/pec/{name}" for name in tracked(PACKAGE)}
    assert sources | package <= source_distribution

    tops = {name.split("/")[0] for name in source_distribution}
    folders = {"pec-core", "pec-py"}
    licences = {"LICENSE-APACHE", "LICENSE-MIT", "THIRD-PARTY.txt"}
    assert tops == folders | licences | {"Cargo.lock", "Cargo.toml", "PKG-INFO", "README.md", "pyproject.toml"}
    assert not [name for name in source_distribution if name.endswith((".so", ".pyd", ".pyc"))]


def test_the_installed_package_has_its_files():
    installed = files("pec")
    data = {name for name in tracked(PACKAGE) if not name.endswith(".py")}
    assert {"py.typed", "_pec.pyi", "collect.sh", "collect.ps1", "html_report/assets/page.js"} <= data
    for name in data - {"py.typed"}:
        assert installed.joinpath(name).read_bytes(), name
    assert installed.joinpath("py.typed").is_file()


def test_the_installed_package_says_what_it_is():
    told = metadata("pec-py")
    assert told["License-Expression"] == "MIT OR Apache-2.0"
    assert {"LICENSE-APACHE", "LICENSE-MIT", "THIRD-PARTY.txt"} <= set(told.get_all("License-File"))
    assert told["Requires-Python"] == ">=3.11"
    assert "Typing :: Typed" in told.get_all("Classifier")


def test_import_loads_nothing_that_is_not_needed_yet():
    program = (
        "import json, sys; before = set(sys.modules); import pec; print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    loaded = set(json.loads(run(sys.executable, "-c", program)))
    assert {name.split(".")[0] for name in loaded} - sys.stdlib_module_names == {"pec"}
    # What makes pages, pictures and the command is for those who make them.
    assert not loaded & {"pec.cli", "pec.charts", "pec.drawing", "pec.html_report", "pec.notebook"}
    # Of the standard library, what opens connections, processes or event loops.
    heavy = {"asyncio", "concurrent", "email", "http", "multiprocessing", "socket", "ssl", "subprocess", "unittest"}
    assert not loaded & heavy
