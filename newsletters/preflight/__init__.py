"""Pre-flight: `check.py` says what keeps an issue from going out; the other modules hold its rules."""
