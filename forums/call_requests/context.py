"""The template context of a call request's page."""

from typing import Any

from events.times import LONDON, Clock, clock
from forums.call_requests.forms import CommandForm
from forums.models import CallOffer, CallRequest
from mscos.subject_access import describe_row, in_words

# What the page says in one sentence: it names nothing that its asker typed, and could alarm whoever looks on.
OURS = ("code", "code_digest", "form_digest", "urgent", "handler", "state")


def request_context(
    call_request: CallRequest, code: str, form: CommandForm | None = None, done: str = ""
) -> dict[str, Any]:
    """Return what the page of a request shows its asker: all of it, opened."""
    return {
        "call_request": call_request,
        "code": code,
        "form": form or CommandForm(),
        "reach": call_request.reach.reveal(),
        "done": done,
        "offers": [(offer, offer_on_clocks(offer, call_request)) for offer in call_request.offers.all()],
        "conversation": [(message, message.body.reveal()) for message in call_request.messages.all()],
        "held": [
            (name, in_words(value))
            for name, value in describe_row(call_request, leave_out=OURS)
            if value not in {None, ""}
        ],
        "disclosures": call_request.disclosures.values_list("day", flat=True).distinct().order_by("day")
        if call_request.way
        else [],
    }


def offer_on_clocks(offer: CallOffer, call_request: CallRequest) -> list[Clock]:
    """Return when a call would begin, on the asker's clocks and on the team's, each as it is on that very day."""
    zones = dict.fromkeys([call_request.zone, LONDON])
    return [clock(offer.starts, offer.starts, zone) for zone in zones]
