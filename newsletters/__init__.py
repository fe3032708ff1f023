"""The newsletter: issues, subscribers, sending, and the contact form."""
