"""`manage.py serve`: the web process."""

from multiprocessing import set_start_method
from typing import Any

from django.conf import settings
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from mscos.startup.command import StartCommand
from mscos.startup.readiness import check_all, check_port

STOP_SECONDS = 25  # after which a process that still answers is killed: more than READ_TIMEOUT
START_SECONDS = 10  # in which a new process listens; then the process that it replaces ends
MAX_HEAD_BYTES = 16 * 1024  # of a request's line and headers; no browser sends more


class Command(StartCommand):
    """Serves until SIGTERM or SIGINT; requests that have arrived are answered first. SIGHUP replaces the processes."""

    help = "Serve the portal on HOST and PORT, with WEB_CONCURRENCY processes of WEB_THREADS threads."

    def handle(self, *args: Any, **options: Any) -> None:
        """Start the server."""
        check_port()  # granian would share the port with a second start
        check_all()
        set_start_method("spawn")  # a new process loads the current code; a fork would have the old
        Server(
            "mscos.processes.rsgi:application",
            address=settings.HOST,
            port=int(settings.PORT),
            interface=Interfaces.RSGI,
            http=HTTPModes.http1,
            websockets=False,
            workers=settings.WEB_PROCESSES,
            respawn_failed_workers=True,
            respawn_interval=START_SECONDS,
            workers_kill_timeout=STOP_SECONDS,
            http1_settings=HTTP1Settings(
                header_read_timeout=settings.READ_TIMEOUT * 1000, max_buffer_size=MAX_HEAD_BYTES
            ),
            log_level=LogLevels.warning,
            log_dictconfig=settings.LOGGING,
        ).serve()
