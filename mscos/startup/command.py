"""The base of the commands that start something."""

from typing import Any

from django.core.checks import run_checks
from django.core.management.base import BaseCommand

from mscos.startup.error import StartError


class StartCommand(BaseCommand):
    """A command that does not run while a setting is wrong, and prints a line for each."""

    requires_system_checks = "__all__"

    def check(self, *args: Any, **options: Any) -> None:
        """Raise StartError with what is wrong and what to do, instead of Django's report for developers."""
        lines = [f"{problem.msg} {problem.hint or ''}".strip() for problem in run_checks() if problem.is_serious()]
        if lines:
            raise StartError("\n".join(lines))
