"""Requests for a call: what askers do (`asking.py`) and what the team does (`handling.py`), with their forms and pages."""
