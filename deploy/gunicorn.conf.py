"""How gunicorn serves the portal. It keeps no access log, and its own log names no address."""

import os
import subprocess
import sys
from pathlib import Path

from gunicorn import glogging

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
# One process with threads counts limits in its own memory; several processes need CACHE_URL (mscos/checks/site.py).
workers = int(os.environ.get("WEB_CONCURRENCY", "1"))
threads = int(os.environ.get("WEB_THREADS", "8"))
worker_class = "gthread"
timeout = 60
graceful_timeout = 20
# No max_requests: a worker that starts anew forgets its limits, and whoever sends many requests could ask for that.
accesslog = None
loglevel = "warning"
# A request line or header longer than these is no reader's.
limit_request_line = 4094
limit_request_field_size = 8190
# No header of a request may change where the portal thinks it is mounted.
forwarder_headers = ""
umask = 0o077  # what the portal writes is its own to read


class QuietLogger(glogging.Logger):
    """Leaves out the lines that name an address, such as 'Invalid request from ip=…', and the minutes of the others."""

    datefmt = "[%Y-%m-%d %Hh]"

    def warning(self, msg, *args, **kwargs):
        """Log a warning, unless it is about one visitor's request."""
        if "ip=" not in str(msg):
            super().warning(msg, *args, **kwargs)


logger_class = QuietLogger


def on_starting(server):
    """Refuse to start in one sentence.

    In a process of its own: with the portal's code in this one, a reload (HUP) would go on with the old code.
    """
    manage = Path(__file__).resolve().parent.parent / "manage.py"
    try:
        code = subprocess.call([sys.executable, str(manage), "check_start"])  # noqa: S603  our own command
    except KeyboardInterrupt:
        code = 1
    if code:
        sys.exit(1)
