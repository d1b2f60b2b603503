"""The notebooks run, and show what they give."""

from __future__ import annotations

import pytest

from notebooks import NOTEBOOKS, ran


def test_there_are_five_stories():
    assert [path.name[0] for path in NOTEBOOKS] == list("12345")


# The kernel's own sockets and loops warn of what is not in our hands.
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_cell_runs_and_gives_the_outputs_that_are_committed(path):
    """`make docs` writes them anew. Pictures are the same to the byte, too: SVG needs no font of the machine."""
    assert ran(path) == path.read_text(encoding="utf-8")
