"""The events app."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """Where Django finds the app."""

    name = "events"
