"""A site on more than one machine, under readers and writers, while its processes are killed: `python -m tests.load`."""
