"""Which price lists are meant."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TypeAlias

from pec import _pec
from pec.evidence import existing

PricesLike: TypeAlias = _pec.PriceList | str | os.PathLike[str] | Iterable[str | os.PathLike[str]]
"""A `PriceList`, or the paths of its files."""


def prices_of(prices: PricesLike | None) -> _pec.PriceList | None:
    """The price list that is meant."""
    if prices is None or isinstance(prices, _pec.PriceList):
        return prices
    paths = [prices] if isinstance(prices, (str, os.PathLike)) else prices
    return _pec.PriceList(*(existing(path) for path in paths))
