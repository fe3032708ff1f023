"""Public forms of the forums: posts, codes, messages, and filters of lists. A form stores nothing."""
