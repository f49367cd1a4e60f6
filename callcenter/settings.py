"""Settings of callcenter: one file, read from the environment, safe by default."""

from pathlib import Path

import pghistory
import pgtrigger
from environs import Env

env = Env()

BASE_DIR = Path(__file__).resolve().parent.parent
DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1"])

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "django_filters",
    "pghistory",
    "pgtrigger",
    "callcenter.core",
    "callcenter.outbox",
    "callcenter.accounts",
    "callcenter.properties",
    "callcenter.calls",
    "callcenter.imports",
    "callcenter.desk",
    "callcenter.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "callcenter.urls"
WSGI_APPLICATION = "callcenter.wsgi.application"

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
            ],
        },
    },
]

# The app signs in as a role that owns no table; `manage.py migrate` uses the owner's.
DATABASE_URL = env.str("DATABASE_URL", "postgres:///callcenter")
DATABASES = {"default": env.dj_db_url("DATABASE_URL", "postgres:///callcenter")}
MIGRATE_DATABASE = env.dj_db_url("MIGRATE_DATABASE_URL", DATABASE_URL)
APP_DATABASE_ROLE = DATABASES["default"].get("USER") or "callcenter"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]

# Audit: one statement-level trigger per table, the actor kept in the event row itself, so that
# an event costs no second row and a COPY of a chunk costs one INSERT .. SELECT.
PGHISTORY_LEVEL = pgtrigger.Statement
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
PGHISTORY_CONTEXT_ID_FIELD = pghistory.ContextUUIDField()
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)

# The e-mail address is unique without regard to case, by constraint `user_email_without_case`.
SILENCED_SYSTEM_CHECKS = ["auth.E003", "auth.W004"]
