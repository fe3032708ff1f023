"""The limit on previews: enough for any writer, too few to keep the site busy."""

import pytest

from forums.models import Post
from forums.submission import PREVIEWS
from tests.forums.writing.helpers import NEW, typed_form

pytestmark = pytest.mark.django_db


def test_who_asks_for_very_many_previews_waits_and_keeps_the_text(client, forum):
    asked = [client.post(NEW, typed_form(preview="yes")) for _ in range(PREVIEWS.times)]
    assert {answer.status_code for answer in asked} == {200}
    refused = client.post(NEW, typed_form(preview="yes", body="Is there a quiet one?"))
    assert (refused.status_code, refused.context["form"]["body"].value()) == (429, "Is there a quiet one?")
    assert refused.context["form"].non_field_errors() == [
        "Too many tries. Nothing was lost. Wait 10 minutes, then send again."
    ]
    assert client.post(NEW, typed_form()).status_code == 200  # sending has a limit of its own
    assert Post.objects.count() == 1
