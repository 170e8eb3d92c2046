"""Functions in C that keep the interpreter's lock, for callers in Python.

The frame in C is none of Python's, so the caller is on top of the Python stack and must
be charged. A profiler that acts only between byte codes is late until C returns, and
charges what comes next.
"""

import zlib

from .pace import function

RECORDS = [at * 7_919 % 1_009 for at in range(1_000)]
# Above 5 KiB, `zlib.crc32` gives the lock away.
BLOCK = bytes(range(256)) * 16
WORDS = ["back", "draft", "flame", "graph"] * 100


def sort_records(n_units):
    for _ in range(n_units):
        sorted(RECORDS)


def checksum_blocks(n_units):
    for _ in range(16 * n_units):
        zlib.crc32(BLOCK)


def join_words(n_units):
    for _ in range(8 * n_units):
        " ".join(WORDS)


def count_in_python(n_units):
    for _ in range(n_units):
        total = 0
        for at in range(300):
            total += at & 3


def functions(task):
    return [
        function(sort_records, 0.40, 29_000.0),
        function(checksum_blocks, 0.25, 18_500.0),
        function(join_words, 0.15, 22_500.0),
        function(count_in_python, 0.20, 8_000.0),
    ]
