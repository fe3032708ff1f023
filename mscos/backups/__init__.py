"""Backups: their contents, their files, the restore, and the list of what was erased since."""
