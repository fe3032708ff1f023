"""The core: settings, people, text, codes, privacy, limits, the work loop, and the pages that join all rooms."""
