"""`manage.py reseal`: seal everything with the newest key."""

from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from mscos.resealing import count_rows, reseal


class Command(BaseCommand):
    """Takes the seals one by one, with a bar; the site may run meanwhile, and the command may be run again."""

    help = (
        "Seal what is stored with the first key of FIELD_KEY. Afterwards the older keys can be taken out, after a week."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Seal anew, and tell how much."""
        with tqdm(total=count_rows(), unit=" rows", disable=None) as bar:
            done = reseal(progress=bar.update)
        self.stdout.write(f"{done.renewed:,} seals made anew.")
        if done.lost:
            self.stdout.write(
                f"{done.lost:,} seals were left: no key in FIELD_KEY opens them. Add the key that sealed them, and run this again."
            )
