"""The names of the groups of staff. The first migration of each app grants them permissions."""

EDITORS = "Editors"
MODERATORS = "Moderators"
CALL_HANDLERS = "Call handlers"
