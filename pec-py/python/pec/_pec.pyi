"""The extension module: results, judgements and rules, made in Rust.

`pec` re-exports all of it that is meant to be used; import from there.
"""

import datetime
import os
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal, final

from arro3.core import Table

__all__ = [
    "Evidence",
    "Explanations",
    "Finding",
    "Judgement",
    "Partner",
    "Result",
    "Rule",
    "__version__",
    "credit_of_net",
    "explain",
    "gross_up",
    "judge",
    "net_of",
    "reconcile",
    "rules",
    "write_findings",
]

__version__: str

@final
class Rule:
    """A rule of the catalogue."""

    @property
    def id(self) -> str:
        """Its stable id, such as `spot_virtual_machine`."""
    @property
    def rank(self) -> int:
        """Its place in the order of precedence; lower comes first."""
    @property
    def group(self) -> str:
        """`by design`, `partner`, `access`: why it does not earn. `undetermined`: it cannot be told."""
    @property
    def sentence(self) -> str:
        """What it finds, as part of a sentence."""
    @property
    def owner(self) -> str:
        """Who could change it: `partner` or `nobody`."""
    @property
    def can_act(self) -> bool:
        """Can anybody do something about it?"""
    @property
    def remedy(self) -> str:
        """What to do."""
    @property
    def source(self) -> str:
        """The document it rests on, with its date, place and status."""
    @property
    def source_dated(self) -> datetime.date:
        """The date of that document."""

@final
class Finding:
    """What a rule found on a record."""

    @property
    def rule(self) -> str:
        """The id of the rule."""
    @property
    def sentence(self) -> str:
        """What was found, as part of a sentence."""
    @property
    def column(self) -> str | None:
        """The column that decided, as Microsoft spells it; `None` where it was not the record."""
    @property
    def owner(self) -> str:
        """Who could change it: `partner` or `nobody`."""
    @property
    def can_act(self) -> bool:
        """Can anybody do something about it?"""
    @property
    def remedy(self) -> str:
        """What to do."""
    @property
    def source(self) -> str:
        """The document it rests on, with its date, place and status."""
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Judgement:
    """What a record earns, and why."""

    @property
    def usage_day(self) -> datetime.date:
        """The UTC day of consumption."""
    @property
    def customer(self) -> str:
        """The customer's tenant id, lower case; blank where the record does not say."""
    @property
    def subscription(self) -> str:
        """The Azure subscription's id (`EntitlementId`), lower case."""
    @property
    def resource_group(self) -> str:
        """The resource group, lower case; blank for charges outside groups."""
    @property
    def resource(self) -> str:
        """The resource's ARM path, lower case; blank for charges without a resource."""
    @property
    def reseller(self) -> str | None:
        """The reseller of record; `None` in the direct model."""
    @property
    def currency(self) -> str:
        """The pricing currency, in which all amounts are."""
    @property
    def outcome(self) -> Literal["eligible", "ineligible", "undetermined"]:
        """What the rules say, blind to what was paid."""
    @property
    def standing(self) -> Literal["earned", "missed", "unexpected", "unknown", "excluded"]:
        """The outcome beside what was paid."""
    @property
    def reason(self) -> str | None:
        """The id of the rule that decided; `None` where the record earned."""
    @property
    def primary(self) -> Finding | None:
        """The first finding in rank order."""
    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that was found, in rank order."""
    @property
    def paid_rate(self) -> Decimal:
        """The rate that was paid, as a fraction of one; zero where nothing was."""
    @property
    def list_cost(self) -> Decimal:
        """Unit price x quantity, exactly."""
    @property
    def potential_credit(self) -> Decimal:
        """What the line would earn; zero where it is excluded by design."""
    @property
    def credit(self) -> Decimal:
        """What the record says it earned: the paid rate x list cost."""
    def explain(self) -> str:
        """The decision in sentences: each finding with its column, its source and what to do."""
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Result:
    """Everything a run found.

    Tables are `arro3.core.Table`s, which Polars, pandas, PyArrow and DuckDB take without a copy:
    `polars.DataFrame(result.sums)`, `pandas.DataFrame.from_arrow(result.sums)`, `pyarrow.table(result.sums)`,
    `duckdb.from_arrow(result.sums)`. Their amounts are exact: decimals of 38 digits at the scale that the column needs,
    and texts where 38 digits do not do, since hardly any library takes wider decimals.
    """

    @property
    def lines(self) -> int:
        """Data rows of the input, unreadable ones included."""
    @property
    def row_issues(self) -> int:
        """How many rows could not be read."""
    @property
    def sums(self) -> Table:
        """Sums by standing, reason and currency: their lines and the row issues are all rows of the input."""
    @property
    def by_customer(self) -> Table:
        """The same by customer."""
    @property
    def by_subscription(self) -> Table:
        """The same by Azure subscription."""
    @property
    def by_resource_group(self) -> Table:
        """The same by resource group."""
    @property
    def by_day(self) -> Table:
        """The same by day of consumption."""
    @property
    def by_reseller(self) -> Table:
        """The same by reseller of record."""
    @property
    def gaps(self) -> Table:
        """Days on which lines that could earn were not paid, by the smallest scope that explains them.

        The costliest come first.
        """
    @property
    def losses(self) -> Table:
        """Credit missed or lost, by reason and Azure subscription, the costliest first.

        `credit_per_month` is a projection of 30 days from the last run of days, where it is not over: the cost while
        nothing is done, and what it brings from the first full day on which it is mended.
        """
    @property
    def issues(self) -> Table:
        """Rows that could not be read, the first 10,000 of each input: file, row, column, found, expected."""
    @property
    def files(self) -> Table:
        """What was read: format, rows, first and last day."""
    def to_json(self) -> str:
        """The object of `pec reconcile --json`: amounts as texts, exact."""
    def to_dict(self) -> dict[str, Any]:
        """The same object with amounts as `Decimal` and days as `datetime.date`."""
    def report(self) -> str:
        """The report as text; amounts rounded to the cent for showing."""
    def save(self, directory: str | os.PathLike[str], /) -> list[str]:
        """Writes every table as CSV and Parquet, and the report as text and JSON.

        Texts that a spreadsheet would run as a formula are made harmless in CSV.

        Args:
            directory: Made where it does not exist; files of the same names are replaced.

        Returns:
            The paths that were written.
        """
    def merge(self, other: Result, /) -> Result:
        """The result of both inputs together.

        Args:
            other: The result of other rows; the same rows twice would count twice.

        Returns:
            The same result as one run over all inputs gives.
        """
    def _repr_html_(self) -> str: ...

def judge(record: Mapping[str, str | int | Decimal | bool | datetime.date | None], /) -> Judgement:
    """Judges one record of daily rated usage.

    Names are taken in every spelling that exports have had; columns of no meaning are passed over.

    Args:
        record: Column names and values. Amounts are `Decimal`, `int`, or `str` as exported; `None` is a blank cell.

    Returns:
        What the record earns, and why.

    Raises:
        TypeError: An amount is a float, which has already lost digits.
        ReadError: A needed column is absent.
        RowIssueError: A value cannot be read; the message names column, what was found and what was expected.
    """

@final
class Partner:
    """Who earns: the transacting partner, its resellers, and when they were what."""

    def __new__(cls, path: str | os.PathLike[str], /) -> Partner:
        """Reads a `partner.toml`.

        Raises:
            ReadError: A line cannot be read; the message names it.
        """
    @staticmethod
    def from_toml(text: str, /, name: str = "partner.toml") -> Partner:
        """Reads the text of a `partner.toml`; `name` is what errors call it."""

@final
class Evidence:
    """What exports show of access, gathered from files in any order."""

    def __new__(cls) -> Evidence: ...
    def read(
        self,
        path: str | os.PathLike[str],
        /,
        *,
        kind: str | None = None,
        taken_at: datetime.datetime | None = None,
    ) -> None:
        """Reads one file. It proves what it lists, never absence: that takes a folder with a manifest.

        Args:
            path: JSON of the Azure CLI, REST, PowerShell or Resource Graph, or the text of the AOBO checker.
            kind: What it holds, as in a manifest; by default found from the content.
            taken_at: When it was taken, with its zone; by default the time of the file, and the report says so.

        Raises:
            ReadError: The file cannot be used; the message says what to do.
        """
    def read_folder(self, folder: str | os.PathLike[str], /) -> None:
        """Reads the files that the folder's `manifest.json` lists."""
    @property
    def files(self) -> list[dict[str, Any]]:
        """What was read: kind, time, entries, what each file covers and what it cannot show."""

@final
class Explanations:
    """The decisions on an Azure subscription and day."""

    def to_json(self) -> str:
        """The object of `pec explain --json`."""
    def to_dict(self) -> dict[str, Any]:
        """The same object."""
    def report(self) -> str:
        """The decisions in sentences."""
    def __len__(self) -> int: ...

def explain(
    sources: Sequence[Any],
    /,
    *,
    subscription: str,
    day: datetime.date,
    partner: Partner | None = None,
    evidence: Evidence | None = None,
) -> Explanations:
    """Reads sources and explains the decisions on a subscription and day; `pec.explain` expands paths first."""

def net_of(list_cost: str | int | Decimal, rate: str | int | Decimal, /) -> Decimal:
    """What is left of a list cost when the credit is taken off, exactly.

    Args:
        list_cost: The list cost; no float.
        rate: The rate as a fraction, such as `Decimal("0.15")`; no float.

    Raises:
        TypeError: A float.
        ValueError: A rate outside 0 to 1, or an amount out of range.
    """

def gross_up(
    net: str | int | Decimal,
    rate: str | int | Decimal,
    /,
    *,
    places: int = 15,
    rounding: Literal["half_even", "toward_zero"] = "half_even",
) -> Decimal:
    """The list cost of a net one: net / (1 - rate). 85.00 at 15 % is 100.00.

    Args:
        net: What is left after the credit; no float.
        rate: The rate as a fraction, such as `Decimal("0.15")`; no float.
        places: Decimals of the result, since the quotient need not end.
        rounding: How it is rounded to them: to the nearest with ties to even, or cut.

    Raises:
        TypeError: A float.
        ValueError: A rate of 100 %: nothing net can tell the list cost of that. A rate outside 0 to 1; an amount out of
            range.
    """

def credit_of_net(
    net: str | int | Decimal,
    rate: str | int | Decimal,
    /,
    *,
    places: int = 15,
    rounding: Literal["half_even", "toward_zero"] = "half_even",
) -> Decimal:
    """The credit in a net cost: `gross_up` - net. 85.00 at 15 % is 15.00, not 12.75.

    The arguments and errors are those of `gross_up`.
    """

def rules() -> list[Rule]:
    """Every rule, in rank order."""

def reconcile(
    sources: Sequence[Any],
    /,
    *,
    partner: Partner | None = None,
    evidence: Evidence | None = None,
    threads: int | None = None,
    progress: Callable[[int, int], object] | None = None,
    name: str | None = None,
) -> Result:
    """Reads sources, decides every line and sums; `pec.reconcile` expands paths first.

    Args:
        sources: Paths, open files and tables.
        partner: Who earns.
        evidence: What exports show of access.
        threads: Threads to decide on; by default as many as the machine offers.
        progress: Told the rows and bytes read so far.
        name: The name to report open files and tables by.

    Returns:
        Everything that was found.
    """

def write_findings(
    paths: Sequence[str | os.PathLike[str]],
    result: Result,
    directory: str | os.PathLike[str],
    /,
    *,
    progress: Callable[[int, int], object] | None = None,
) -> list[str]:
    """Reads files a second time and writes what was decided of each line as `findings.csv` and `findings.parquet`.

    Args:
        paths: The files that the result was made of.
        result: Their result; it knows which decimal type holds every amount.
        directory: Made where it does not exist.
        progress: Told the rows written so far.

    Returns:
        The paths that were written.
    """
