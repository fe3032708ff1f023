"""Outgoing mail: `messages.py` renders it, `queue.py` stores it, `worker.py` sends it, `transports.py` speaks to the server."""
