"""A process that ignores SIGTERM, and a child of it that does so too and listens on a port."""

import signal
import socket
import subprocess
import sys

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if sys.argv[1:]:
        listening = socket.create_server(("127.0.0.1", int(sys.argv[1])))
        subprocess.run(
            [sys.executable, "-m", "tests.ignores_sigterm"], pass_fds=[listening.fileno()], check=True, timeout=300
        )
    signal.pause()
