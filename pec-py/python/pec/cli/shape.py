"""What commands have in common: options of several values, and what is said where a command is wrongly used."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from copy import copy
from inspect import cleandoc
from itertools import pairwise
from typing import Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from pec.cli.output import line

NUMBER = re.compile(r"-\d*\.?\d+")
"""A negative number is a value, though it begins as an option does."""


class Group(TyperGroup):
    """A group of commands whose help is set as that of a command."""

    def format_help(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]  # noqa: ANN401
        """Prints the help."""
        self.help = _flowing(self.help)
        super().format_help(ctx, formatter)

    def get_params(self, ctx: typer.Context) -> list[Any]:  # type: ignore[override]
        """The options, and the one for help."""
        return _without_types(super().get_params(ctx))


class Command(TyperCommand):
    """A command whose options of several values take them one after the other: `--acr 75 85`, as well as repeated."""

    def format_help(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]  # noqa: ANN401
        """Prints the help."""
        self.help = _flowing(self.help)
        super().format_help(ctx, formatter)

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Parses what was given."""
        options = {name: param for param in self.params if isinstance(param, TyperOption) for name in param.opts}
        valued = {name: option for name, option in options.items() if not option.is_flag}
        several = {name for name, option in valued.items() if option.multiple}
        if not ctx.resilient_parsing:
            for name, following in pairwise(args):
                if name == "--":
                    break
                if name in valued and _is_option(following):
                    raise typer.BadParameter("needs a value", ctx=ctx, param=valued[name])
        return super().parse_args(ctx, list(_one_by_one(args, several)))

    def get_params(self, ctx: typer.Context) -> list[Any]:  # type: ignore[override]
        """The options and arguments, and the one for help."""
        return _without_types(super().get_params(ctx))

    def collect_usage_pieces(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """What follows the name of the command in a line of usage."""
        arguments = [param for param in self.params if isinstance(param, TyperArgument)]
        return ["[OPTIONS]", *(f"{one.metavar}{'...' if one.nargs == -1 else ''}" for one in arguments)]


def _flowing(help_text: str | None) -> str | None:
    """Without the line breaks inside paragraphs: the terminal decides where lines end."""
    paragraphs = cleandoc(help_text or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs) or None


def _without_types(params: list[Any]) -> list[Any]:
    """A switch takes no value, and the name of an argument says more than Python's type of it."""
    for param in params:
        if isinstance(param, TyperOption) and param.is_flag:
            param.metavar = ""
        elif isinstance(param, TyperArgument):
            # A copy: one type stands for the parameters of all commands.
            param.type = copy(param.type)
            param.type.get_metavar = lambda param, ctx: ""  # type: ignore[method-assign]
    return params


def example(*lines: str, about: str = "", then: str = "") -> str:
    """What stands below the help of a command: an example that runs from the repository, and what else to know."""
    head = f"Example, {about}" if about else "Example"
    return "\n\n".join(part for part in (head, "\n".join(lines), then) if part)


def ends(with_issues: str = "") -> str:
    """With which status a command ends: 1 only where it is told when."""
    one = f"1 when {with_issues}; " if with_issues else ""
    return f"Ends with status 0 when done; {one}2 when the input cannot be used."


def _one_by_one(arguments: Sequence[str], several: set[str]) -> Iterator[str]:
    """`--acr 75 85` as `--acr 75 --acr 85`."""
    option: str | None = None
    values = 0
    for place, argument in enumerate(arguments):
        if argument == "--":
            yield from arguments[place:]
            return
        if _is_option(argument):
            option, values = (argument if argument in several else None), 0
        elif option is not None:
            values += 1
            if values > 1:
                yield option
        yield argument


def _is_option(argument: str) -> bool:
    return argument.startswith("-") and argument != "-" and not NUMBER.fullmatch(argument)


def misuse(error: typer.TyperException) -> str:
    """How the command is used, what is wrong, and where to look, on two lines."""
    context = getattr(error, "ctx", None)
    path, pieces = "pec", ["--help"]
    if context is not None:
        path, pieces = context.command_path, context.command.collect_usage_pieces(context)
    what = _what(error)
    hint = "" if "did you mean" in what else f"; see `{path} --help`"
    return f"usage: {path} {' '.join(pieces)}\npec: {line(what)}{hint}"


def _what(error: typer.TyperException) -> str:
    """What is wrong, as part of a sentence."""
    param = getattr(error, "param", None)
    if isinstance(error, typer.BadParameter) and param is not None:
        name = param.opts[-1] if isinstance(param, TyperOption) else param.metavar
        if not error.message:
            return f"`{name}` is missing ({_lower(param.help)})"
        # What a parser says of a value comes with the name of Python's error before it.
        return f"`{name}`: {_lower(error.message.removeprefix('Value error, '))}"
    # An option that does not exist carries those that it is like, the likest first.
    if hasattr(error, "possibilities") and hasattr(error, "option_name"):
        like = f"; did you mean `{error.possibilities[0]}`?" if error.possibilities else ""
        return f"no such option `{error.option_name}`{like}"
    return _lower(error.message).replace("'", "`").replace(". Did you", "; did you")


def _lower(text: str) -> str:
    """As part of a sentence; a word in capitals keeps them."""
    text = text.rstrip(".")
    return text if text[1:2].isupper() else f"{text[:1].lower()}{text[1:]}"
