"""Forums, consultations, threads, anonymous voices, posts and their moderation; call requests."""
