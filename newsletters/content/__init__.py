"""What an issue says: `blocks.py` gathers it from its sections, `email.py` renders it as a mail."""
