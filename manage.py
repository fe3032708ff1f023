#!/usr/bin/env python
"""Django's command line. Where the portal cannot start it prints a sentence instead of a traceback."""

import os
import sys

INTERRUPTED = 128 + 2  # the exit code of a command that Ctrl+C (signal 2) ended


def main() -> None:
    """Run the command given on the command line."""
    os.umask(0o077)  # only the portal's user may read its files
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mscos.settings")
    try:
        _run()
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped. Nothing is broken: run the same command again.\n")
        sys.exit(INTERRUPTED)


def _run() -> None:
    # Imported here, so that Ctrl+C during the imports prints no traceback either.
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from mscos.redacting_logs import redact_uncaught_exceptions
    from mscos.startup.error import StartError

    if not sys.stderr.isatty():  # then stderr is kept, in a file or a journal
        redact_uncaught_exceptions()
    try:
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, StartError) as error:
        sys.exit(f"The portal did not start. {error}")


if __name__ == "__main__":
    main()
