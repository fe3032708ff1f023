#!/usr/bin/env python
"""Django's command line, with a wrong setting told in one sentence instead of a traceback."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    """Run the command given on the command line."""
    os.umask(0o077)  # what the portal writes is its own to read
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mscos.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"The portal did not start. {error}")


if __name__ == "__main__":
    main()
