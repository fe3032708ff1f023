"""The admin of the forums, and of requests for a call."""

from forums.admin import forums, posts
from forums.call_requests import admin as call_requests

__all__ = ["call_requests", "forums", "posts"]
