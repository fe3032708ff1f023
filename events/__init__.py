"""Training and events of other organisations: lists, calendars, suggestions and imports."""
