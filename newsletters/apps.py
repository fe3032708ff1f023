"""The configuration of the newsletters app."""

from django.apps import AppConfig
from django.conf import settings


class NewslettersConfig(AppConfig):
    """The newsletters app."""

    name = "newsletters"

    def ready(self) -> None:
        """Receive the events of the mail service, where one is configured."""
        if settings.EMAIL_SERVICE:
            from anymail.signals import tracking

            from newsletters.sending.bounces import record_event

            tracking.connect(record_event)
