"""The core app: settings, accounts, text, codes, privacy, limits, mail, jobs, and the pages that join all apps."""
