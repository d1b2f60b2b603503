"""The pages and the site: blocks run, links lead somewhere, every page and every public name is there."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import pytest
import yaml

import command_page
import pec
import tables_page
from doc_blocks import PAGES, ROOT, ran
from pec import charts, html_report

CONFIG = ROOT / "docs" / "mkdocs.yml"
RUN_HERE = {"python", "console"}
# Rust is run by rustdoc; the others hold nothing that runs, but PowerShell, for which there is no `az` here.
NOT_RUN_HERE = {"text", "toml", "json", "rust", "http", "powershell"}


def nav(part=None):
    part = yaml.safe_load(CONFIG.read_text())["nav"] if part is None else part
    if isinstance(part, str):
        return [part]
    return [page for one in (part.values() if isinstance(part, dict) else part) for page in nav(one)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_blocks_print_what_the_page_shows(page):
    """`make docs` writes them anew."""
    assert ran(page) == page.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", [page for page in nav() if (ROOT / page).exists()])
def test_every_block_is_of_a_kind_that_is_run_or_holds_nothing_to_run(page):
    kinds = set(re.findall(r"^```(\w+)$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE))
    run = RUN_HERE if ROOT / page in PAGES else {"python"} if page == "README.md" else set()
    assert kinds <= run | NOT_RUN_HERE


def test_the_reference_of_the_command_is_that_of_the_command():
    """`make docs` writes it anew."""
    assert command_page.page() == command_page.PAGE.read_text(encoding="utf-8")


def test_the_columns_of_tables_are_those_of_the_tables():
    """`make docs` writes them anew; each has a meaning, and no meaning is left over."""
    assert tables_page.page() == tables_page.PAGE.read_text(encoding="utf-8")
    tables = dict(tables_page.schemas())
    assert set(tables_page.ABOUT) == set(tables)
    assert set(tables_page.MEANINGS) == {field.name for schema in tables.values() for field in schema}


def test_every_page_is_in_the_navigation():
    pages = [
        *PAGES,
        *(ROOT / "pec-core" / "docs").glob("*.md"),
        *(ROOT / "examples").rglob("*.ipynb"),
        *ROOT.glob("*.md"),
    ]
    assert {path.relative_to(ROOT).with_suffix(".md").as_posix() for path in pages} <= set(nav())


def test_every_public_name_is_in_the_reference():
    page = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^::: pec\.([\w.]+)$", page, re.MULTILINE))
    modules = {"aco": pec.aco, "charts": charts, "html_report": html_report}
    public = {*pec.__all__, *modules, *(f"{of}.{name}" for of, module in modules.items() for name in module.__all__)}
    assert documented == public - {"__version__", "aco.CreditOffer", "aco.CreditStatus"}


GIVEN_BACK = {
    "AccessDiff",
    "CreditOffer",
    "CreditStatus",
    "CreditUsage",
    "Explanations",
    "Finding",
    "Judgement",
    "Rule",
    "TieOut",
}
"""Classes that nobody makes or names."""


def test_every_public_name_has_an_example():
    texts = [page.read_text(encoding="utf-8") for page in (*PAGES, ROOT / "README.md")]
    code = "\n".join(re.findall(r"^```python\n(.*?)^```", "\n".join(texts), re.MULTILINE | re.DOTALL))
    modules = {"aco": pec.aco, "charts": charts, "html_report": html_report}
    # `PecError` stands for its kinds, and no amount that a file can hold leads to an `AmountError`.
    public = {f"pec.{name}" for name in set(pec.__all__) - {"__version__", "AmountError", "PecError"} - GIVEN_BACK}
    public |= {f"{of}.{name}" for of, module in modules.items() for name in set(module.__all__) - GIVEN_BACK}
    assert {name for name in public if not re.search(rf"\b{re.escape(name)}\b", code)} == set()


class Page(HTMLParser):
    """Where a page of the site leads, what can be led to in it, and what a browser would fetch with it."""

    def __init__(self, path):
        super().__init__()
        self.links, self.anchors, self.fetched, self.pictures = [], set(), [], {}
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.anchors |= {found.get("id"), found.get("name")}
        if tag == "a" and found.get("href"):
            self.links.append(found["href"])
        if tag in ("script", "img", "iframe") and found.get("src"):
            self.fetched.append(found["src"])
        if tag == "img":
            self.pictures[found["src"]] = found["alt"]
        if tag == "link" and found.get("rel") != "canonical":
            self.fetched.append(found["href"])


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", str(CONFIG), "-d", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    # What `make docs` copies there.
    (folder / "rust" / "pec_core").mkdir(parents=True)
    (folder / "rust" / "pec_core" / "index.html").write_text("")
    return folder


def test_the_site_has_every_page(site):
    for page in nav():
        at = re.sub(r"README$", "index", page.removesuffix(".md")) + ".html"
        assert (site / at).exists(), at


def test_pictures_of_notebooks_are_on_the_site_and_said_in_words(site):
    pages = [Page(path) for path in sorted(site.glob("examples/notebooks/*.html"))]
    assert [words for page in pages for words in page.pictures.values()] == [
        "Where the money went (USD)",
        "What stands out of each day (USD), 8 of 18 Azure subscriptions",
        "Access beside days that were not paid (UTC)",
        "Azure credit at the end of each month (USD)",
        "Azure credit at the end of each day (USD)",
    ]


def test_links_lead_somewhere_and_nothing_is_fetched_from_elsewhere(site):
    pages = {path: Page(path) for path in site.rglob("*.html") if path.name != "404.html"}
    wrong, seen = [], 0
    for path, page in pages.items():
        for link in page.links + page.fetched:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                if link in page.fetched:
                    wrong.append(f"{path.name} fetches {link}")
                continue
            seen += 1
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            target = target / "index.html" if target.is_dir() else target
            if not target.exists():
                wrong.append(f"{path.name}: {link}")
            elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].anchors:
                wrong.append(f"{path.name}: no {link}")
    assert not wrong, "\n".join(wrong)
    assert seen > 1000
