"""The lock on a call request."""

from forums.models import CallRequest


def lock_call_request(call_request: CallRequest) -> CallRequest:
    """Return a call request as it is now, locked to the end of the transaction.

    Raises CallRequest.DoesNotExist where it was erased meanwhile.
    """
    return CallRequest.objects.select_for_update(of=("self",)).select_related("handler").get(pk=call_request.pk)
