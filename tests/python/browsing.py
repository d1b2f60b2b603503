"""What stands on the page of a result, as a browser shows it."""

from __future__ import annotations

import shutil
from decimal import Decimal

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
NEEDS_CHROMIUM = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium is on the path; Debian: apt-get install chromium"
)


def table(page, name):
    return page.locator(f"[data-table={name}]")


def column(page, name, heading):
    """The cells of a column that stand on the page."""
    of_it = table(page, name)
    heads = of_it.locator("thead th").all_inner_texts()
    return of_it.locator(f"tbody td:nth-child({heads.index(heading) + 1})").all_inner_texts()


def sum_of(page, name, heading, currency="USD"):
    """The sum below a column."""
    of_it = table(page, name)
    heads = of_it.locator("thead th").all_inner_texts()
    row = of_it.locator("tfoot tr", has_text=f"{currency}, sum")
    return Decimal(row.locator(f":nth-child({heads.index(heading) + 1})").inner_text().replace(",", ""))
