"""The talk's slow path in Python: what a catalyst back-test did at every tick.

A small re-creation, call by call, of what stood around the strategy: for each held
position at each tick a `retry` around a look-up of the price, which asks the file system
for a folder that it has known since the start. The engine simulates; the path is what a
tick costs beside. The two anti-patterns are switches:

=============  ===========================================================
`logging`      `eager`, as in redo up to 2.0: the message of every attempt is formatted
               before the logger is asked; or `lazy`: it is not
`folder_check` `every-call`, as the talk found it; `lru-cache`, as its slide mends it; or
               `weak-memo`, as catalyst really did
=============  ===========================================================
"""

from backdraft.case_study.folder import FOLDER_CHECKS
from backdraft.case_study.path import Path
from backdraft.case_study.retry import LOGGINGS

__all__ = ["FOLDER_CHECKS", "LOGGINGS", "Path"]
