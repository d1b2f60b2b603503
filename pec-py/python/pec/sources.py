"""What a source stands for: the files to read, and what is read as it is."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any, TypeAlias

from pec.errors import PecWarning
from pec.paths import Found, copies_among, expand, once

Source: TypeAlias = Any
"""A path, a glob, a folder, an open file, or a table with the Arrow PyCapsule interface."""


def sources_of(source: Source | list[Source] | tuple[Source, ...]) -> list[Any]:
    """What is to be read, no file twice."""
    sources = source if isinstance(source, (list, tuple)) else [source]
    found: list[Any] = []
    told = Found()
    for one in sources:
        if isinstance(one, (str, os.PathLike)):
            expanded = expand([one])
            found.extend(expanded.files)
            told += expanded
        else:
            found.append(one)
    found = once(found)
    told.copies |= copies_among(one for one in found if isinstance(one, Path))
    found = [one for one in found if not (isinstance(one, Path) and one in told.copies)]
    for message in told.told():
        # Of the line that called the function that called this one.
        warnings.warn(message, PecWarning, stacklevel=3)
    if not found:
        raise ValueError("there is nothing to read; pass at least one source")
    return found
