"""The configuration of the outcomes app."""

from django.apps import AppConfig


class OutcomesConfig(AppConfig):
    """The outcomes app."""

    name = "outcomes"
