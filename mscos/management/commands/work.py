"""`manage.py work`: the old name of `run_worker`, kept for one release."""

from mscos.management.commands.run_worker import Command

__all__ = ["Command"]
