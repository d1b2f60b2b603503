"""How long `import pec` takes beside `import polars`, each in fresh interpreters, and the modules that take most of it.

Processor time, so that other work on the machine changes little: the median of each, less that of an interpreter that
imports nothing.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys

ROUNDS = 15
IMPORTS = {"nothing": "pass", "pec": "import pec", "polars": "import polars"}
SHOWN = 10


def seconds(program: str) -> float:
    """One fresh interpreter, from start to end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", program], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measures in turns, so that a busy machine slows all alike."""
    rounds = [{name: seconds(program) for name, program in IMPORTS.items()} for _ in range(ROUNDS)]
    median = {name: statistics.median(one[name] for one in rounds) for name in IMPORTS}
    taken = {name: median[name] - median["nothing"] for name in ("pec", "polars")}
    print(f"import pec: {taken['pec'] * 1000:.0f} ms, {taken['pec'] / taken['polars']:.2f} of import polars")

    traced = subprocess.run([sys.executable, "-X", "importtime", "-c", "import pec"], capture_output=True, text=True)
    # `import time: self [us] | cumulative | imported package`
    lines = [line.removeprefix("import time:").split("|") for line in traced.stderr.splitlines()[1:]]
    slowest = sorted(((int(own), name.strip()) for own, _, name in lines), reverse=True)
    for own, name in slowest[:SHOWN]:
        print(f"{own / 1000:8.1f} ms  {name}")


if __name__ == "__main__":
    main()
