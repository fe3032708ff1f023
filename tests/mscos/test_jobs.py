import threading
from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone

from mscos import jobs
from mscos.models import Job
from tests.concurrency import all_at_once

ran = []


def note_a_run():
    """A job for these tests."""
    ran.append(threading.get_ident())


def fail():
    """A job that fails."""
    raise ValueError("words of a row")


@pytest.fixture(autouse=True)
def one_job(settings):
    ran.clear()
    settings.JOBS = {f"{__name__}.note_a_run": 60}


@pytest.mark.django_db
def test_a_job_runs_at_once_then_when_its_interval_has_passed():
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False):
        assert jobs.run_due_jobs() == [f"{__name__}.note_a_run"]
        assert jobs.run_due_jobs() == []
    with time_machine.travel("2026-03-02T10:00:59Z", tick=False):
        assert jobs.run_due_jobs() == []
    with time_machine.travel("2026-03-02T10:01:00Z", tick=False):
        assert jobs.run_due_jobs() == [f"{__name__}.note_a_run"]
    assert len(ran) == 2


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_runs_a_job():
    Job.objects.create(name=f"{__name__}.note_a_run", due_at=timezone.now() - timedelta(seconds=1))
    all_at_once(*[jobs.run_due_jobs] * 4)
    assert len(ran) == 1


@pytest.mark.django_db
def test_a_job_that_fails_is_logged_and_does_not_stop_the_others(settings, caplog):
    settings.JOBS = {f"{__name__}.fail": 60, f"{__name__}.note_a_run": 60}
    assert jobs.run_due_jobs() == [f"{__name__}.note_a_run"]
    (record,) = [record for record in caplog.records if record.name == "mscos.jobs"]
    assert record.getMessage() == f"The job {__name__}.fail failed. It will be tried again within ten minutes."


@pytest.mark.django_db
@pytest.mark.parametrize(("interval", "wait"), [(86_400, 600), (60, 60)])
def test_a_job_that_fails_is_tried_again_after_ten_minutes_or_its_interval(settings, interval, wait):
    settings.JOBS = {f"{__name__}.fail": interval}
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False) as now:
        jobs.run_due_jobs()
        assert Job.objects.get().due_at - timezone.now() == timedelta(seconds=wait)
        now.shift(wait)
        settings.JOBS = {f"{__name__}.fail": interval, f"{__name__}.note_a_run": 60}
        jobs.run_due_jobs()
        assert Job.objects.get(name=f"{__name__}.fail").due_at > timezone.now()


@pytest.mark.django_db(transaction=True)  # the command lets go of connections, which a test's transaction would hold
def test_the_command_does_what_is_due_once():
    call_command("run_worker", "--once")
    assert len(ran) == 1


@pytest.mark.django_db
def test_sessions_past_their_end_are_deleted():
    for days in (-1, 1):
        end = timezone.now() + timedelta(days=days)
        Session.objects.create(session_key=f"key{days}", session_data="", expire_date=end)
    jobs.clear_expired_sessions()
    assert [session.session_key for session in Session.objects.all()] == ["key1"]
