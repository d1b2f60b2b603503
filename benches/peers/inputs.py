"""The files that are measured on, made when the first row asks for one."""

import gzip
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
PYTHON_LINES = 200_000  # plain Python is measured on a file of at most this many lines
RECORDS = 20_000  # judged one by one, and all of them in memory
CHARGES = 10  # of an account, in `drawdown_data.py`


def filled(argv, **values):
    # Not str.format: a command may hold braces of its own.
    for name, value in values.items():
        argv = [part.replace("{" + name + "}", str(value)) for part in argv]
    return argv


def made(*argv):
    subprocess.run([str(part) for part in argv], check=True, stdout=subprocess.DEVNULL)


class Inputs:
    """File by kind of input; each is made once."""

    def __init__(self, generate, lines, work):
        self.command, self.lines, self.work = shlex.split(generate), lines, work
        self.files = {}

    def __getitem__(self, kind):
        if kind not in self.files:
            self.files[kind] = getattr(self, kind.replace(" ", "_").replace(".", "_"))()
        return self.files[kind]

    def generated(self, name, lines, layout="csv55"):
        made(*filled(self.command, lines=lines, out=self.work / name, layout=layout))
        return self.work / name

    def csv(self):
        return self.generated("lines.csv", self.lines)

    def small_csv(self):
        return self.generated("small.csv", PYTHON_LINES) if self.lines > PYTHON_LINES else self["csv"]

    def csv_gz(self):
        return self.packed(self["csv"])

    def jsonl_gz(self):
        json = self.generated("lines.jsonl", self.lines, "jsonl-full")
        packed = self.packed(json)
        json.unlink()
        return packed

    def packed(self, file):
        packed = file.with_name(f"{file.name}.gz")
        with open(file, "rb") as plain, gzip.open(packed, "wb", compresslevel=6) as out:
            shutil.copyfileobj(plain, out, 1 << 20)
        return packed

    def parquet(self):
        out = self.work / "lines.parquet"
        made(sys.executable, HERE / "to_parquet.py", self["csv"], out)
        return out

    def frame(self):
        return self["parquet"]

    def record(self):
        return self.generated("records.csv", RECORDS) if self.lines > RECORDS else self["csv"]

    def drawdown(self):
        return self.charges("charges.parquet", self.lines // 2)

    def small_drawdown(self):
        accounts = PYTHON_LINES // CHARGES
        return self.charges("small charges.parquet", accounts) if self.lines // 2 > accounts else self["drawdown"]

    def charges(self, name, accounts):
        out = self.work / name
        made(sys.executable, HERE / "drawdown_data.py", accounts, out)
        return out
