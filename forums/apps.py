"""The forums app."""

from django.apps import AppConfig


class ForumsConfig(AppConfig):
    """The configuration of the app."""

    name = "forums"
