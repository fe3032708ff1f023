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

STOPS_WITHIN = 25  # seconds, after which a process that still answers is killed: more than READ_TIMEOUT
STARTS_WITHIN = 10  # seconds in which a new process is listening, after which the one that it replaces ends
MAX_HEAD_BYTES = 16 * 1024  # bytes of a request's line and headers: more are no reader's


class Command(StartCommand):
    """Serves until told to stop by SIGTERM or SIGINT; what arrived is answered first. SIGHUP: with new processes."""

    help = "Serve the portal on HOST and PORT, with WEB_CONCURRENCY processes of WEB_THREADS threads."

    def handle(self, *args: Any, **options: Any) -> None:
        """Start the server."""
        check_port()  # granian's processes share a port, also with those of a second start
        check_all()
        set_start_method("spawn")  # a new process has the code of now, where a fork would have that of the start
        Server(
            "mscos.processes.rsgi:application",
            address=settings.HOST,
            port=int(settings.PORT),
            interface=Interfaces.RSGI,
            http=HTTPModes.http1,
            websockets=False,
            workers=settings.WEB_PROCESSES,
            respawn_failed_workers=True,
            respawn_interval=STARTS_WITHIN,
            workers_kill_timeout=STOPS_WITHIN,
            http1_settings=HTTP1Settings(
                header_read_timeout=settings.READ_TIMEOUT * 1000, max_buffer_size=MAX_HEAD_BYTES
            ),
            log_level=LogLevels.warning,
            log_dictconfig=settings.LOGGING,
        ).serve()
