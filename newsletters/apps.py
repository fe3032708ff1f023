"""The newsletters app."""

from django.apps import AppConfig


class NewslettersConfig(AppConfig):
    """Where Django finds the app."""

    name = "newsletters"
