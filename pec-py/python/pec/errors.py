"""What `pec` raises of its own; anything Python has a name for keeps that name."""

from __future__ import annotations


class PecError(Exception):
    """Base of everything `pec` raises of its own."""

    def __str__(self) -> str:
        """The message."""
        return str(self.args[0]) if self.args else ""


class ReadError(PecError):
    """An input that cannot be used as a whole.

    Attributes:
        file: The name of the input.
    """

    file: str

    def __init__(self, message: str, file: str) -> None:
        """An error of this input; the message names it and says what to do."""
        super().__init__(message, file)
        self.file = file


class RowIssueError(PecError):
    """A record that cannot be read.

    Attributes:
        column: The column.
        found: What was found in it.
        expected: What was expected.
    """

    column: str
    found: str
    expected: str

    def __init__(self, message: str, column: str, found: str, expected: str) -> None:
        """An error in this column."""
        super().__init__(message, column, found, expected)
        self.column = column
        self.found = found
        self.expected = expected


class AmountError(PecError):
    """An amount that cannot be held exactly."""


class ProgrammeError(PecError):
    """A day on which the programme is not known."""


class PecWarning(UserWarning):
    """Done as asked, and maybe not what was meant, such as a file of a folder that was passed over."""
