"""`manage.py rotate_field_keys`: encrypt everything with the newest key."""

from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from mscos.key_rotation import count_rows, rotate_field_keys


class Command(BaseCommand):
    """Encrypts each text again, with a progress bar. The site may run meanwhile, and the command may be run again."""

    help = "Encrypt what is stored with the first key of FIELD_KEY. A week later the older keys can be taken out."

    def handle(self, *args: Any, **options: Any) -> None:
        """Encrypt again, and say how many texts."""
        with tqdm(total=count_rows(), unit=" rows", disable=None) as bar:
            done = rotate_field_keys(progress=bar.update)
        self.stdout.write(f"{done.renewed:,} texts were encrypted again.")
        if done.lost:
            self.stdout.write(
                f"{done.lost:,} texts were left as they are: no key in FIELD_KEY decrypts them. Add the key that encrypted them, and run this again."
            )
