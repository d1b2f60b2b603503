"""Which Azure credits are meant."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TypeAlias, overload

from pec import _pec
from pec.evidence import existing

CreditsLike: TypeAlias = _pec.Credits | str | os.PathLike[str] | Iterable[str | os.PathLike[str]]
"""`Credits`, or the paths of a `credits.toml` and of balance reports."""


@overload
def credits_of(given: CreditsLike) -> _pec.Credits: ...
@overload
def credits_of(given: None) -> None: ...
@overload
def credits_of(given: CreditsLike | None) -> _pec.Credits | None: ...
def credits_of(given: CreditsLike | None) -> _pec.Credits | None:
    """The credits that are meant."""
    if given is None or isinstance(given, _pec.Credits):
        return given
    paths = [given] if isinstance(given, (str, os.PathLike)) else given
    return _pec.Credits(*(existing(path) for path in paths))
