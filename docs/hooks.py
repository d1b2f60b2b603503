"""Puts files of the repository on the site, under their own paths."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mkdocs.structure.files import File, Files

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig

ROOT = Path(__file__).parent.parent
RUST = re.compile(r"^```rust\n.*?^```", re.MULTILINE | re.DOTALL)
TITLE = re.compile(r"aria-label=\"Title text '([^']*)'\"")
SETUP = re.compile(r"^# .*\n", re.MULTILINE)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages that the navigation names, and the files that they link to."""
    for page in pages(config.nav):
        notebook = (ROOT / page).with_suffix(".ipynb")
        for file in _of_notebook(page, notebook, config) if notebook.exists() else [_of(ROOT / page, config)]:
            files.append(file)
    for pattern in config.extra["files"]:
        for path in sorted(ROOT.glob(pattern)):
            files.append(_of(path, config))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:  # noqa: ANN401 - mkdocs passes what it has
    """Leaves out what rustdoc leaves out, lines of Rust examples that only set them up; notebooks are pages."""
    return RUST.sub(lambda block: SETUP.sub("", block[0]), markdown).replace(".ipynb)", ".md)")


def pages(nav: Any) -> list[str]:  # noqa: ANN401 - the navigation is lists in dictionaries in lists
    """Every page that a navigation names, in order."""
    if isinstance(nav, str):
        return [nav]
    return [page for part in (nav.values() if isinstance(nav, dict) else nav) for page in pages(part)]


def _of(path: Path, config: MkDocsConfig) -> File:
    return File.generated(config, path.relative_to(ROOT).as_posix(), abs_src_path=str(path))


def _of_notebook(page: str, notebook: Path, config: MkDocsConfig) -> Iterator[File]:
    """A notebook with the outputs that it was committed with, and their pictures."""
    from nbconvert import MarkdownExporter

    names = {"output_files_dir": notebook.stem}
    text, told = MarkdownExporter().from_filename(str(notebook), resources=names)
    for name, content in sorted(told["outputs"].items()):
        title = TITLE.search(content.decode())
        text = text.replace(f"![svg]({name})", f"![{title[1] if title else 'picture'}]({name})")
        yield File.generated(config, (Path(page).parent / name).as_posix(), content=content)
    yield File.generated(config, page, content=text)
