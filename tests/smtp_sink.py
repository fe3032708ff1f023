"""A mail server in a process of its own that takes all mail and keeps none, quicker than whoever sends: for `tests.bench`."""

import socketserver
import subprocess
import sys
from contextlib import contextmanager

ANSWERS = {
    b"EHLO": b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n",
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 bye\r\n",
}


@contextmanager
def smtp_sink():
    """Run it on a free port of this machine; yield the port."""
    running = subprocess.Popen([sys.executable, "-m", "tests.smtp_sink"], stdout=subprocess.PIPE)
    try:
        yield int(running.stdout.readline())
    finally:
        running.terminate()
        running.communicate(timeout=60)


class Line(socketserver.StreamRequestHandler):
    """One connection."""

    rbufsize = 2**16
    disable_nagle_algorithm = True

    def handle(self):
        self.wfile.write(b"220 sink\r\n")
        while command := self.rfile.readline()[:4].upper():
            self.wfile.write(ANSWERS.get(command, b"250 ok\r\n"))
            if command == b"DATA":
                self.take()
            if command == b"QUIT":
                break

    def take(self):
        while self.rfile.readline() not in {b".\r\n", b""}:
            pass
        self.wfile.write(b"250 taken\r\n")


if __name__ == "__main__":
    socketserver.ThreadingTCPServer.daemon_threads = True
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Line) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()
