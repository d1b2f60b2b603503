"""A browser for the tests that ask for one."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import sync_playwright

from browsing import CHROMIUM


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        # Chromium's sandbox does not start for root, and the pages are ours.
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def opened(browser, tmp_path):
    """Opens a page; at the end nothing may have gone wrong in it, and nothing may have been asked for."""
    wrong, asked, contexts = [], [], []

    def of(text, **options):
        path = tmp_path / "page.html"
        path.write_text(text, encoding="utf-8")
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: asked.append(request.url))
        page.route(re.compile("^(?!file:)"), lambda route: route.abort())
        page.goto(path.as_uri())
        assert asked.pop(0) == path.as_uri()
        return page

    yield of
    for context in contexts:
        context.close()
    assert wrong == []
    assert asked == []
