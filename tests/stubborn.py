"""A process that takes no notice of being told to stop, and one that it started."""

import signal
import subprocess
import sys

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    subprocess.run([sys.executable, "-c", "import signal; signal.pause()"], check=True)
