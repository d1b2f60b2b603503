"""Bytes to rows of text: CSV, JSON Lines and JSON documents, each plain or gzipped.

No value is interpreted here; a row is a mapping from meaning to trimmed text.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sources
from names import DAILY, Columns, FileError

csv.field_size_limit(1 << 30)

RECORD_LIMIT = 1 << 20


@dataclass(frozen=True)
class Row:
    """One data row: its number, its cells by meaning, and how the file spells each column."""

    file: str
    number: int
    cells: dict[str, str]
    spelling: dict[str, str]
    problem: str = ""  # set when the row as a whole cannot be read: what was expected

    def get(self, meaning: str) -> str:
        return self.cells.get(meaning, "")

    def column(self, meaning: str) -> str:
        """The header as the file spells it, else the documented name."""
        return self.spelling.get(meaning, meaning)


class Literal(str):
    """A JSON number kept as the characters it was written with."""


def read_file(path: str, name: str | None = None, columns: Columns = DAILY) -> list[Row]:
    return read_bytes(Path(path).read_bytes(), name or path, columns)


def read_bytes(data: bytes, name: str, columns: Columns = DAILY) -> list[Row]:
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    # Bytes that are not UTF-8 become lone surrogates, so that only the cell they stand in fails.
    text = data.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    if text.lstrip()[:1] in ("{", "["):
        return rows_of_records(json_records(text), name, columns)
    return list(csv_rows(text, name, columns))


# CSV


class Lines:
    """Physical lines, handed to the csv module one at a time, so that we know which it took."""

    def __init__(self, text: str) -> None:
        self.lines = list(io.StringIO(text, newline=""))
        self.next = 0

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        if self.next >= len(self.lines):
            raise StopIteration
        self.next += 1
        return self.lines[self.next - 1]


QUOTED = re.compile(r'"((?:[^"]|"")*)("?)([^,\n]*)|[^,\n]*')


def a_stray_quote_joins(record: str) -> bool:
    """Has a quote opened a field that ends lines below, in the middle of another one's text?"""
    at = 0
    while at < len(record):
        match = QUOTED.match(record, at)
        if match is None:
            return False
        if match[2] and "\n" in match[1] and match[3].strip("\r"):
            return True
        at = match.end() + 1
    return False


def csv_rows(text: str, name: str, columns: Columns) -> Iterator[Row]:
    lines = Lines(text)
    reader = csv.reader(lines)
    headers: list[str] = next((record for record in reader if record), [])
    kind = sources.kind_of(headers) if columns is DAILY else None
    if kind is None:
        bound = columns.bind(headers)
        columns.check(bound)
    else:
        bound = sources.bind(kind, headers)
    spelling = {meaning: headers[at] for meaning, at in bound.items()}
    number = 1  # as a spreadsheet counts: the header is row 1
    while True:
        start = lines.next
        record = next(reader, None)
        if record is None:
            return
        if not record:  # a record with no bytes is no row
            continue
        number += 1
        taken = lines.lines[start : lines.next]
        swallowed = len(taken) > 1 and a_stray_quote_joins("".join(taken))
        if len(record) != len(headers) or swallowed:
            if len(taken) > 1:
                # A missing quote swallowed the rows below: give them back.
                lines.next = start + 1
                reader = csv.reader(lines)
            yield Row(name, number, {}, spelling, f"{len(headers)} fields")
            continue
        size = sum(len(line.encode("utf-8", "surrogateescape")) for line in taken)
        if size > RECORD_LIMIT:
            yield Row(name, number, {}, spelling, "a record of at most 1 MiB")
            continue
        cells = {meaning: record[at].strip() for meaning, at in bound.items()}
        yield Row(name, number, cells if kind is None else sources.daily(kind, cells), spelling)


# JSON


def json_value(text: str) -> object:
    return json.loads(text, parse_float=Literal, parse_int=Literal)


def json_records(text: str) -> list[object]:
    """One document (items, value, an array, one object), else one object per line."""
    try:
        document = json_value(text)
    except json.JSONDecodeError:
        return [json_line(line) for line in text.split("\n") if line.strip()]
    if isinstance(document, dict):
        for key in ("items", "value"):
            if isinstance(document.get(key), list):
                return document[key]
        return [document]
    if isinstance(document, list):
        return document
    raise FileError("not a JSON object or array")


def json_line(line: str) -> object:
    try:
        return json_value(line)
    except json.JSONDecodeError:
        return None


def rows_of_records(records: list[object], name: str, columns: Columns = DAILY) -> list[Row]:
    """Rows of JSON objects; the columns of the file are the union of their properties."""
    rows = []
    union: dict[str, str] = {}
    for number, record in enumerate(records, start=1):
        if not isinstance(record, dict):
            rows.append(Row(name, number, {}, union, "a JSON object"))
            continue
        headers = list(record)
        bound = columns.bind(headers)
        if number == 1:
            columns.check(bound)
        for meaning, at in bound.items():
            union.setdefault(meaning, headers[at])
        cells = {meaning: cell_text(record[headers[at]]) for meaning, at in bound.items()}
        spelling = {meaning: headers[at] for meaning, at in bound.items()}
        rows.append(Row(name, number, cells, {**union, **spelling}))
    return rows


def cell_text(value: object) -> str:
    if value is None:
        return ""
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, str):
        return value.strip()
    return json.dumps(value)
