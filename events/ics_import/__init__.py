"""The import of calendar files: `actions.py` makes drafts of events from their entries."""
