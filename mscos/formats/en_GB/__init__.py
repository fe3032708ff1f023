"""Formats of dates in British English."""
