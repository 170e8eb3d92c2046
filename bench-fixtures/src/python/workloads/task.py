"""What a workload is asked to do."""

# Nominal CPU time of one unit of work, in nanoseconds.
WORK_NANOS = 8e6


class Task:
    def __init__(self, name, seconds, work, seed, threads, depth, period_us, shares, slow):
        self.name = name
        self.seconds = 5.0 if seconds is None else seconds
        self.work = work
        self.seed = seed
        self.threads = threads
        self.depth = depth
        self.period_us = period_us
        self.shares = shares
        self.slow = slow

    @property
    def is_fixed(self):
        """Whether every run does the same units."""
        return self.work is not None

    def has_more(self, n_rounds, round_nanos, spent_nanos):
        """Whether another round is due after so many that took so much."""
        if self.is_fixed:
            return n_rounds * round_nanos < self.work * WORK_NANOS
        return spent_nanos < self.seconds * 1e9

    def factor(self, name):
        """How many times a function's units are to be done."""
        return self.slow[1] if self.slow and self.slow[0] == name else 1.0

    def head(self):
        """How every report begins."""
        return {"workload": self.name, "language": "python", "seed": self.seed}
