"""What the team sees of this room."""

from forums.admin import call_requests, forums, posts

__all__ = ["call_requests", "forums", "posts"]
