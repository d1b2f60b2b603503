"""What stands in an export, whatever holds it: entries and their fields, in any case and either place."""

from __future__ import annotations

from typing import Any

Object = dict[str, Any]


def get(entry: Any, *names: str) -> Any:
    """The first property with one of these names that is there and not null."""
    if not isinstance(entry, dict):
        return None
    properties = {key.lower(): value for key, value in entry.items()}
    found = (properties.get(name.lower()) for name in names)
    return next((value for value in found if value is not None), None)


def text(entry: Any, *names: str) -> str:
    return str(get(entry, *names) or "").strip().lower()


def valued(entry: Any, *names: str) -> str:
    """REST says `{"value": text}` where diagnostic settings and Log Analytics say the text."""
    found = get(entry, *names)
    return text(found, "value") if isinstance(found, dict) else text(entry, *names)


def records(content: Any) -> list[Object]:
    """REST has them in `value`, Resource Graph in `data`, Event Hubs in `records`; else a list or one.

    Resource Graph, asked for a table, has names in `columns` and values in `rows`.
    """
    if isinstance(content, dict):
        for name in ("value", "data", "records"):
            inner = get(content, name)
            if isinstance(inner, list):
                return inner
            if isinstance(inner, dict) and {"columns", "rows"} <= inner.keys():
                names = [column["name"] for column in inner["columns"]]
                return [dict(zip(names, row, strict=True)) for row in inner["rows"]]
        return [content]
    return list(content)


def flat(record: Object) -> Object:
    """The az CLI lifts `properties` up, REST and Resource Graph do not."""
    inner = get(record, "properties")
    return {**record, **inner} if isinstance(inner, dict) else record
