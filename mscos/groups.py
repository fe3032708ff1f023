"""The names of the groups of staff. The first migration of each app gives them their rights."""

EDITORS = "Editors"
MODERATORS = "Moderators"
CALL_HANDLERS = "Call handlers"
