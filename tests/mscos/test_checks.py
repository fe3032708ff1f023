"""A wrong setting stops the start with a sentence that says what to do."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from mscos.checks import check_settings
from mscos.secret_files import secret

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize(
    ("name", "value", "number"),
    [
        ("LEAVE_URL", "http://weather.example/", "E001"),
        ("LEAVE_URL", "weather", "E001"),
        ("WEB_PROCESSES", 2, "E002"),
        ("TRUSTED_PROXIES", -1, "E003"),
        ("REQUIRE_SECOND_FACTOR", False, "E004"),
        ("BOUNCE_ADDRESS", "bounces", "E005"),
        ("BOUNCE_ADDRESS", "bounces@", "E005"),
        ("BOUNCE_ADDRESS", "@example.org", "E005"),
        ("BOUNCE_ADDRESS", "Bounces <bounces@example.org>", "E005"),
        ("BOUNCE_ADDRESS", '"b b"@example.org', "E005"),
        ("BOUNCE_ADDRESS", f"{'b' * 50}@example.org", "E005"),  # no room for the tag of a delivery
        ("BOUNCE_MAILBOX", "/var/mail/bounces", "E006"),
        ("MAIL_PER_MINUTE", -1, "E007"),
        ("MAIL_LEASE", 0, "E008"),
        ("BACKUP_DAYS", 0, "E022"),
        ("EMAIL_TIMEOUT", 0, "E008"),
    ],
)
def test_settings_are_held_against_each_other(settings, name, value, number):
    assert check_settings() == []
    setattr(settings, name, value)
    assert [(problem.id, bool(problem.hint)) for problem in check_settings()] == [(f"mscos.{number}", True)]


def test_a_mailbox_for_mail_that_comes_back(settings):
    settings.BOUNCE_ADDRESS = "community+bounces@mail.example.org"
    settings.BOUNCE_MAILBOX = "/var/mail/bounces"
    settings.MAIL_PER_MINUTE, settings.MAIL_LEASE = 60, 3
    assert check_settings() == []


@pytest.mark.parametrize("secret", [None, "", "word", ":word", "word:"])
def test_without_a_secret_a_stranger_could_speak_for_the_mail_service(settings, secret):
    settings.EMAIL_SERVICE, settings.EMAIL_BACKEND = "postmark", "anymail.backends.postmark.EmailBackend"
    settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "word", "WEBHOOK_SECRET": "word:word"}
    assert check_settings() == []
    settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "word", **({} if secret is None else {"WEBHOOK_SECRET": secret})}
    assert [(problem.id, bool(problem.hint)) for problem in check_settings()] == [("mscos.E009", True)]


@pytest.mark.parametrize(("service", "told"), [("nobody", "ModuleNotFoundError"), ("postmark", "AnymailConfiguration")])
def test_a_mail_service_that_cannot_be_used_is_told(settings, service, told):
    settings.EMAIL_SERVICE, settings.EMAIL_BACKEND = service, f"anymail.backends.{service}.EmailBackend"
    settings.ANYMAIL = {"WEBHOOK_SECRET": "word:word"}
    [problem] = check_settings()
    assert (problem.id, bool(problem.hint)) == ("mscos.E010", True)
    assert problem.msg.startswith(f"EMAIL_SERVICE is '{service}', which cannot be used: {told}")


def test_many_processes_may_share_a_redis(settings):
    settings.WEB_PROCESSES = 4
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://x"}}
    assert check_settings() == []


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SITE_URL", "community.example.org", "The portal did not start. SITE_URL is 'community.example.org'."),
        ("SITE_URL", "https://example.org/path", "The portal did not start. SITE_URL is 'https://example.org/path'."),
        ("DATABASE_URL", "nonsense", "The portal did not start. DATABASE_URL"),
        ("DATABASE_URL", "mysql://localhost/x", "The portal did not start. DATABASE_URL"),
        ("CHECKING_DAYS", "soon", "The portal did not start. CHECKING_DAYS"),
        ("EMAIL_URL", "foo", "The portal did not start. EMAIL_URL names no way to send mail."),
        ("PORT", "99999", "The portal did not start. PORT is '99999'."),
        ("PORT", "abc", "The portal did not start. PORT is 'abc'."),
    ],
)
def test_a_setting_that_cannot_be_read_is_told_in_one_line(tmp_path, name, value, sentence):
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "mscos.settings", "VAR_DIR": str(tmp_path), name: value}
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 1
    assert done.stderr.startswith(sentence)
    assert len(done.stderr.splitlines()) == 1


def test_a_secret_is_made_once_and_only_its_owner_can_read_it(tmp_path):
    first = secret("CODE_KEY", tmp_path / "var")
    assert len(first) >= 48
    assert secret("CODE_KEY", tmp_path / "var") == first
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["code_key"]
    assert stat.S_IMODE((tmp_path / "var" / "code_key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "var").stat().st_mode) == 0o700


def test_the_environment_comes_before_the_file(tmp_path, monkeypatch):
    monkeypatch.setenv("CODE_KEY", "from the environment")
    assert secret("CODE_KEY", tmp_path) == "from the environment"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["EMAIL_SERVICE_SETTINGS", "EMAIL_URL"])
def test_a_setting_that_may_hold_a_secret_is_never_shown(name, monkeypatch):
    from mscos.settings import Environment

    monkeypatch.setenv(name, "token-abcdef")
    with pytest.raises(ImproperlyConfigured) as raised:
        Environment().get_value(name, cast=int)
    assert str(raised.value) == f"{name} cannot be read. It may hold a secret, so it is not shown."
