"""The stub says what the module has, and the package is typed throughout."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import pec

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize("command", [["mypy.stubtest", "pec._pec"], ["mypy"]], ids=["stubtest", "mypy"])
def test_types(command, tmp_path):
    done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_name_is_exported_and_documented():
    stub = (ROOT / "pec-py" / "python" / "pec" / "_pec.pyi").read_text(encoding="utf-8")
    for name in pec.__all__:
        value = getattr(pec, name)
        documented = f"class {name}" in stub or f"def {name}" in stub or name == "__version__"
        assert documented or inspect.getdoc(value), name


def test_the_package_is_marked_as_typed():
    assert Path(pec.__file__).with_name("py.typed").exists()
