"""Settings from the environment, with safe defaults. `docs/settings.md` lists their names.

Each section begins with the URL of its documentation. A wrong value stops the start with a sentence, here or in
`mscos/checks/`.
"""

from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from mscos.environment import Environment
from mscos.secret_files import secret

env = Environment()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var"))).resolve()

# The site
SITE_NAME = "Community of Practice"
PORT = env.str("PORT", default="8000")
if not PORT.isdigit() or not 0 < int(PORT) < 2**16:
    raise ImproperlyConfigured(f"PORT is '{PORT}'. Set it to a number from 1 to 65535, like 8000.")
HOST = env.str("HOST", default="127.0.0.1")
# The web server: threads in each process, and seconds in which a request must have arrived.
WEB_THREADS = env.int("WEB_THREADS", default=4)
READ_TIMEOUT = env.int("READ_TIMEOUT", default=20)
SITE_URL = env.str("SITE_URL", default=f"http://127.0.0.1:{PORT}").rstrip("/")
SITE = urlsplit(SITE_URL)
if SITE.scheme not in {"http", "https"} or not SITE.hostname or SITE.path:
    raise ImproperlyConfigured(
        f"SITE_URL is '{SITE_URL}'. Set it to the address that readers use, like https://community.example.org"
    )
BEHIND_TLS = SITE.scheme == "https"
# A sample site fills an empty database with sample content; its accounts need no second factor.
SAMPLE_SITE = env.bool("SAMPLE_SITE", default=False)
# Where 'Leave this site' leads: a page that loads quickly and reveals nothing, such as a national weather page.
LEAVE_URL = env.str("LEAVE_URL", default="https://www.metoffice.gov.uk/")
CONTACT_EMAIL = env.str("CONTACT_EMAIL", default="mscos@kcl.ac.uk")
CHECKING_DAYS = env.int("CHECKING_DAYS", default=2)
ANSWER_DAYS = env.int("ANSWER_DAYS", default=5)  # working days in which the team answers a message
ENQUIRY_DAYS = env.int("ENQUIRY_DAYS", default=90)  # after which messages to the team are erased
# Requests for a call: days from the call until the contact details are erased, and from the request until all is.
CONTACT_DAYS = env.int("CONTACT_DAYS", default=7)
REQUEST_DAYS = env.int("REQUEST_DAYS", default=90)
# Checked against the helplines' own pages by an editor before launch and every quarter.
HELPLINES = [
    ("Modern Slavery & Exploitation Helpline", "08000 121 700", "24 hours, every day"),
    ("Salvation Army referral helpline", "0800 808 3733", "England and Wales, 24 hours, every day"),
]

# https://docs.djangoproject.com/en/5.2/topics/security/
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = secret("SECRET_KEY", VAR_DIR)
# Codes and encrypted fields have keys of their own, so that SECRET_KEY can be changed without losing either.
CODE_KEY = secret("CODE_KEY", VAR_DIR)
FIELD_KEY = secret("FIELD_KEY", VAR_DIR)
# Start although stored texts were encrypted with a key that is lost for good.
FIELD_KEY_LOST = env.bool("FIELD_KEY_LOST", default=False)
# Start although codes were made with a key that is lost for good.
CODE_KEY_LOST = env.bool("CODE_KEY_LOST", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[SITE.hostname])
# The number of our proxies, which append to X-Forwarded-For; 0 trusts no header.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)

# https://docs.djangoproject.com/en/5.2/ref/applications/
INSTALLED_APPS = [
    "mscos",
    "outcomes",
    "events",
    "forums",
    "newsletters",
    "mscos.admin_app.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",  # 20,000 rather than 20000
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",  # the templates of its widgets, which FORM_RENDERER needs
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "simple_history",
    "taggit",
]
MIDDLEWARE = [
    "mscos.health.local_probe",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "mscos.onion.onion_location",
    "mscos.middleware.isolation_headers",
    "mscos.middleware.utf_8_only",
    "mscos.middleware.LargeForms",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]
ROOT_URLCONF = "mscos.urls"
WSGI_APPLICATION = "mscos.wsgi.application"
APPEND_SLASH = True

# https://docs.djangoproject.com/en/5.2/topics/templates/
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mscos.context_processors.site",
            ],
        },
    },
]
FORM_RENDERER = "mscos.forms.PortalRenderer"

# https://docs.djangoproject.com/en/5.2/ref/databases/
if env.address_scheme("DATABASE_URL", "sqlite:") not in {"sqlite", "postgres", "postgresql"}:
    raise ImproperlyConfigured(
        "DATABASE_URL names no database that the portal knows. Set it to postgres://user:password@host/name, or leave it "
        "unset: the portal then keeps its data in an SQLite file."
    )
DATABASES = {"default": env.address(env.db, "DATABASE_URL", f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")}
# `manage.py backup` writes here, encrypted to a recipient of age or gpg if one is given, and deletes what is older.
BACKUP_DIR = env.str("BACKUP_DIR", default=str(VAR_DIR / "backups"))
BACKUP_DAYS = env.int("BACKUP_DAYS", default=30)
BACKUP_RECIPIENT = env.str("BACKUP_RECIPIENT", default="")
# Models whose words can be erased while the row stays, each with its `ErasureRule` for a restore.
ERASURE_RULES = {
    "forums.CallRequest": "forums.restore_erasures.CALL_REQUEST",
    "forums.Post": "forums.restore_erasures.POST",
    "forums.Thread": "forums.restore_erasures.THREAD",
    "newsletters.Subscriber": "newsletters.subscribers.subscriptions.WORDS",
    "outcomes.Quotation": "outcomes.actions.WORDS",
}
# Functions without arguments that run at the end of a restore.
AFTER_RESTORE = ["newsletters.sending.mailings.pause_after_restore"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # secure_delete overwrites deleted content with zeros. The rest is in mscos/sqlite_files.py.
        "init_command": "PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;",
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["OPTIONS"] = {
        # Seconds to wait for a server that does not answer, while connecting and on a connection that broke silently.
        "connect_timeout": 3,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,  # milliseconds
        **DATABASES["default"].get("OPTIONS", {}),
        # Each request waits `timeout` seconds for a connection. After `reconnect_timeout` the pool gives up, so that
        # the next request tries at once: otherwise the pauses grow to minutes, and the site stays down after the
        # database is back.
        "pool": {"min_size": 1, "max_size": 10, "timeout": 2, "reconnect_timeout": 2},
    }

# https://docs.djangoproject.com/en/5.2/topics/cache/
# In memory only: what the limits count is never on a disk. More than one web process needs CACHE_URL
# (mscos/checks/site.py).
WEB_PROCESSES = env.int("WEB_CONCURRENCY", default=1)
if env.address_scheme("CACHE_URL", "locmemcache:") not in {"locmemcache", "redis", "rediss"}:
    raise ImproperlyConfigured(
        "CACHE_URL names no cache that the portal may use: what it counts must not lie on a disk. Set it to "
        "redis://host:6379/0, for Redis or Valkey, or leave it unset."
    )
CACHES = {"default": env.address(env.cache, "CACHE_URL", "locmemcache://portal")}
if "locmem" in CACHES["default"]["BACKEND"]:
    # With the default of 300 entries, anybody with a few hundred IP addresses could evict the count of a used-up limit.
    CACHES["default"]["OPTIONS"] = {"MAX_ENTRIES": 100_000}
else:  # seconds until a server that does not answer counts as away
    CACHES["default"]["OPTIONS"] = {
        "socket_connect_timeout": 1,
        "socket_timeout": 1,
        **CACHES["default"].get("OPTIONS", {}),
    }

# https://docs.djangoproject.com/en/5.2/topics/http/sessions/ and https://docs.djangoproject.com/en/5.2/ref/csrf/
SESSION_COOKIE_NAME = "__Host-session" if BEHIND_TLS else "session"
SESSION_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_AGE = 8 * 60 * 60  # a working day; nobody stays signed in on a shared device
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = "__Host-form" if BEHIND_TLS else "form"
CSRF_COOKIE_SECURE = BEHIND_TLS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_AGE = None  # until the browser closes: a cookie that stays for a year would prove a visit
CSRF_FAILURE_VIEW = "mscos.views.csrf_failure"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# https://docs.djangoproject.com/en/5.2/ref/middleware/#security-middleware
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = BEHIND_TLS and env.bool("HSTS_INCLUDE_SUBDOMAINS", default=False)
SECURE_SSL_REDIRECT = BEHIND_TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS and TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# The same site as a Tor onion service (deploy/tor/). tor and the proxy are on one machine, and Tor Browser treats http
# to an onion service as secure, cookies included: so the proxy sets X-Forwarded-Proto to https, and nothing else
# differs.
ONION_URL = env.str("ONION_URL", default="").rstrip("/")
if ONION_URL:
    ALLOWED_HOSTS.append(ONION_URL.removeprefix("http://"))
    CSRF_TRUSTED_ORIGINS.append(ONION_URL)

# https://django-csp.readthedocs.io/: nothing inline, nothing from other hosts
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# The largest request in bytes (mscos/middleware.py): the longest post takes 120 kB if each character takes twelve;
# staff import lists and calendars.
PUBLIC_FORM_BYTES = 200_000
STAFF_FORM_BYTES = 3 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = STAFF_FORM_BYTES
# No public form takes a file. One that is sent all the same stays in memory and is discarded.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]

# https://docs.djangoproject.com/en/5.2/topics/auth/ and https://docs.allauth.org/
AUTH_USER_MODEL = "mscos.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "display_name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account"
LOGOUT_REDIRECT_URL = "home"
REQUIRE_SECOND_FACTOR = env.bool("REQUIRE_SECOND_FACTOR", default=not SAMPLE_SITE)
ACCOUNT_ADAPTER = "mscos.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody may have mail sent to the address of somebody else
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_RATE_LIMITS = {"login_failed": "10/15m/ip,5/15m/key", "reset_password": "20/15m/ip,5/15m/key"}
ACCOUNT_EMAIL_NOTIFICATIONS = False  # allauth's notices contain an IP address and a user agent
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 3
ACCOUNT_FORMS = {
    "login": "mscos.accounts.forms.SignInForm",
    "reset_password": "mscos.accounts.forms.ForgottenPasswordForm",
    "reset_password_from_key": "mscos.accounts.forms.NewPasswordForm",
    "change_password": "mscos.accounts.forms.ChangePasswordForm",
    "reauthenticate": "mscos.accounts.forms.ReauthenticateByPasswordForm",
}
PASSWORD_RESET_TIMEOUT = 60 * 60
MFA_ADAPTER = "mscos.accounts.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = SITE_NAME  # shown in an authenticator app: neutral
# A used code is stored for one period, in the cache that all web processes share; a code that is valid for longer could
# be used twice.
MFA_TOTP_TOLERANCE = 0
MFA_FORMS = {
    "authenticate": "mscos.accounts.forms.SecondFactorForm",
    "reauthenticate": "mscos.accounts.forms.ReauthenticateByCodeForm",
    "activate_totp": "mscos.accounts.forms.ActivateTotpForm",
}

# https://docs.djangoproject.com/en/5.2/topics/email/
# Without EMAIL_URL mail is written to files in var/mail.
if env.address_scheme("EMAIL_URL", "filemail:") not in env.EMAIL_SCHEMES:
    raise ImproperlyConfigured(
        "EMAIL_URL names no way to send mail. Set it to smtp+tls://user:password@host:587, or leave it unset: mail then "
        "goes to files in var/mail."
    )
vars().update(env.address(env.email, "EMAIL_URL", "filemail://"))
EMAIL_FILE_PATH = str(VAR_DIR / "mail")
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=20)  # seconds that the mail server may take for an answer
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"{SITE_NAME} <community@{SITE.hostname}>")
FROM_ADDRESS = parseaddr(DEFAULT_FROM_EMAIL)[1]
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# The queues of mail, the most urgent first: functions that take a mscos.mail.worker.MailWorker.
MAIL_QUEUES = ["mscos.mail.queue.send_due", "newsletters.sending.delivery.send_due"]
MAIL_PER_MINUTE = env.int("MAIL_PER_MINUTE", default=0)  # for the whole site, all workers together; 0 is no limit
MAIL_LEASE = env.int("MAIL_LEASE", default=300)  # seconds after which a silent worker counts as killed
# Send a mail again, with the same Message-ID, if the connection broke before the server confirmed it.
RESEND_UNCERTAIN = env.bool("RESEND_UNCERTAIN", default=True)

# The address for bounces, to which each delivery adds a plus sign and a tag; '' for the sender's. The background worker
# reads them from BOUNCE_MAILBOX, a Maildir folder or an mbox file.
BOUNCE_ADDRESS = env.str("BOUNCE_ADDRESS", default="")
BOUNCE_MAILBOX = env.str("BOUNCE_MAILBOX", default="")
# https://anymail.dev/: the API of a mail service, such as 'postmark', instead of SMTP, with its settings.
EMAIL_SERVICE = env.str("EMAIL_SERVICE", default="")
if EMAIL_SERVICE:
    INSTALLED_APPS.append("anymail")
    EMAIL_BACKEND = f"anymail.backends.{EMAIL_SERVICE}.EmailBackend"
    # Ignore what a service does not support, such as an address for bounces.
    ANYMAIL = {"IGNORE_UNSUPPORTED_FEATURES": True, **env.dict("EMAIL_SERVICE_SETTINGS", default={})}

# https://docs.djangoproject.com/en/5.2/topics/i18n/
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
FORMAT_MODULE_PATH = ["mscos.formats"]

# https://docs.djangoproject.com/en/5.2/ref/contrib/staticfiles/ and https://whitenoise.readthedocs.io/
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}

# https://docs.djangoproject.com/en/5.2/topics/logging/: no IP addresses, no exception messages, the hour only
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"redacting": {"()": "mscos.redacting_logs.RedactingFormatter"}},
    # `mscos.unavailable` logs one line an hour while a service is away: a line for each request would be an access log.
    "filters": {"not_503": {"()": "mscos.redacting_logs.NotUnavailable"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "redacting"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"level": "WARNING"},  # by the root logger's handler, not by Django's own
        # A line for each 404 or 403 would be half an access log.
        "django.request": {"level": "ERROR", "filters": ["not_503"]},
        # Logs the Host header and the path of each refused form.
        "django.security": {"level": "CRITICAL"},
        # Logs the database's address at each attempt to connect.
        "psycopg.pool": {"level": "ERROR"},
    },
}
DEFAULT_EXCEPTION_REPORTER_FILTER = "mscos.redacting_logs.RedactingReporterFilter"

# The jobs of the background worker, functions without arguments, and their intervals in seconds.
JOBS = {
    "mscos.jobs.clear_expired_sessions": 60 * 60,
    "mscos.erasure.overwrite_freed_pages": 10 * 60,
    "mscos.erasure.free_dead_rows": 10 * 60,
    "mscos.backups.erasures.write_list": 60,
    "mscos.backups.erasures.delete_old_entries": 24 * 60 * 60,
    "events.suggestions.erase_old_suggestions": 24 * 60 * 60,
    "events.emails.notify_editors": 24 * 60 * 60,
    "forums.writer_actions.erase_refused_posts": 6 * 60 * 60,
    "forums.call_requests.erasure.erase_old_requests": 6 * 60 * 60,
    "forums.moderation.reports.erase_old_reports": 24 * 60 * 60,
    "forums.emails.notify_call_handlers": 6 * 60 * 60,
    "forums.emails.notify_moderators": 24 * 60 * 60,
    "newsletters.subscribers.subscriptions.erase_unconfirmed": 24 * 60 * 60,
    "newsletters.subscribers.enquiries.erase_old_enquiries": 24 * 60 * 60,
    "newsletters.emails.notify_editors": 24 * 60 * 60,
    "newsletters.preflight.link_check.check_links": 10 * 60,
    "newsletters.sending.mailings.send_scheduled": 30,
    "newsletters.sending.bounces.read_bounces": 10 * 60,
}

TAGGIT_CASE_INSENSITIVE = True
TAGGIT_STRIP_UNICODE_WHEN_SLUGIFYING = True
