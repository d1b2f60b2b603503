"""`python -m pec` is the command."""

from pec.cli import main

main()
