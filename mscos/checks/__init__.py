"""Start-up checks: a wrong setting stops the start with a sentence that says what to do."""

from typing import Any

from django.core.checks import CheckMessage, register

from mscos.checks.jobs import job_problems
from mscos.checks.keys import key_problems
from mscos.checks.listening import listening_problems
from mscos.checks.mail import mail_problems
from mscos.checks.onion import onion_problems
from mscos.checks.site import site_problems


@register
def check_settings(**kwargs: Any) -> list[CheckMessage]:
    """Return what is wrong with the settings."""
    groups = (site_problems, listening_problems, key_problems, mail_problems, job_problems, onion_problems)
    return [problem for group in groups for problem in group()]
