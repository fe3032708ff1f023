"""Waits between attempts at something that fails."""

FIRST, MAX = 1.0, 60.0  # seconds


class Backoff:
    """Waits that double from one second to a minute; a success resets them."""

    def __init__(self) -> None:
        self._next = FIRST

    def after_failure(self) -> float:
        """Return how many seconds to wait now."""
        wait, self._next = self._next, min(self._next * 2, MAX)
        return wait

    def after_success(self) -> None:
        """Reset the wait to one second."""
        self._next = FIRST
