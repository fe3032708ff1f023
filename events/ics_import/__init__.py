"""Reading calendar files of others, entry by entry: `drafts` is what `events/ics_import/actions.py` asks."""
