"""Puts files of the repository on the site, under their own paths."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mkdocs.structure.files import File, Files

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig

ROOT = Path(__file__).parent.parent
RUST = re.compile(r"^```rust\n.*?^```", re.MULTILINE | re.DOTALL)
SETUP = re.compile(r"^# .*\n", re.MULTILINE)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages that the navigation names, and the files that they link to."""
    for page in pages(config.nav):
        notebook = (ROOT / page).with_suffix(".ipynb")
        files.append(_of_notebook(page, notebook, config) if notebook.exists() else _of(ROOT / page, config))
    for pattern in config.extra["files"]:
        for path in sorted(ROOT.glob(pattern)):
            files.append(_of(path, config))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:  # noqa: ANN401 - mkdocs passes what it has
    """Leaves out what rustdoc leaves out: lines of Rust examples that only set them up."""
    return RUST.sub(lambda block: SETUP.sub("", block[0]), markdown)


def pages(nav: Any) -> list[str]:  # noqa: ANN401 - the navigation is lists in dictionaries in lists
    """Every page that a navigation names, in order."""
    if isinstance(nav, str):
        return [nav]
    return [page for part in (nav.values() if isinstance(nav, dict) else nav) for page in pages(part)]


def _of(path: Path, config: MkDocsConfig) -> File:
    return File.generated(config, path.relative_to(ROOT).as_posix(), abs_src_path=str(path))


def _of_notebook(page: str, notebook: Path, config: MkDocsConfig) -> File:
    """A notebook with the outputs that it was committed with; others that it links to are pages, too."""
    from nbconvert import MarkdownExporter

    text: str = MarkdownExporter().from_filename(str(notebook))[0]
    return File.generated(config, page, content=text.replace(".ipynb)", ".md)"))
