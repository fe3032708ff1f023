"""The newsletters app."""

from django.apps import AppConfig
from django.conf import settings


class NewslettersConfig(AppConfig):
    """Where Django finds the app."""

    name = "newsletters"

    def ready(self) -> None:
        """Listen to the mail service, where one is set."""
        if settings.EMAIL_SERVICE:
            from anymail.signals import tracking

            from newsletters.sending.bounces import note_event

            tracking.connect(note_event)
