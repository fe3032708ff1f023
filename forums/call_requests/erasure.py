"""Erasure of call requests: contact details some days after the call, all of it when it expires or is withdrawn."""

from contextlib import suppress

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from forums.call_requests.locking import lock_call_request
from forums.models import CallOffer, CallRequest, ErasedRequests
from forums.receipts import note_erased
from mscos.encryption import EncryptedText
from mscos.erasure import after_erasure


def erase_old_requests() -> None:
    """Erase contact details, and whole call requests, that have expired. A job of the background worker."""
    for call_request in CallRequest.objects.with_expired_contact():
        erase_contact(call_request=call_request)
    for call_request in CallRequest.objects.expired():
        with suppress(CallRequest.DoesNotExist), transaction.atomic():  # its requester may withdraw it first
            erase(lock_call_request(call_request))
    after_erasure()


@transaction.atomic
def erase_contact(*, call_request: CallRequest) -> None:
    """Erase the contact details, and the times of the call: with a phone bill they would lead back to the number."""
    CallOffer.objects.filter(call_request=call_request.pk).delete()
    empty = dict.fromkeys(CallRequest.CONTACT, EncryptedText())
    CallRequest.objects.filter(pk=call_request.pk).update(**empty, contact_erased_on=timezone.localdate())


def erase(call_request: CallRequest) -> None:
    """Delete a locked call request and count it; inside a transaction."""
    month, _ = ErasedRequests.objects.get_or_create(month=timezone.localdate().replace(day=1))
    ErasedRequests.objects.filter(pk=month.pk).update(
        count=F("count") + 1, called=F("called") + int(call_request.is_done)
    )
    kind = ContentType.objects.get_for_model(CallRequest)
    LogEntry.objects.filter(content_type=kind, object_id=call_request.pk).delete()
    note_erased(call_request.form_digest)
    call_request.delete()
    after_erasure()
