"""The Python of the README runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from readme_pictures import PICTURES, shown

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


@pytest.mark.parametrize("name", PICTURES)
def test_the_pictures_are_what_the_commands_print(at_examples, name):
    """The blocks between the marks; `make docs` writes them anew."""
    assert shown(name) == PICTURES[name]()


def test_python_blocks(at_examples):
    """All blocks in one namespace, in order."""
    found = blocks()
    assert found
    namespace = {"__name__": "readme"}
    for number, block in enumerate(found):
        exec(compile(block, f"README.md, Python block {number + 1}", "exec"), namespace)
