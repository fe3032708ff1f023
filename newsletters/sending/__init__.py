"""An issue on its way: `mailings.py` is what editors do with a sending, `delivery.py` what workers do; docs/mail.md."""
