"""Requests for a call: what askers do (`requester_actions.py`) and what the team does (`team_actions.py`), with their forms and pages."""
