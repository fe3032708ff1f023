"""Enquiries to the team by the contact form: how they are stored and erased."""

from mscos.codes import form_digest
from mscos.erasure import after_erasure
from newsletters.models import Enquiry


def enquire(*, submission_id: str, email: str, name: str, organisation: str, message: str) -> Enquiry:
    """Store an enquiry and return it. `email` is empty where no answer is wanted.

    The same form sent again, known by its `submission_id`, stores nothing and returns the first enquiry.
    """
    fields = {"email": email, "name": name, "organisation": organisation, "message": message}
    digest = form_digest(repr((submission_id, *fields.values())))
    enquiry, _ = Enquiry.objects.get_or_create(form_digest=digest, defaults=fields)
    return enquiry


def erase_old_enquiries() -> None:
    """Erase the enquiries whose time is over. A job of the background worker."""
    Enquiry.objects.expired().delete()
    after_erasure()
