"""The start of the portal: what must be there first, and the sentence that says what is missing."""
