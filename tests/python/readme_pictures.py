"""The pictures in the README, as the commands print them; run as a program it writes them anew."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import pec

README = Path(__file__).parent.parent.parent / "README.md"
DATA = "examples/data"
ACCESS = {"partner": f"{DATA}/partner.toml", "evidence": f"{DATA}/evidence"}


SECTIONS = ("Where the money went", "Why lines did not earn", "What to do")


def demo() -> str:
    """The middle of what `make demo` reports."""
    sections = re.split(r"\n(?=\S)", pec.reconcile(f"{DATA}/2026-10", **ACCESS).report())
    return "\n".join(section for section in sections if section.startswith(SECTIONS))


def explain() -> str:
    """The first decision of the explained day."""
    found = pec.explain(
        f"{DATA}/2026-10",
        subscription="1c86f718-6354-4fc2-ac60-78f489e1b9a0",
        day=datetime.date(2026, 10, 4),
        **ACCESS,
    )
    return re.split(r"^(?=2026-10-04)", found.report().lstrip(), flags=re.MULTILINE)[1]


def aco() -> str:
    """The deck's table."""
    return pec.aco.table(credit=500, acr=[75, 85, 90, 112, 85, 100], on=datetime.date(2024, 1, 15)).report()


PICTURES = {"demo": demo, "explain": explain, "aco": aco}


def block(name: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- {name} -->\n```text\n)(.*?)(```\n<!-- /{name} -->)", re.DOTALL)


def shown(name: str) -> str:
    """What the README shows."""
    found = block(name).search(README.read_text(encoding="utf-8"))
    assert found is not None
    return found[2]


if __name__ == "__main__":
    text = README.read_text(encoding="utf-8")
    for name, picture in PICTURES.items():
        told = picture()
        text = block(name).sub(lambda found, told=told: found[1] + told + found[3], text)
    README.write_text(text, encoding="utf-8")
