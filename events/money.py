"""Prices in words: 'Free', '£20', 'US$50', '¥5,000'."""

from decimal import Decimal

# Unambiguous for each dollar; other currencies have their ISO code after the number.
SIGNS = {"GBP": "£", "EUR": "€", "USD": "US$", "CAD": "CA$", "AUD": "A$", "NZD": "NZ$", "INR": "₹", "JPY": "¥"}
WITHOUT_CENTS = {"JPY", "KRW", "VND", "CLP", "ISK", "UGX", "XAF", "XOF"}  # ISO 4217: no smaller unit


def price_in_words(price: Decimal | None, currency: str) -> str:
    """Return a price with its currency; '' where it is unknown, 'Free' for 0. Whole amounts have no '.00'."""
    if price is None:
        return ""
    if price == 0:
        return "Free"
    whole = price == price.to_integral_value() or currency in WITHOUT_CENTS
    number = f"{price:,.0f}" if whole else f"{price:,.2f}"
    return f"{SIGNS[currency]}{number}" if currency in SIGNS else f"{number} {currency}"
