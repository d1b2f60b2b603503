"""What is handed out in PowerShell and Bicep, for which nothing runs here, goes through a parser of each."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import tree_sitter_bicep
import tree_sitter_powershell
from tree_sitter import Language, Parser

import pec
from pec.collect import script

ROOT = Path(__file__).parents[2]
DATA = ROOT / "examples" / "data"
BICEP, POWERSHELL = (Language(grammar.language()) for grammar in (tree_sitter_bicep, tree_sitter_powershell))


def errors(language, text):
    """What a parser cannot place or misses, as the line and what stands there."""

    def of(node):
        if node.is_error or node.is_missing:
            yield f"line {node.start_point.row + 1}: {node.text.decode()[:80] or node.type}"
        else:
            for child in node.children:
                yield from of(child)

    return list(of(Parser(language).parse(text.encode()).root_node))


def powershell_blocks():
    for page in sorted((ROOT / "docs").glob("*.md")):
        blocks = re.findall(r"^```powershell\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
        yield from (pytest.param(block, id=f"{page.name}-{number}") for number, block in enumerate(blocks, 1))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (POWERSHELL, "if ($x) { Say 'a' "),
        (POWERSHELL, 'Say "a'),
        (BICEP, "param x string = {"),
        (BICEP, "resource a ="),
    ],
)
def test_what_is_broken_is_seen(language, text):
    assert errors(language, text)


def test_the_script_for_powershell():
    assert errors(POWERSHELL, script("pwsh")) == []


@pytest.mark.parametrize("block", list(powershell_blocks()))
def test_powershell_on_the_pages(block):
    assert errors(POWERSHELL, block) == []


@pytest.mark.parametrize(
    "more", [{}, {"subscription": "02ee8e3c-ac8e-4273-95a2-89da364ab610"}, {"action_group": "/a/'${x}"}]
)
def test_the_alert(more):
    evidence = sorted(DATA.glob("evidence"))
    text = pec.access_alert(evidence, partner=DATA / "partner.toml", **more)
    assert "resource roleAssignments_" in text
    assert errors(BICEP, text) == []
