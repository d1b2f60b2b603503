"""What processes take, by what the operating system says of them."""

import os
import shlex
import sys
import time
from typing import NamedTuple


class Usage(NamedTuple):
    wall: float
    cpu: float
    peak: int  # KiB


def measure(argv, stdout=os.devnull, clock=None):
    """Run one process to its end; processor time and peak memory are its own and its children's, from the operating system.

    A process that loads its data first tells by itself what its work took, in the file `clock`.
    """
    with open(stdout, "wb") as out:
        start = time.perf_counter()
        pid = os.posix_spawnp(argv[0], argv, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, out.fileno(), 1)])
        _, status, usage = os.wait4(pid, 0)
        wall = time.perf_counter() - start
    if code := os.waitstatus_to_exitcode(status):
        sys.exit(f"exit status {code}: {shlex.join(argv)}")
    cpu = usage.ru_utime + usage.ru_stime
    if clock:
        wall, cpu = map(float, clock.read_text().split())
    return Usage(wall, cpu, usage.ru_maxrss)
