"""The extension module: results, judgements and rules, made in Rust.

`pec` re-exports all of it that is meant to be used; import from there.
"""

import datetime
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar, Literal, final, overload

from arro3.core import RecordBatchReader, Table

__all__ = [
    "MOST_THREADS",
    "AccessDiff",
    "CreditOffer",
    "CreditStatus",
    "CreditUsage",
    "Credits",
    "Drawdown",
    "Evidence",
    "Explanations",
    "Finding",
    "Judgement",
    "Partner",
    "PriceList",
    "Result",
    "Rule",
    "TieOut",
    "__version__",
    "access_alert",
    "access_diff",
    "access_timeline",
    "aco_balance",
    "aco_forecast",
    "aco_plan",
    "aco_size",
    "aco_table",
    "assumptions",
    "credit_of_net",
    "credit_usage",
    "explain",
    "gross_up",
    "judge",
    "net_of",
    "reconcile",
    "rules",
    "tie_out",
    "write_evidence_pack",
    "write_findings",
    "write_result",
]

MOST_THREADS: int
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
        """Who could change it: `partner`, `customer` or `nobody`."""
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
    def to_bytes(self) -> bytes:
        """Its id as bytes; `pickle` keeps these."""
    @classmethod
    def from_bytes(cls, data: bytes, /) -> Rule:
        """The rule of `to_bytes`.

        Raises:
            ValueError: These are other bytes, or those of another version.
        """
    def __reduce__(self) -> tuple[Callable[[bytes], Rule], tuple[bytes]]: ...
    def __copy__(self) -> Rule: ...
    def __deepcopy__(self, memo: Any, /) -> Rule: ...  # noqa: ANN401 -- as copy.deepcopy
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

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
        """Who could change it: `partner`, `customer` or `nobody`."""
    @property
    def can_act(self) -> bool:
        """Can anybody do something about it?"""
    @property
    def remedy(self) -> str:
        """What to do."""
    @property
    def source(self) -> str:
        """The document it rests on, with its date, place and status."""
    def to_bytes(self) -> bytes:
        """All of it as bytes; `pickle` keeps these."""
    @classmethod
    def from_bytes(cls, data: bytes, /) -> Finding:
        """The finding of `to_bytes`.

        Raises:
            ValueError: These are other bytes.
        """
    def __reduce__(self) -> tuple[Callable[[bytes], Finding], tuple[bytes]]: ...
    def __copy__(self) -> Finding: ...
    def __deepcopy__(self, memo: Any, /) -> Finding: ...  # noqa: ANN401 -- as copy.deepcopy
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
    def standing(self) -> Literal["earned", "missed", "lost", "unexpected", "unknown", "excluded"]:
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
    @property
    def access(self) -> dict[str, Any] | None:
        """What evidence shows of access on the day: every grant that was considered; `None` without evidence."""
    def explain(self) -> str:
        """The decision in sentences: each finding with its column, its source and what to do; what evidence shows."""
    def to_bytes(self) -> bytes:
        """All of it as bytes; `pickle` keeps these."""
    @classmethod
    def from_bytes(cls, data: bytes, /) -> Judgement:
        """The judgement of `to_bytes`.

        Raises:
            ValueError: These are other bytes.
        """
    def __reduce__(self) -> tuple[Callable[[bytes], Judgement], tuple[bytes]]: ...
    def __copy__(self) -> Judgement: ...
    def __deepcopy__(self, memo: Any, /) -> Judgement: ...  # noqa: ANN401 -- as copy.deepcopy
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Result:
    """Everything a run found.

    Tables are `arro3.core.Table`s, which Polars, pandas, PyArrow and DuckDB take without a copy:
    `polars.DataFrame(result.by_reason)`, `pandas.DataFrame.from_arrow(result.by_reason)`,
    `pyarrow.table(result.by_reason)`, `duckdb.from_arrow(result.by_reason)`. Their amounts are exact: decimals of 38
    digits at the scale that the column needs, and texts where 38 digits do not do, since hardly any library takes wider
    decimals.
    """

    tables: ClassVar[tuple[str, ...]]
    """The names of all tables; each is an attribute."""
    def table(self, name: str, /) -> Table:
        """The table of this name.

        Raises:
            ValueError: There is none; the message names those that there are.
        """
    @property
    def lines(self) -> int:
        """Data rows of the input, unreadable ones included."""
    @property
    def unreadable(self) -> int:
        """How many rows could not be read."""
    @property
    def by_reason(self) -> Table:
        """Sums by standing, reason and currency: their lines and the unreadable rows are all rows of the input."""
    @property
    def by_customer(self) -> Table:
        """The same by customer."""
    @property
    def by_subscription(self) -> Table:
        """The same by Azure subscription."""
    @property
    def by_subscription_day(self) -> Table:
        """The same by Azure subscription and day."""
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
    def credits(self) -> Table:
        """Azure credits that were given: granted, drawn, expired, left, and when each ends."""
    @property
    def credit_months(self) -> Table:
        """Their months, beside what files say of them."""
    @property
    def credit_days(self) -> Table:
        """Their ledger: each day on which one paid, got something back or expired."""
    @property
    def access(self) -> Table:
        """Every grant over time, as `pec.access_timeline` gives it; no row without evidence.

        A filtered result has the grants that reach its Azure subscriptions, or may, and of them what stands on its
        days: whole stretches, which may begin before the first day and end after the last.
        """
    @property
    def row_issues(self) -> Table:
        """Rows that could not be read, the first 10,000 of each input: file, row, column, found, expected."""
    @property
    def files(self) -> Table:
        """What was read: format, rows, first and last day."""
    def findings(self, source: Any, /) -> RecordBatchReader:  # noqa: ANN401 -- any source
        """What was decided of each line: where it stands, standing, reason and money.

        A result keeps sums, so the lines are read and decided again, while the batches are taken: any number of lines
        passes in little memory. A line that Azure credit pays in part has two rows.

        Args:
            source: The path, glob, folder or list of them that the result was made of.

        Returns:
            A stream of record batches, which frame libraries take like a table: `polars.DataFrame(stream)`. It can be
            read once.

        Raises:
            TypeError: A source is no file.
            ValueError: A file is no input of this result.
        """
    def explain(self, source: Any, /, *, subscription: str, day: datetime.date) -> Explanations:  # noqa: ANN401
        """Why the lines of an Azure subscription earned or did not on a day, as `pec.explain` tells it.

        The lines are read again and decided with the partner, evidence, price lists and credits of the result.

        Args:
            source: What the result was made of.
            subscription: The Azure subscription (`EntitlementId`).
            day: The day of consumption.

        Raises:
            ValueError: The result was loaded: what its lines were decided with is not in it.
        """
    def to_json(self) -> str:
        """The object of `pec reconcile --json`: amounts as texts, exact."""
    def to_dict(self) -> dict[str, Any]:
        """The same object with amounts as `Decimal` and days as `datetime.date`."""
    def report(self, *, width: int | None = None) -> str:
        """The report as text; amounts rounded to the cent for showing.

        Args:
            width: The columns of a terminal, from 60 to 120, to fit it; by default it is set as for a file.
        """
    @overload
    def to_html(self, path: None = None, *, title: str | None = None, source: Any = None) -> str: ...  # noqa: ANN401
    @overload
    def to_html(self, path: str | os.PathLike[str], *, title: str | None = None, source: Any = None) -> None:  # noqa: ANN401
        """The page of the result: one HTML file that asks for nothing, as of `pec.html_report`.

        Args:
            path: The file; one of the same name is replaced. Without it the text is returned.
            title: What stands above it; by default the name of the credit.
            source: What the result was made of. With it the page has the commands that answer each cause, to copy.

        Returns:
            The text, where no path is given.
        """
    def save(self, directory: str | os.PathLike[str], /) -> list[Path]:
        """Writes every table as CSV and Parquet, the report as text and JSON, and `result.json` for `load`.

        Texts that a spreadsheet would run as a formula are made harmless in CSV.

        Args:
            directory: Made where it does not exist; files of the same names are replaced.

        Returns:
            The paths that were written.

        Raises:
            OSError: A file cannot be written; then none was.
            ValueError: A file that the result was read from would be overwritten.
        """
    def filter(
        self,
        *,
        customer: str | Iterable[str] | None = None,
        subscription: str | Iterable[str] | None = None,
        reason: str | Iterable[str] | None = None,
        standing: str | Iterable[str] | None = None,
        first_day: datetime.date | None = None,
        last_day: datetime.date | None = None,
    ) -> Result:
        """The result of the lines that every given condition keeps: sums, tables, report and page.

        By customer, Azure subscription and day it has the sums, losses and gaps that a run over these lines alone
        gives. A reason or standing picks sums and losses, and of gaps, which are runs between days with pay and have no
        reason, keeps those of the Azure subscriptions that have lines left.

        `lines` and `files` are those of the whole input; what was left out is counted, so that decided, left out and
        unreadable lines are all rows. Rows that could not be read may be anybody's: they stay counted, and `row_issues`
        has none of them. Azure credits are those of customers with lines left; of lines that a credit pays in part,
        those are counted of which a portion is left. A filtered result can be filtered again; it does not merge, and
        has no `findings` of its own.

        Args:
            customer: Tenant id, or several.
            subscription: Id of an Azure subscription, or several.
            reason: Id of a rule, such as `no_access`, or several; lines that earned have none.
            standing: Standing, or several.
            first_day: The first day of consumption.
            last_day: The last day of consumption.

        Raises:
            ValueError: There is no such reason or standing; the message names those that there are. Or a name stands
                in the place of an id; the message has the id.
        """
    def merge(self, *others: Result) -> Result:
        """The result of all inputs together.

        Args:
            others: Results of other rows; the same rows twice would count twice.

        Returns:
            The same result as one run over all inputs gives, to the byte, in whatever order they come.

        Raises:
            ValueError: One of them was filtered, or they rest on different drawdowns of Azure credit: see
                `pec.credit_usage`.
        """
    @staticmethod
    def load(path: str | os.PathLike[str], /) -> Result:
        """The result that was saved to a folder, or its `result.json`.

        It is equal to the saved one, merges and is filtered like it. What its lines were decided with is not saved, so
        it has neither `access` nor `findings`.

        Raises:
            ValueError: The file is no saved result, or one of another version; the message says which.
        """
    def to_bytes(self) -> bytes:
        """The result as bytes, exact and the same for equal results; `pickle` keeps these."""
    @classmethod
    def from_bytes(cls, data: bytes, /) -> Result:
        """The result of `to_bytes`; as `load`."""
    def __reduce__(self) -> tuple[Callable[[bytes], Result], tuple[bytes]]: ...
    def __copy__(self) -> Result: ...
    def __deepcopy__(self, memo: Any, /) -> Result: ...  # noqa: ANN401 -- as copy.deepcopy
    def __eq__(self, other: object, /) -> bool:
        """Is everything equal that they show? A result has no hash."""
    def __ne__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def _repr_html_(self) -> str: ...

def judge(
    record: Mapping[str, str | int | Decimal | bool | datetime.date | None],
    /,
    *,
    partner: Partner | None = None,
    evidence: Evidence | None = None,
    prices: PriceList | None = None,
) -> Judgement:
    """Judges one record of daily rated usage; `pec.judge` takes a partner, evidence and price lists in any form."""

@final
class Partner:
    """Who earns: the transacting partner, its resellers, and when they were what."""

    def __new__(cls, path: str | os.PathLike[str], /) -> Partner:
        """Reads a `partner.toml`.

        Raises:
            ReadError: A line cannot be read; the message names it.
        """
    @classmethod
    def from_toml(cls, text: str, /, name: str = "partner.toml") -> Partner:
        """Reads the text of a `partner.toml`; `name` is what errors call it."""
    def to_bytes(self) -> bytes:
        """What the file says of the partner, as bytes, without the file and its name; `pickle` keeps these."""
    @classmethod
    def from_bytes(cls, data: bytes, /) -> Partner:
        """The partner of `to_bytes`.

        Raises:
            ValueError: These are other bytes, or those of another version.
        """
    def __reduce__(self) -> tuple[Callable[[bytes], Partner], tuple[bytes]]: ...
    def __copy__(self) -> Partner: ...
    def __deepcopy__(self, memo: Any, /) -> Partner: ...  # noqa: ANN401 -- as copy.deepcopy
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

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
        """Reads the files that the folder's `manifest.json` lists; where one cannot be used, none is kept."""
    @property
    def files(self) -> list[dict[str, Any]]:
        """What was read: kind, time, entries, what each file covers and what it cannot show."""
    def to_bytes(self) -> bytes:
        """The facts that were read, as bytes, with the names of their files; `pickle` keeps these."""
    @classmethod
    def from_bytes(cls, data: bytes, /) -> Evidence:
        """The evidence of `to_bytes`.

        Raises:
            ValueError: These are other bytes, or those of another version.
        """
    def __reduce__(self) -> tuple[Callable[[bytes], Evidence], tuple[bytes]]: ...
    def __copy__(self) -> Evidence: ...
    def __deepcopy__(self, memo: Any, /) -> Evidence: ...  # noqa: ANN401 -- as copy.deepcopy
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]

@final
class PriceList:
    """Price lists of Partner Center, of any number of months and markets: which products there are, and their prices.

    They decide the rules `third_party_product`, `not_in_price_list` and `marketplace_product` for the days on which
    they have prices in force.
    """

    def __new__(cls, *paths: str | os.PathLike[str]) -> PriceList:
        """Reads the lists of Azure plan consumption and of the marketplace, as Partner Center gives them.

        Args:
            paths: CSV or JSON, packed with gzip, or as the only file of a zip archive.

        Raises:
            ReadError: A file cannot be used; the message says what to do.
        """
    def cost(
        self,
        product: str,
        sku: str,
        day: datetime.date,
        quantity: Decimal | int | str,
        /,
        *,
        meter: str = "",
    ) -> Decimal | None:
        """What so many units cost at list price, each at the price of its tier, exactly.

        Args:
            product: `ProductId`.
            sku: `SkuId`.
            day: The day whose price is meant.
            quantity: Units.
            meter: `MeterId`, where the prices of a product differ by meter.

        Returns:
            The cost; `None` where there is no price on that day, or more than one.

        Raises:
            ValueError: The tiers do not tell; the message says why.
        """
    @property
    def files(self) -> list[dict[str, Any]]:
        """What was read: format, rows, kinds of products, markets, currencies, days, row issues."""
    def to_bytes(self) -> bytes:
        """All prices and what was read, as bytes; `pickle` keeps these."""
    @classmethod
    def from_bytes(cls, data: bytes, /) -> PriceList:
        """The price list of `to_bytes`.

        Raises:
            ValueError: These are other bytes, or those of another version.
        """
    def __reduce__(self) -> tuple[Callable[[bytes], PriceList], tuple[bytes]]: ...
    def __copy__(self) -> PriceList: ...
    def __deepcopy__(self, memo: Any, /) -> PriceList: ...  # noqa: ANN401 -- as copy.deepcopy
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]

@final
class Explanations:
    """The decisions on an Azure subscription and day."""

    @property
    def nearest_day(self) -> datetime.date | None:
        """The day with lines of the subscription that is nearest; `None` where no line is of it."""
    def to_json(self) -> str:
        """The object of `pec explain --json`."""
    def to_dict(self) -> dict[str, Any]:
        """The same object."""
    def report(self, *, width: int | None = None) -> str:
        """The decisions in sentences; where there is none, which day is the nearest that has some.

        Args:
            width: The columns of a terminal, from 60 to 120, to fit it; by default it is set as for a file.
        """
    def __len__(self) -> int: ...
    def to_bytes(self) -> bytes:
        """All of it as bytes; `pickle` keeps these."""
    @classmethod
    def from_bytes(cls, data: bytes, /) -> Explanations:
        """The decisions of `to_bytes`.

        Raises:
            ValueError: These are other bytes, or those of another version.
        """
    def __reduce__(self) -> tuple[Callable[[bytes], Explanations], tuple[bytes]]: ...
    def __copy__(self) -> Explanations: ...
    def __deepcopy__(self, memo: Any, /) -> Explanations: ...  # noqa: ANN401 -- as copy.deepcopy
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]

@final
class AccessDiff:
    """What two exports say differently of access that carries PEC."""

    @property
    def has_loss(self) -> bool:
        """Did a place lose the access that covered it, as far as is known?"""
    @property
    def may_hide_loss(self) -> bool:
        """Is there a grant that counted and that the new exports cannot show? Its loss would not be seen."""
    def to_json(self) -> str:
        """The object of `pec access diff --json`: amounts as texts, exact."""
    def to_dict(self) -> dict[str, Any]:
        """The same object with amounts as `Decimal` and days as `datetime.date`."""
    def report(self, *, width: int | None = None) -> str:
        """What is lost, what will be, what to do, and what could not be compared.

        Args:
            width: The columns of a terminal, from 60 to 120, to fit it; by default it is set as for a file.
        """
    def to_bytes(self) -> bytes:
        """All of it as bytes; `pickle` keeps these."""
    @classmethod
    def from_bytes(cls, data: bytes, /) -> AccessDiff:
        """The comparison of `to_bytes`.

        Raises:
            ValueError: These are other bytes, or those of another version.
        """
    def __reduce__(self) -> tuple[Callable[[bytes], AccessDiff], tuple[bytes]]: ...
    def __copy__(self) -> AccessDiff: ...
    def __deepcopy__(self, memo: Any, /) -> AccessDiff: ...  # noqa: ANN401 -- as copy.deepcopy
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]

def access_diff(old: Evidence, new: Evidence, /, *, partner: Partner, usage: Sequence[Any] | None = None) -> AccessDiff:
    """Compares two exports; `pec.access_diff` reads paths first."""

def access_alert(
    evidence: Evidence, /, *, partner: Partner, subscription: str | None = None, action_group: str | None = None
) -> str:
    """The alert on the deletion of access that carries PEC, as Bicep; `pec.access_alert` reads paths first.

    Raises:
        ValueError: No grant in an Azure subscription carries PEC.
    """

def explain(
    sources: Sequence[Any],
    /,
    *,
    subscription: str,
    day: datetime.date,
    partner: Partner | None = None,
    evidence: Evidence | None = None,
    prices: PriceList | None = None,
    credits: Credits | None = None,
    drawdown: Drawdown | None = None,
) -> Explanations:
    """Reads sources and explains the decisions on a subscription and day; `pec.explain` expands paths first."""

@final
class Credits:
    """Azure credits of customers, and how they are drawn."""

    def __new__(cls, *paths: str | os.PathLike[str], mode: Literal["daily", "deck"] | None = None) -> Credits:
        """Reads credits.

        Args:
            paths: `credits.toml` files, and balance reports of Partner Center: CSV or JSON, packed with gzip, or as the
                only file of a zip archive.
            mode: What counts as one where a balance ends: the `daily` way, or the month as in Microsoft's `deck`, whose
                last month then earns at a flat rate. By default what the files say, else `daily`.

        Raises:
            ReadError: A file cannot be used, or a credit cannot be; the message says why.
            ValueError: The mode is none.
        """
    @property
    def issues(self) -> list[dict[str, Any]]:
        """Rows of balance reports that could not be used: file, row, column, found, expected."""
    def __len__(self) -> int: ...
    def to_bytes(self) -> bytes:
        """The credits and what was read, as bytes; `pickle` keeps these."""
    @classmethod
    def from_bytes(cls, data: bytes, /) -> Credits:
        """The credits of `to_bytes`.

        Raises:
            ValueError: These are other bytes, or those of another version.
        """
    def __reduce__(self) -> tuple[Callable[[bytes], Credits], tuple[bytes]]: ...
    def __copy__(self) -> Credits: ...
    def __deepcopy__(self, memo: Any, /) -> Credits: ...  # noqa: ANN401 -- as copy.deepcopy
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]

@final
class CreditUsage:
    """What draws on Azure credits: list cost by customer, currency and day; `pec.credit_usage` makes it."""

    def merge(self, *others: CreditUsage) -> CreditUsage:
        """The sums of all their lines."""
    def to_bytes(self) -> bytes:
        """The sums as bytes, the same for the same lines; `pickle` keeps these."""
    @classmethod
    def from_bytes(cls, data: bytes, /) -> CreditUsage:
        """The sums of `to_bytes`.

        Raises:
            ValueError: These are other bytes, or those of another version.
        """
    def __reduce__(self) -> tuple[Callable[[bytes], CreditUsage], tuple[bytes]]: ...
    def __copy__(self) -> CreditUsage: ...
    def __deepcopy__(self, memo: Any, /) -> CreditUsage: ...  # noqa: ANN401 -- as copy.deepcopy
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]

def credit_usage(
    sources: Sequence[Any],
    /,
    *,
    prices: PriceList | None = None,
    threads: int | None = None,
    progress: Callable[[int, int], object] | None = None,
    name: str | None = None,
) -> CreditUsage:
    """Sums what draws on Azure credits; see `pec.credit_usage`."""

@final
class Drawdown:
    """What Azure credits pay of customers' usage, day by day: what `reconcile` decides a part of the usage with."""

    def __new__(cls, credits: Credits, usage: CreditUsage, /) -> Drawdown:
        """Draws credits down.

        Args:
            credits: The credits.
            usage: The sums of all usage, merged.
        """
    def status(self) -> CreditStatus:
        """What became of the credits."""
    def to_bytes(self) -> bytes:
        """The drawdown as bytes; `pickle` keeps these."""
    @classmethod
    def from_bytes(cls, data: bytes, /) -> Drawdown:
        """The drawdown of `to_bytes`.

        Raises:
            ValueError: These are other bytes, or those of another version.
        """
    def __reduce__(self) -> tuple[Callable[[bytes], Drawdown], tuple[bytes]]: ...
    def __copy__(self) -> Drawdown: ...
    def __deepcopy__(self, memo: Any, /) -> Drawdown: ...  # noqa: ANN401 -- as copy.deepcopy
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]

@final
class CreditStatus:
    """What became of Azure credits; `pec.aco.balance` makes it."""

    @property
    def credits(self) -> Table:
        """Each credit: what was granted, drawn, expired and is left, and when it ends."""
    @property
    def months(self) -> Table:
        """Months of usage: drawn, flagged in daily lines, reported, and whether they agree."""
    @property
    def days(self) -> Table:
        """The ledger: each day on which a credit paid, got something back or expired."""
    @property
    def issues(self) -> list[dict[str, Any]]:
        """Rows of balance reports that could not be used: file, row, column, found, expected."""
    def to_json(self) -> str:
        """The object of `pec aco balance --json`: amounts as texts, exact."""
    def to_dict(self) -> dict[str, Any]:
        """The same object with amounts as `Decimal` and days as `datetime.date`."""
    def report(self, *, width: int | None = None) -> str:
        """The same as text, for people.

        Args:
            width: The columns of a terminal, from 60 to 120, to fit it; by default it is set as for a file.
        """
    def to_bytes(self) -> bytes:
        """All of it as bytes; `pickle` keeps these."""
    @classmethod
    def from_bytes(cls, data: bytes, /) -> CreditStatus:
        """The status of `to_bytes`.

        Raises:
            ValueError: These are other bytes, or those of another version.
        """
    def __reduce__(self) -> tuple[Callable[[bytes], CreditStatus], tuple[bytes]]: ...
    def __copy__(self) -> CreditStatus: ...
    def __deepcopy__(self, memo: Any, /) -> CreditStatus: ...  # noqa: ANN401 -- as copy.deepcopy
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]

def aco_balance(
    daily: Sequence[Any],
    /,
    *,
    credits: Credits,
    prices: PriceList | None = None,
    invoice: Sequence[Any] | None = None,
    threads: int | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> CreditStatus:
    """Draws credits down by usage, and compares; see `pec.aco.balance`."""

@final
class CreditOffer:
    """An answer about an Azure Credit Offer; the functions of `pec.aco` say what it holds."""

    def to_json(self) -> str:
        """The answer as one JSON object, amounts as texts, exact."""
    def to_dict(self) -> dict[str, Any]:
        """The same object with amounts as `Decimal` and days as `datetime.date`."""
    def report(self, *, whole_dollars: bool = False, width: int | None = None) -> str:
        """The answer as text.

        Args:
            whole_dollars: Show a table in whole dollars, ties to even, as the deck prints it.
            width: The columns of a terminal, from 60 to 120, to fit it; by default it is set as for a file.

        Raises:
            ValueError: The answer is no table.
        """
    def to_bytes(self) -> bytes:
        """All of it as bytes; `pickle` keeps these."""
    @classmethod
    def from_bytes(cls, data: bytes, /) -> CreditOffer:
        """The answer of `to_bytes`.

        Raises:
            ValueError: These are other bytes, or those of another version.
        """
    def __reduce__(self) -> tuple[Callable[[bytes], CreditOffer], tuple[bytes]]: ...
    def __copy__(self) -> CreditOffer: ...
    def __deepcopy__(self, memo: Any, /) -> CreditOffer: ...  # noqa: ANN401 -- as copy.deepcopy
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

def aco_table(
    *,
    credit: Decimal | int | str,
    acr: Sequence[Decimal | int | str],
    on: datetime.date,
    mode: str = "deck",
    eligible_share: Decimal | int | str | None = None,
    expires_after: int | None = None,
) -> CreditOffer:
    """The table of the deck; see `pec.aco.table`."""

def aco_size(
    *,
    acr: Decimal | int | str,
    on: datetime.date,
    eligible_share: Decimal | int | str | None = None,
) -> CreditOffer:
    """The size of an offer; see `pec.aco.size`."""

def aco_forecast(
    *,
    balance: Decimal | int | str,
    acr: Sequence[Decimal | int | str],
    first_month: datetime.date | None = None,
) -> CreditOffer:
    """The end of a balance; see `pec.aco.forecast`."""

def aco_plan(path: str | os.PathLike[str], /, *, today: datetime.date) -> CreditOffer:
    """The plan of an `offer.toml`; see `pec.aco.plan`."""

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

def assumptions() -> dict[str, str]:
    """What a verdict may rest on that nothing proves, and what would prove it, by the word that tables have."""

def reconcile(
    sources: Sequence[Any],
    /,
    *,
    partner: Partner | None = None,
    evidence: Evidence | None = None,
    prices: PriceList | None = None,
    credits: Credits | None = None,
    drawdown: Drawdown | None = None,
    threads: int | None = None,
    progress: Callable[[int, int], object] | None = None,
    name: str | None = None,
) -> Result:
    """Reads sources, decides every line and sums; `pec.reconcile` expands paths first.

    Args:
        sources: Paths, open files and tables.
        partner: Who earns.
        evidence: What exports show of access.
        prices: Price lists, which tell what the lines' products are.
        credits: Azure credits to draw down; the sources are then read twice.
        drawdown: What Azure credits pay, where the sources are a part of all usage.
        threads: Threads to decide on; by default as many as the machine offers.
        progress: Told the rows and bytes read so far.
        name: The name to report open files and tables by.

    Returns:
        Everything that was found.
    """

def access_timeline(*, partner: Partner, evidence: Evidence) -> Table:
    """Every grant over time; `pec.access_timeline` takes a partner and evidence in any form."""

def write_evidence_pack(
    paths: Sequence[str | os.PathLike[str]],
    directory: str | os.PathLike[str],
    /,
    *,
    customer: str,
    partner: Partner,
    evidence: Evidence,
    subscriptions: Sequence[str] = ...,
    from_: datetime.date | None = None,
    until: datetime.date | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> list[Path]:
    """Writes what a support request on one customer needs; `pec.write_evidence_pack` expands paths first."""

def write_findings(
    paths: Sequence[str | os.PathLike[str]],
    result: Result,
    directory: str | os.PathLike[str],
    /,
    *,
    progress: Callable[[int, int], object] | None = None,
) -> list[Path]:
    """Reads files a second time and writes what was decided of each line as `findings.csv` and `findings.parquet`.

    Args:
        paths: The files that the result was made of.
        result: Their result; it knows which decimal type holds every amount.
        directory: Made where it does not exist.
        progress: Told the rows written so far.

    Returns:
        The paths that were written.
    """

def write_result(result: Result, directory: str | os.PathLike[str], /) -> list[Path]:
    """Writes a result into a folder that is there; `Result.save` makes it, and its files whole or not at all."""

@final
class TieOut:
    """Daily lines against an invoice: which keys tie, which do not, and the way from list cost to the total."""

    @property
    def keys(self) -> int:
        """Meters of Azure plans on either side: plan, product, SKU and availability."""
    @property
    def tied(self) -> int:
        """How many of them tie."""
    @property
    def unreadable(self) -> int:
        """How many rows could not be read, on either side."""
    @property
    def untied(self) -> Table:
        """The keys that do not tie, the largest difference of each currency first."""
    def to_json(self) -> str:
        """Everything as one JSON object, amounts as exact texts."""
    def to_dict(self) -> dict[str, Any]:
        """The same as Python values, amounts as `Decimal`."""
    def report(self, *, width: int | None = None) -> str:
        """The same as text, for people.

        Args:
            width: The columns of a terminal, from 60 to 120, to fit it; by default it is set as for a file.
        """
    def to_bytes(self) -> bytes:
        """All of it as bytes; `pickle` keeps these."""
    @classmethod
    def from_bytes(cls, data: bytes, /) -> TieOut:
        """The comparison of `to_bytes`.

        Raises:
            ValueError: These are other bytes, or those of another version.
        """
    def __reduce__(self) -> tuple[Callable[[bytes], TieOut], tuple[bytes]]: ...
    def __copy__(self) -> TieOut: ...
    def __deepcopy__(self, memo: Any, /) -> TieOut: ...  # noqa: ANN401 -- as copy.deepcopy
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]

def tie_out(
    daily: Sequence[Any],
    /,
    *,
    invoice: Sequence[Any],
    threads: int | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> TieOut:
    """`pec.tie_out`, for sources that are files, open files or tables."""
