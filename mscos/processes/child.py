"""`python -m mscos.processes.child MODULE …`: runs a module, and stops it when the parent process is gone.

The parent keeps the other end of standard input open and never writes. To stop the module it closes that end; if the
parent ends, in whatever way, the system closes it.
"""

import os
import runpy
import signal
import sys
import threading

from mscos.redacting_logs import redact_uncaught_exceptions


def _stop_with_parent() -> None:
    os.read(sys.stdin.fileno(), 1)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    redact_uncaught_exceptions()
    threading.Thread(target=_stop_with_parent, daemon=True).start()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
