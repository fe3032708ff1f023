"""`manage.py check_background_work`: it reports late mail and jobs, and names nobody."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from mscos.models import Job, QueuedEmail

pytestmark = pytest.mark.django_db


def minutes_ago(minutes):
    return timezone.now() - timedelta(minutes=minutes)


def test_all_is_well_on_a_site_that_keeps_up():
    Job.objects.create(name="a", due_at=minutes_ago(29))
    QueuedEmail.objects.create(encrypted="a", due_at=minutes_ago(29), attempts=3)
    assert call_command("check_background_work") is None


def test_what_is_stuck_is_counted():
    Job.objects.create(name="a", due_at=minutes_ago(31))
    QueuedEmail.objects.create(encrypted="a", due_at=minutes_ago(31))
    QueuedEmail.objects.create(encrypted="b", due_at=minutes_ago(-60), attempts=4)
    QueuedEmail.objects.create(encrypted="c", due_at=minutes_ago(-60), attempts=5)
    with pytest.raises(CommandError) as error:
        call_command("check_background_work")
    assert str(error.value).splitlines() == [
        "1 jobs are more than 30 minutes late. Is the background worker running?",
        "1 mails are more than 30 minutes late. Is the background worker running?",
        "2 mails were not taken at four tries or more. Does the mail server answer?",
    ]
