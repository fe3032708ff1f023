"""The sending of issues: `mailings.py` has the actions of editors, `delivery.py` what workers do."""
