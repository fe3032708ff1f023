"""Detection of personal data in posts: `matches.py` applies the rules of the other modules."""
