"""Backups: what is in them, how they are written and restored, and what a restored one has to lose again."""
