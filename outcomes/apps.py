"""The outcomes app."""

from django.apps import AppConfig


class OutcomesConfig(AppConfig):
    """Where Django finds the app."""

    name = "outcomes"
