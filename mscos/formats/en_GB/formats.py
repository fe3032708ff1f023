"""Dates in full: 'on 14 March 2023'."""

DATE_FORMAT = "j F Y"
