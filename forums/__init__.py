"""Forums, calls for views, threads, anonymous voices, posts and their moderation."""
