"""The forums app."""

from django.apps import AppConfig


class ForumsConfig(AppConfig):
    """Where Django finds the app."""

    name = "forums"
