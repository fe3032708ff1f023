"""`python -m tests.recorded_processes`: `manage.py`, with a record in VAR_DIR of the processes that it starts."""

import os
import sys
from pathlib import Path

from django.core.management import execute_from_command_line

from mscos.processes import supervisor

NAME = "started"
start = supervisor.start


def start_and_record(command):
    running = start(command)
    with Path(os.environ["VAR_DIR"], NAME).open("a") as file:
        file.write(f"{command[-1]} {running.pid}\n")
    return running


def started(folder):
    """Return the newest process id for the last word of each command."""
    lines = (line.split() for line in (folder / NAME).read_text().splitlines())
    return {name: int(number) for name, number in lines}


if __name__ == "__main__":
    supervisor.start = start_and_record
    execute_from_command_line(["manage.py", *sys.argv[1:]])
