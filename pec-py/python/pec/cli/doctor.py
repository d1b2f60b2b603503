"""`pec doctor`."""

import typer

commands = typer.Typer()
