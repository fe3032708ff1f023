"""Reading calendar files of others, entry by entry: `drafts` is what `events/importing.py` asks."""
