"""Settings of callcenter: one file, read from the environment, safe by default."""

import logging
from datetime import timedelta
from pathlib import Path

import pghistory
import pgtrigger
from django.utils.csp import CSP
from environs import Env

from callcenter.core.live import origin_of
from callcenter.core.logs import logging_config
from callcenter.core.mail import mailer

env = Env()

BASE_DIR = Path(__file__).resolve().parent.parent
DEBUG = env.bool("DEBUG", False)
# Served over plain http on this machine only (demo, development): no TLS is expected.
LOCAL = env.bool("LOCAL", DEBUG)
SECRET_KEY = env.str("SECRET_KEY", "")
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1"] if DEBUG else [])
BASE_URL = env.str("BASE_URL", "http://localhost:8000")  # absolute links come from here (B-30)

INSTALLED_APPS = [
    "callcenter.properties.admin_config.DeskAdminConfig",  # django.contrib.admin
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django_htmx",
    "django_filters",
    "django_structlog",
    "axes",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "pghistory",
    "pgtrigger",
    "callcenter.core",
    "callcenter.outbox",
    "callcenter.accounts",
    "callcenter.properties",
    "callcenter.telephony",
    "callcenter.calls",
    "callcenter.escalations",
    "callcenter.imports",
    "callcenter.desk",
    "callcenter.demo",
    "callcenter.stream",
]

INSTALLED_APPS += env.list("EXTRA_APPS", [])  # for tools of development

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "callcenter.core.middleware.RequestLogMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "callcenter.api.middleware.ApiMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "callcenter.accounts.sessions.SessionLimitsMiddleware",
    "callcenter.properties.middleware.PrincipalMiddleware",
    "callcenter.accounts.sessions.SignInRequiredMiddleware",
    "callcenter.properties.middleware.ThresholdMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "callcenter.core.toasts.ToastMiddleware",
    "callcenter.core.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "callcenter.urls"
WSGI_APPLICATION = "callcenter.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["callcenter.core.templatetags.icons"],
            "context_processors": [
                "django.template.context_processors.csp",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "callcenter.core.toasts.for_pages",
                "callcenter.properties.locking.for_pages",
                "callcenter.desk.navigation.frame",
                "callcenter.core.live.for_pages",
            ],
        },
    },
]

# The app signs in as a role that owns no table; `manage.py migrate` uses the owner's.
DATABASE_URL = env.str("DATABASE_URL", "postgres:///callcenter")
DATABASES = {"default": env.dj_db_url("DATABASE_URL", DATABASE_URL)}
# `manage.py serve` gives each process a pool of this hard maximum; others hold one connection.
if DATABASE_POOL := env.int("DATABASE_POOL", 0):
    pool = {"min_size": 1, "max_size": DATABASE_POOL, "timeout": 2}
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = pool
# A few busy statements are prepared; switch it off behind a pooler that does not keep them.
if env.bool("DATABASE_PREPARES", True):
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("prepare_threshold", 5)
# LISTEN needs a direct connection, past any pooler.
LISTEN_DATABASE = env.dj_db_url("LISTEN_DATABASE_URL", DATABASE_URL)
MIGRATE_DATABASE = env.dj_db_url("MIGRATE_DATABASE_URL", DATABASE_URL)
APP_DATABASE_ROLE = DATABASES["default"].get("USER") or "callcenter"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

BROKER_URL = env.str("BROKER_URL", "redis://127.0.0.1:6379/0")

# Celery: the broker carries hints; what must happen is a row (design.md 7, safety.md 6).
CELERY_BROKER_URL = BROKER_URL
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, float] = (
    {
        "visibility_timeout": env.int("BROKER_VISIBILITY_SECONDS", 900),
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 1,
    }
    if BROKER_URL.startswith("redis")
    else {}
)
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_DEFAULT_QUEUE = "callcenter"
CELERY_TASK_DEFAULT_QUEUE_TYPE = "classic" if BROKER_URL.startswith("redis") else "quorum"
CELERY_TASK_SOFT_TIME_LIMIT = 300
CELERY_TASK_TIME_LIMIT = 360
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"  # in memory: no entry outlives a few seconds
SWEEP_SECONDS = env.float("SWEEP_SECONDS", 5)
POLL_SECONDS = env.float("POLL_SECONDS", 10)  # between two polls of a telephone system
LOOK_AHEAD_SECONDS = env.float("LOOK_AHEAD_SECONDS", 600)
OUTBOX_PATIENCE = timedelta(seconds=env.float("OUTBOX_PATIENCE_SECONDS", 20))
CELERY_BEAT_SCHEDULE: dict[str, dict[str, object]] = {
    "publish what is due": {
        "task": "outbox.sweep",
        "schedule": SWEEP_SECONDS,
        "options": {"expires": SWEEP_SECONDS},
    },
    "forget what was done": {"task": "outbox.prune", "schedule": 3600, "options": {"expires": 60}},
    "forget logins and answers": {
        "task": "accounts.prune",
        "schedule": 3600,
        "options": {"expires": 60},
    },
    "see to files that were left": {
        "task": "calls.sweep_attachments",
        "schedule": 3600,
        "options": {"expires": 60},
    },
    "end lost phone calls": {
        "task": "telephony.end_lost_calls",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "ask telephone systems": {
        "task": "telephony.poll",
        "schedule": SWEEP_SECONDS,
        "options": {"expires": SWEEP_SECONDS},
    },
    "forget old drafts": {"task": "calls.prune", "schedule": 3600, "options": {"expires": 60}},
    # asks often for what is done once a day, so that a beat that was down misses no night
    "look ahead to the next nights": {
        "task": "escalations.look_ahead",
        "schedule": LOOK_AHEAD_SECONDS,
        "options": {"expires": LOOK_AHEAD_SECONDS},
    },
}

# Hints that something changed come from a process of its own, `manage.py stream`, which the proxy
# serves below the same origin; "" where there is none, and pages only poll.
STREAM_URL = env.str("STREAM_URL", "" if DEBUG else "/stream/")
STREAMS_AT_MOST = env.int("STREAMS_AT_MOST", 2000)  # of the process
STREAMS_PER_PERSON = env.int("STREAMS_PER_PERSON", 10)  # one for each browser

# Uploaded files: outside every folder that is served, shared by web and workers (B-16).
IMPORT_DIRECTORY = env.path("IMPORT_DIRECTORY", BASE_DIR / ".data" / "imports")
IMPORT_MAX_BYTES = env.int("IMPORT_MAX_BYTES", 512_000_000)
# Files of calls stay: back this folder up with the database.
ATTACHMENT_DIRECTORY = env.path("ATTACHMENT_DIRECTORY", BASE_DIR / ".data" / "attachments")
ATTACHMENT_MAX_BYTES = env.int("ATTACHMENT_MAX_BYTES", 25 * 1024**2)  # of one file
ATTACHMENT_BYTES_PER_CALL = env.int("ATTACHMENT_BYTES_PER_CALL", 200 * 1024**2)
ATTACHMENTS_PER_CALL = env.int("ATTACHMENTS_PER_CALL", 50)

# Signing in. Accounts are global; what one may do comes from memberships (properties.access).
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "callcenter.properties.backends.DeskBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "callcenter.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # this login stays, the others end (B-34)
ACCOUNT_FORMS = {"login": "callcenter.accounts.forms.SignInForm"}
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_RATE_LIMITS = {  # ours is exact, see accounts.throttle (B-35)
    "login": "",
    "login_failed": "",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", 0)  # X-Forwarded-For is theirs (C11)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL
MFA_TOTP_ISSUER = "callcenter"
MFA_TOTP_TOLERANCE = 1  # a code may be one step (30 s) old or early: clocks and fingers differ
REQUIRE_MFA = env.bool("REQUIRE_MFA", not LOCAL)
MFA_FORMS = {
    "authenticate": "callcenter.accounts.codes.SignInCodeForm",
    "reauthenticate": "callcenter.accounts.codes.ConfirmCodeForm",
}
AXES_ENABLED = True
AXES_LOCK_OUT_AT_FAILURE = False  # axes keeps the record; the throttle is accounts.throttle
AXES_ENABLE_ACCESS_FAILURE_LOG = True
AXES_USERNAME_CALLABLE = "callcenter.accounts.throttle.typed_name"
AXES_CLIENT_IP_CALLABLE = "callcenter.accounts.throttle.client_address"
LOGIN_TRIES_PER_ACCOUNT = env.int("LOGIN_TRIES_PER_ACCOUNT", 10)
LOGIN_TRIES_PER_ADDRESS = env.int("LOGIN_TRIES_PER_ADDRESS", 200)
LOGIN_WINDOW = timedelta(minutes=env.int("LOGIN_WINDOW_MINUTES", 15))

# Credentials of other systems. Secrets are kept as HMACs under the first pepper and looked up
# under each; without peppers of their own the secret keys serve (B-39).
API_PEPPERS: list[str] = env.list("API_PEPPERS", [SECRET_KEY, *SECRET_KEY_FALLBACKS])
# Secrets with which we sign in elsewhere, sealed under the first key and read under each (B-57).
SEALING_KEYS: list[str] = env.list("SEALING_KEYS", [SECRET_KEY, *SECRET_KEY_FALLBACKS])
API_REQUESTS_PER_MINUTE = env.int("API_REQUESTS_PER_MINUTE", 600)  # of one credential
API_KEY_TRIES_PER_ADDRESS = env.int("API_KEY_TRIES_PER_ADDRESS", 200)  # unknown ones, in a window
API_MAX_BYTES = env.int("API_MAX_BYTES", 1_048_576)
API_MAX_DEPTH = 32
# Telephone systems on the inside that may be asked, as https://pbx.example:8443 (B-13)
UPSTREAM_INNER_ORIGINS: list[str] = env.list("UPSTREAM_INNER_ORIGINS", [])
ONEUPTIME_GET_WRITES = env.bool("ONEUPTIME_GET_WRITES", True)  # GET that updates and deletes
ONEUPTIME_ORIGINS: list[str] = env.list("ONEUPTIME_ORIGINS", [])  # whose pages may call it
VOIPNOW_TOKEN_IN_QUERY = env.bool("VOIPNOW_TOKEN_IN_QUERY", False)  # URLs end in logs
API_REQUEST_LOG_SECONDS = env.float("API_REQUEST_LOG_SECONDS", 1)  # lines are written so often

# Mail is optional: without EMAIL_URL an owner hands out one-time links.
EMAIL_URL = env.str("EMAIL_URL", "")
MAILERS = {"default": mailer(env.dj_email_url("EMAIL_URL"))} if EMAIL_URL else {}
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "callcenter@localhost")

# A login ends after 30 minutes without input and after 12 hours at the latest (B-42).
SESSION_IDLE = timedelta(minutes=env.int("SESSION_IDLE_MINUTES", 30))
SESSION_ABSOLUTE = timedelta(hours=env.int("SESSION_ABSOLUTE_HOURS", 12))
SESSION_COOKIE_AGE = int(SESSION_ABSOLUTE.total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = not LOCAL
SESSION_COOKIE_NAME = "sessionid" if LOCAL else "__Host-sessionid"
CSRF_FAILURE_VIEW = "callcenter.core.error_pages.csrf_failure"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = not LOCAL
CSRF_COOKIE_NAME = "csrftoken" if LOCAL else "__Host-csrftoken"

# Headers (B-23 to B-32).
SECURE_CSP: dict[str, list[str]] = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF, *filter(None, [origin_of(STREAM_URL)])],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", not LOCAL)
SECURE_HSTS_SECONDS = 0 if LOCAL else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = not LOCAL
SECURE_HSTS_PRELOAD = not LOCAL
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_TLS_PROXY", False) else None
)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_HANDLERS = [
    "callcenter.core.uploads.BoundedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

LANGUAGE_CODE = "en"
LOCALE_PATHS = [BASE_DIR / "callcenter" / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
STATIC_URL = "static/"
STATIC_ROOT = None if LOCAL else BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = LOCAL
STATIC_STORAGE = "django.contrib.staticfiles.storage.StaticFilesStorage"
if not LOCAL:
    STATIC_STORAGE = "whitenoise.storage.CompressedManifestStaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": STATIC_STORAGE},
}
LOGGING = logging_config(readable=LOCAL, level=env.str("LOG_LEVEL", "INFO"))
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = env.bool("TRUST_REQUEST_ID", False)
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_CELERY_ENABLED = True

# Audit: one statement-level trigger per table, the actor kept in the event row itself, so that
# an event costs no second row and a COPY of a chunk costs one INSERT .. SELECT.
PGHISTORY_LEVEL = pgtrigger.Statement
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
PGHISTORY_CONTEXT_ID_FIELD = pghistory.ContextUUIDField()
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)

# The e-mail address is unique without regard to case, by constraint `user_email_without_case`.
# Mail is optional, see MAILERS.
SILENCED_SYSTEM_CHECKS = ["auth.E003", "auth.W004", "mail.W001"]
