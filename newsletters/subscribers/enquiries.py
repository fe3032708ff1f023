"""What people write to the team by the contact form: how it is stored, and erased when its time has come."""

from mscos.codes import form_digest
from mscos.erasure import after_erasure
from newsletters.models import Enquiry


def enquire(*, submission_id: str, email: str, name: str, organisation: str, message: str) -> Enquiry:
    """Store a message to the team, and return it. `email` is empty where no answer is asked for.

    `submission_id` is the submission id of the form that was sent: the same form sent again stores nothing and returns the first.
    """
    told = {"email": email, "name": name, "organisation": organisation, "message": message}
    digest = form_digest(repr((submission_id, *told.values())))
    enquiry, _ = Enquiry.objects.get_or_create(form_digest=digest, defaults=told)
    return enquiry


def erase_old_enquiries() -> None:
    """Delete the enquiries whose day of erasure has come. A job of the work loop."""
    Enquiry.objects.expired().delete()
    after_erasure()
