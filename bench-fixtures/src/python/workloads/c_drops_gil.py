"""Functions in C that give the interpreter's lock away while they work.

The thread runs without the lock. A profiler that takes a thread without it for idle
leaves out three quarters of this program.
"""

import hashlib
import os
import zlib

from .pace import function

# Above 2,047 bytes, `hashlib` gives the lock away; `zlib.compress` always does.
BLOCK = bytes(at * at % 251 for at in range(16 << 10))


def compress_blocks(n_units):
    for _ in range(n_units):
        zlib.compress(BLOCK, 1)


def hash_blocks(n_units):
    for _ in range(4 * n_units):
        hashlib.sha256(BLOCK)


def stat_folder(n_units):
    for _ in range(20 * n_units):
        os.stat("/")


def count_in_python(n_units):
    for _ in range(n_units):
        total = 0
        for at in range(300):
            total += at & 3


def functions(task):
    return [
        function(compress_blocks, 0.30, 29_000.0),
        function(hash_blocks, 0.25, 38_000.0),
        function(stat_folder, 0.20, 30_000.0),
        function(count_in_python, 0.25, 8_000.0),
    ]
