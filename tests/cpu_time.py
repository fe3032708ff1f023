"""Comparisons of processor time within one run, which do not depend on the machine or its load."""

import math
import time
import timeit

TRIES = 20


def seconds(work):
    """Return the processor time of a function, without garbage collection."""
    return timeit.timeit(work, timer=time.process_time, number=1)


def takes_less(work, times, usual):
    """Return whether `work` takes less than `times` as long as `usual`, by the best of up to TRIES rounds of each."""
    best, best_usual = math.inf, math.inf
    for _ in range(TRIES):
        best, best_usual = min(best, seconds(work)), min(best_usual, seconds(usual))
        if best < times * best_usual:
            return True
    return False
