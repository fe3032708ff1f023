"""Every job that the settings name exists: a misspelt one would only log errors."""

import pytest
from django.core.checks import run_checks

from mscos.checks import check_settings

a_number = 60


def test_the_jobs_and_mail_rounds_of_the_settings_can_be_run(settings):
    assert len(settings.JOBS) > 10
    assert check_settings() == []


@pytest.mark.parametrize("setting", ["JOBS", "MAIL_QUEUES"])
@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("forums.writer_actions.erase_refused_psots", "ImportError"),
        ("forums.acitons.erase_refused_posts", "ModuleNotFoundError"),
        ("erase_refused_posts", "ImportError"),
        (f"{__name__}.a_number", "it is not a function"),
    ],
)
def test_a_misspelt_job_stops_the_start(settings, setting, path, reason):
    setattr(settings, setting, [*getattr(settings, setting), path])
    [problem] = [problem for problem in run_checks() if problem.id == "mscos.E021"]
    assert problem.msg.startswith(f"{setting} names '{path}', which cannot be run: {reason}")
    assert problem.is_serious()
    assert problem.hint == "Correct its spelling in mscos/settings.py, or take it out."
