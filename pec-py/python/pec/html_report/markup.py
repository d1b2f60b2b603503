"""HTML in which a text stays a text: whatever is not made here is escaped."""

from __future__ import annotations

import base64
import hashlib
from html import escape

VOID = frozenset({"meta", "path", "rect"})


class Markup(str):
    """HTML that was made here. Every other text is escaped before it stands between tags."""

    __slots__ = ()


Content = str | int
"""What stands in an element: markup as it is, texts and numbers as texts."""


def visible(text: str) -> str:
    """Without characters that nobody sees and that control or turn a line, as the report shows texts of files."""
    if text.isprintable():
        return text
    return "".join(_shown(c) for c in text)


def _shown(c: str) -> str:
    code = ord(c)
    controls = code < 0x20 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000
    turns = 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069
    return f"\\u{{{code:x}}}" if controls or turns else c


def text(content: Content) -> Markup:
    """Content as markup."""
    return content if isinstance(content, Markup) else Markup(escape(visible(str(content))))


def element(tag: str, *content: Content, **attributes: str | int | bool | None) -> Markup:
    """An element; names of attributes as in HTML, with `_` for `-` and at the end of Python's own words."""
    parts = [f"<{tag}"]
    for name, value in attributes.items():
        if value is None or value is False:
            continue
        shown = name.rstrip("_").replace("_", "-")
        parts.append(f" {shown}" if value is True else f' {shown}="{escape(visible(str(value)))}"')
    if tag in VOID:
        parts.append("/>")
    else:
        parts.extend((">", *(text(one) for one in content), f"</{tag}>"))
    return Markup("".join(parts))


def joined(parts: list[Markup], between: str = "") -> Markup:
    """Markup one after the other."""
    return Markup(between.join(parts))


def source_hash(source: str) -> str:
    """How a Content-Security-Policy names an inline script or style."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}'"


def page(*, title: str, style: str, scripts: list[str], body: Markup) -> str:
    """A page that may run these scripts and this style, and may ask for nothing."""
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src {' '.join(source_hash(script) for script in scripts)}",
            f"style-src {source_hash(style)}",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    head = joined(
        [
            element("meta", charset="utf-8"),
            element("meta", name="viewport", content="width=device-width"),
            element("meta", http_equiv="Content-Security-Policy", content=policy),
            element("meta", name="referrer", content="no-referrer"),
            element("title", title),
            element("style", Markup(style)),
        ],
        "\n",
    )
    run = joined([element("script", Markup(script)) for script in scripts], "\n")
    return f'<!doctype html>\n<html lang="en">\n<head>\n{head}\n</head>\n<body>\n{body}\n{run}\n</body>\n</html>\n'
