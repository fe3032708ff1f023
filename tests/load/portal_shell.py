"""Functions that run in the portal's shell: they start a newsletter and print what was stored."""

import json
import re

from django.utils import timezone

from forums.models import Post
from mscos.models import User
from newsletters.models import Delivery, Mailing, Subscriber
from newsletters.models.people import new_token
from tests.bulk_rows import store
from tests.newsletters.sending import helpers as sending

WORDS = re.compile(r"Who knows ([a-z]{12})\?")  # as crowd.py writes it
NUMBER = 99  # no issue of the sample content has it


def send(readers):
    """Publish an issue to that many readers."""
    agreed = {"state": "confirmed", "consent_on": timezone.localdate(), "consent_wording": "Yes"}
    store(Subscriber, (Subscriber(email=f"r{n}@example.org", token=new_token(), **agreed) for n in range(readers)))
    sending.begin(User.objects.get(email="editor@example.org"), number=NUMBER)


def is_sent():
    """Print 'yes' once nothing of the issue is left to send."""
    print("yes" if Mailing.objects.get(issue__number=NUMBER).state == Mailing.State.DONE else "no")


def tell():
    """Print as JSON the words of each post, and each delivery's address, state and whether it was uncertain."""
    posts = [found[1] for body in Post.objects.values_list("body", flat=True) if (found := WORDS.search(body))]
    deliveries = Delivery.objects.filter(mailing__issue__number=NUMBER)
    print(
        json.dumps(
            {"posts": posts, "deliveries": list(deliveries.values_list("subscriber__email", "state", "doubted"))}
        )
    )
