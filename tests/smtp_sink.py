"""A mail server in a process of its own that takes all mail and stores none, for `tests.mail_bench`.

Like other servers it answers several commands in one packet (RFC 2920).
"""

import socketserver
import subprocess
import sys
from contextlib import contextmanager

LINE, CONTENT = b"\r\n", b"\r\n.\r\n"  # the end of a command, and of a mail
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
        running.communicate(timeout=10)


class Connection(socketserver.BaseRequestHandler):
    """One connection, until the client closes it."""

    def handle(self):
        self.request.sendall(b"220 sink\r\n")
        heard, end = b"", LINE
        while more := self.request.recv(2**16):
            heard += more
            answers = []
            while end in heard:
                said, _, heard = heard.partition(end)
                command = b"." if end == CONTENT else said[:4].upper()
                answers.append(ANSWERS.get(command, b"250 ok\r\n"))
                end = CONTENT if command == b"DATA" else LINE
            self.request.sendall(b"".join(answers))


if __name__ == "__main__":
    socketserver.ThreadingTCPServer.daemon_threads = True
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Connection) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()
