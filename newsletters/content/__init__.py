"""The content of an issue: `blocks.py` makes it of the sections, `email.py` renders it as a mail."""
