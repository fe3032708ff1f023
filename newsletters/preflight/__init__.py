"""Pre-flight: `check.py` collects the findings about an issue; the other modules contain its rules."""
