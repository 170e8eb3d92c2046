"""Runs a command, and writes its time and peak memory into a file as JSON.

A process's peak is never below that of the one that started it, so this one is small: it
imports nothing but what it needs, and is to be run with `python -I -S`.
"""

import os
import sys
import time

began = time.perf_counter()
child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, used = os.wait4(child, 0)
wall_s = time.perf_counter() - began
with open(sys.argv[1], "w") as out:  # noqa: PTH123
    # Linux counts in KiB.
    out.write(f'{{"wall_s": {wall_s}, "peak_mb": {used.ru_maxrss * 1024 / 1e6}}}')
sys.exit(os.waitstatus_to_exitcode(status))
