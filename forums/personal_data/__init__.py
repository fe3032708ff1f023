"""Could this point to someone? `check.py` reads what a writer typed, by the rules of the other modules."""
