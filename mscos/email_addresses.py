"""Email addresses, normalised to the form in which they are stored and mailed."""

from email_validator import EmailNotValidError, validate_email

MAX_LENGTH = 320  # characters, with the spaces around it; a longer text is no address, and costs time to parse
ENCODED = "=?"  # mail programs read '=?utf-8?q?name?=' as 'name' (RFC 2047): one address would have many spellings
WRONG_ADDRESS = "Enter an email address in the correct format, like name@example.com"


def mail_address(typed: str) -> str:
    """Return an address normalised: the domain in lower case and ASCII, the rest as typed, in NFC.

    Raises ValueError, with a sentence, for what is no address, and for one that not every mail server can reach: with
    letters outside ASCII before the @, or with an IP address after it. Whether the mailbox exists is not checked.
    """
    if len(typed) > MAX_LENGTH or ENCODED in typed:
        raise ValueError(WRONG_ADDRESS)
    try:
        found = validate_email(typed.strip(), check_deliverability=False, allow_smtputf8=False, allow_quoted_local=True)
    except EmailNotValidError as error:
        raise ValueError(WRONG_ADDRESS) from error
    return str(found.ascii_email)


def part_hidden(address: str) -> str:
    """Return an address masked, so that only its owner recognises it: 'n\u2026@example.org'."""
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}\u2026@{domain}"
