"""Times of work, compared within one run: neither a slow machine nor other work on it counts."""

import math
import time
import timeit

TRIES = 20


def seconds(work):
    """Return how long the processor is at work; Python's collection of garbage, which follows no text, is off."""
    return timeit.timeit(work, timer=time.process_time, number=1)


def takes_less(work, times, usual):
    """Return whether work takes less than `times` the usual work, by the best of a few rounds of both in turns."""
    best, best_usual = math.inf, math.inf
    for _ in range(TRIES):
        best, best_usual = min(best, seconds(work)), min(best_usual, seconds(usual))
        if best < times * best_usual:
            return True
    return False
