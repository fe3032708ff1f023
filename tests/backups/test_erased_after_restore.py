"""A restore repeats the erasures that came after the backup, whoever erased and however."""

import gzip

import pytest

from tests.backups.helpers import installation
from tests.privacy.test_redaction_bytes import MARK

pytestmark = pytest.mark.django_db

PLAY = "from tests.backups.erasure_scenarios import play; play('')"
STATES = """
from forums.models import CallRequest, Post, Thread
from newsletters.models import SuppressedAddress, Subscriber
from outcomes.models import Quotation
from mscos.models import User
from tests.backups.erasure_scenarios import KEPT
print(Post.objects.filter(body=KEPT).count(), Thread.objects.filter(title="A title that stays").count())
print(sorted(Subscriber.objects.values_list("email", "name")), SuppressedAddress.objects.count(), CallRequest.objects.count())
print(list(User.objects.values_list("display_name", flat=True)), Quotation.objects.exclude(withdrawn_on=None).count())
print([(request.contact.token, bool(request.topic.token)) for request in CallRequest.objects.exclude(contact_erased_on=None)])
"""


@pytest.fixture
def erased(tmp_path):
    """An installation where everything was erased after its backup."""
    with installation(tmp_path / "erased", empty=False) as made:
        made.shell(PLAY)
        yield made


def test_nothing_that_was_erased_comes_back_and_the_rest_does(erased, tmp_path):
    folder = erased.folder / "backups"
    [path] = folder.glob("portal-*")
    contents, noted = gzip.decompress(path.read_bytes()).decode(), folder / "erasures.csv"
    assert contents.lower().count(MARK.lower()) > 30
    assert MARK.lower() not in "\n".join(erased.lines()).lower()
    with installation(tmp_path / "restored", empty=True) as restored:
        said = restored.run_successfully("restore", str(path), "--erasures", str(noted))
        count = int(said.partition("after the backup: ")[2].partition(".")[0])
        assert count > 20
        left = [line for line in restored.lines() if MARK.lower() in line.lower()]
        assert left == []
        assert restored.shell(STATES).splitlines() == [
            "2 1",
            "[('named@example.org', '')] 0 1",
            "['Sam'] 1",
            "[('', True)]",
        ]
        # Older backups may be restored another day: what was noted is in the restored database too.
        assert set(noted.read_text().splitlines()[1:]) <= set(restored.shell(NOTED).splitlines())


NOTED = """
from mscos.models import Erasure
for row in Erasure.objects.values_list("key", "day", "table", "row", "became"): print(",".join(map(str, row)))
"""
