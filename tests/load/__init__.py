"""A load test of a site with several processes, which are killed meanwhile: `python -m tests.load`."""
