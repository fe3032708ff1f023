"""What the team sees of this room."""

from forums.admin import forums, posts
from forums.call_requests import admin as call_requests

__all__ = ["call_requests", "forums", "posts"]
