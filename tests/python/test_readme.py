"""The Python of the README runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import pec

ROOT = Path(__file__).parent.parent.parent
README = ROOT / "README.md"


def blocks():
    text = README.read_text(encoding="utf-8")
    return re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.fixture
def at_examples(tmp_path, monkeypatch):
    """A folder where `examples` is at hand and nothing else is."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)


def test_the_picture_is_what_demo_prints(at_examples):
    """The block between the marks is the report of the shipped month; `make docs` writes it anew."""
    text = README.read_text(encoding="utf-8")
    picture = re.search(r"<!-- demo -->\n```text\n(.*?)```\n<!-- /demo -->", text, re.DOTALL)
    assert picture is not None
    assert picture.group(1) == pec.reconcile("examples/data/2026-10").report()


def test_python_blocks(at_examples):
    """All blocks in one namespace, in order."""
    found = blocks()
    assert found
    namespace = {"__name__": "readme"}
    for number, block in enumerate(found):
        exec(compile(block, f"README.md, Python block {number + 1}", "exec"), namespace)
