"""Outgoing mail: rendered by `messages.py`, stored by `queue.py`, sent by `worker.py` through `transports.py`."""
