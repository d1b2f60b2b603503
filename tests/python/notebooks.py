"""The notebooks in `examples/notebooks`, run; run as a program it writes their outputs anew."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).parent.parent.parent / "examples" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
"""What a notebook keeps of the kernel that ran it: nothing of the machine or of the version of Python."""


def ran(path: Path) -> str:
    """The text of a notebook with the outputs that its cells give, all of them run in order."""
    book = nbformat.read(path, as_version=4)
    client = NotebookClient(book, timeout=300, record_timing=False, resources={"metadata": {"path": FOLDER}})
    client.extra_arguments = ["--log-level=ERROR"]
    client.execute()
    for cell in book.cells:
        cell.metadata.clear()
    book.metadata = nbformat.from_dict(METADATA)
    return nbformat.writes(book) + "\n"


if __name__ == "__main__":
    for one in NOTEBOOKS:
        one.write_text(ran(one), encoding="utf-8")
