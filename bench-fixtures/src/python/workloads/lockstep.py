"""The same split, but every period is like the last: the aliasing test.

A sampler whose period is that of the program, or a multiple of it, meets the program in
the same place each time. Phases are held to a schedule on the thread's CPU clock, so that
errors do not add up. A fixed amount of work cannot also keep a schedule: its phases have
the same units in every run, and only about the length that they should have.
"""

from time import thread_time_ns

from .kernel import functions
from .pace import Pace, Truth

OPTIONS = ("period_us", "shares")


def run(task):
    period = 1e3 * (task.period_us or int(task.name.rpartition("-")[2]))
    listed = functions(task)
    pace = Pace(listed, task)
    n_periods, start, deadline = 0, thread_time_ns(), 0.0
    while task.has_more(n_periods, period, pace.total()):
        for at, function in enumerate(listed):
            length = function.share * period
            deadline += length
            pace.phase(at, length if task.is_fixed else deadline - (thread_time_ns() - start))
        n_periods += 1
    return Truth(pace.times)
