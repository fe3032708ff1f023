"""Enquiries to the team by the contact form: how they are stored, answered and erased."""

from django.db import transaction

from mscos.codes import form_digest
from mscos.erasure import after_erasure
from mscos.models import User
from mscos.stale import Stale, version_of
from newsletters.models import Enquiry


def enquire(*, submission_id: str, email: str, name: str, organisation: str, message: str) -> Enquiry:
    """Store an enquiry and return it. `email` is empty where no answer is wanted.

    The same form sent again, known by its `submission_id`, stores nothing and returns the first enquiry.
    """
    fields = {"email": email, "name": name, "organisation": organisation, "message": message}
    digest = form_digest(repr((submission_id, *fields.values())))
    enquiry, _ = Enquiry.objects.get_or_create(form_digest=digest, defaults=fields)
    return enquiry


@transaction.atomic
def settle(*, enquiry: Enquiry, state: str, answered_by: User | None, version: str) -> None:
    """Store how far the answer is and who gives it; `version` is what the page showed of both. Raises Stale."""
    rows = Enquiry.objects.select_for_update(of=("self",)).select_related("answered_by")
    fresh = rows.get(pk=enquiry.pk)
    wanted = Enquiry(state=state, answered_by=answered_by)
    if enquiry_version(fresh) not in {version, enquiry_version(wanted)}:  # the same button pressed twice is no news
        raise Stale(_what_happened(fresh))
    Enquiry.objects.filter(pk=fresh.pk).update(state=state, answered_by=answered_by)


def enquiry_version(enquiry: Enquiry) -> str:
    """Return the version of what a page shows of how far an answer is."""
    return version_of(enquiry.state, enquiry.answered_by_id)


def _what_happened(enquiry: Enquiry) -> str:
    if enquiry.answered_by and enquiry.state == Enquiry.State.IN_HAND:
        return f"{enquiry.answered_by} is already answering this."
    if enquiry.state == Enquiry.State.DONE:
        return f"{enquiry.answered_by or 'Somebody'} has answered this."
    return "Somebody changed this after you opened it. Look at it again, then save."


def erase_old_enquiries() -> None:
    """Erase the enquiries whose time is over. A job of the background worker."""
    Enquiry.objects.expired().delete()
    after_erasure()
