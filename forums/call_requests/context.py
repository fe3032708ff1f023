"""The template context of a requester's page, and the times of an offer."""

from typing import Any

from events.times import LONDON, Clock, clock
from forums.call_requests.forms import CommandForm
from forums.models import CallOffer, CallRequest
from mscos.row_description import describe_row, in_words

# Summed up in one sentence of the page: nothing of it was typed by the requester, and some could alarm an onlooker.
HIDDEN_COLUMNS = ("code", "code_digest", "form_digest", "urgent", "handler", "state")


def request_context(
    call_request: CallRequest, code: str, form: CommandForm | None = None, done: str = ""
) -> dict[str, Any]:
    """Return all that the page of a call request shows its requester, decrypted."""
    return {
        "call_request": call_request,
        "code": code,
        "form": form or CommandForm(),
        "reach": call_request.reach.reveal(),
        "done": done,
        "offers": [(offer, offer_on_clocks(offer, call_request)) for offer in call_request.offers.all()],
        "conversation": [(message, message.body.reveal()) for message in call_request.messages.all()],
        "stored_data": [
            (name, in_words(value))
            for name, value in describe_row(call_request, leave_out=HIDDEN_COLUMNS)
            if value not in {None, ""}
        ],
        "disclosures": call_request.disclosures.values_list("day", flat=True).distinct().order_by("day")
        if call_request.way
        else [],
    }


def offer_on_clocks(offer: CallOffer, call_request: CallRequest) -> list[Clock]:
    """Return when an offered call begins, in the requester's time zone and the team's, with the offsets of that day."""
    zones = dict.fromkeys([call_request.zone, LONDON])
    return [clock(offer.starts, offer.starts, zone) for zone in zones]
