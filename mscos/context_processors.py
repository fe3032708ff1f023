"""Context that every template has: the site's settings. Nothing here touches the session or the database."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """Return the settings that pages show."""
    return {
        "site_name": settings.SITE_NAME,
        "contact_email": settings.CONTACT_EMAIL,
        "checking_days": settings.CHECKING_DAYS,
        "answer_days": settings.ANSWER_DAYS,
        "enquiry_days": settings.ENQUIRY_DAYS,
        "contact_days": settings.CONTACT_DAYS,
        "request_days": settings.REQUEST_DAYS,
        "helplines": settings.HELPLINES,
        "leave_url": settings.LEAVE_URL,
        "onion_url": settings.ONION_URL,
    }
