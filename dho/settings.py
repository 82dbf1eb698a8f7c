"""One settings file, driven by the environment. `script/server` sets every variable on a fresh machine."""

from datetime import timedelta
from pathlib import Path

from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvError

env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent


def required(name: str) -> str:
    """The variable's value, or a message that says which one is missing and where it is documented."""
    try:
        return env.str(name)
    except EnvError as error:
        message = f"Set {name} (see README.md, «Settings»). script/server makes it for you."
        raise ImproperlyConfigured(message) from error


PRODUCTION = env.bool("DHO_PRODUCTION", False)
SECRET_KEY = required("DHO_SECRET_KEY")
ENCRYPTION_KEYS = required("DHO_ENCRYPTION_KEYS").split(",")
BLIND_INDEX_KEY = required("DHO_BLIND_INDEX_KEY")
ALLOWED_HOSTS = env.list("DHO_ALLOWED_HOSTS", ["localhost", "127.0.0.1"])
BASE_URL = env.str("DHO_BASE_URL", "http://localhost:8000")
CSRF_TRUSTED_ORIGINS = [BASE_URL]
# How many of our own proxies stand in front: the caller's address is what the outermost of them saw.
TRUSTED_PROXIES = env.int("DHO_TRUSTED_PROXIES", 0)
# The check digits announced for 2032 are accepted only where a municipality has been told to (norway.md 4.6).
NATIONAL_ID_RELAXED_2032 = env.bool("DHO_NATIONAL_ID_RELAXED_2032", False)

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "drf_spectacular",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "allauth.idp.oidc",
    "axes",
    "csp",
    "pgtrigger",
    "dho",
    "audit",
    "organisations",
    "accounts",
    "patients",
    "measurements",
    "careplans",
    "alerts",
    "tablet",
]

MIDDLEWARE = [
    # First, so that every answer and log line has the request's number.
    "dho.lib.origin.OriginMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "dho.lib.outage.DatabaseOutageMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    # Before whatever may answer with a page of its own, so that the page is in the reader's language.
    "accounts.language_middleware.LanguageMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
    "accounts.session_middleware.SessionMiddleware",
    # Last: it opens the transaction in which the view runs, limited to the actor's municipalities.
    "accounts.middleware.ActorMiddleware",
]

ROOT_URLCONF = "dho.urls"
WSGI_APPLICATION = "dho.wsgi.application"

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

# Two roles: the owner migrates, the application runs as one that owns nothing (architecture section 6).
DATABASES = {"default": env.dj_db_url("DATABASE_URL", "postgres:///dho", conn_max_age=600)}
if env.str("DATABASE_URL", ""):
    DATABASES["owner"] = env.dj_db_url("DATABASE_OWNER_URL", "")
    if not env.str("DATABASE_OWNER_URL", ""):
        raise ImproperlyConfigured("Set DATABASE_OWNER_URL (the role that migrates) beside DATABASE_URL.")
    owner = DATABASES.pop("owner")
    if env.bool("DHO_AS_OWNER", False):
        DATABASES["default"] = owner
DATABASES["default"]["OPTIONS"] = {
    **DATABASES["default"].get("OPTIONS", {}),
    "connect_timeout": 3,
    "application_name": "dho",
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Cache and sessions stay in PostgreSQL, so that losing Valkey loses nothing but seconds.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "django_cache",
        # Codes of tablets and limits against guessing stand here too. At Django's 300 a crowd would push them out.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
# A session ends after this long without a page or an act, and after this long whatever happens (a working day).
SESSION_IDLE = timedelta(minutes=30)
SESSION_ABSOLUTE = timedelta(hours=9)
# Browsers ask for these by themselves, so asking for them is no sign that somebody sits there.
SESSION_QUIET_PATHS = {"/arbeidsko/liste/", "/okt/"}
SESSION_QUIET_PARAMETER = "selv"
SESSION_COOKIE_AGE = int(SESSION_ABSOLUTE.total_seconds())
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BASE_URL.startswith("https://")
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
if SESSION_COOKIE_SECURE and not TRUSTED_PROXIES:
    # Something in front speaks https for us; unless its addresses are read, all people come from one.
    raise ImproperlyConfigured("Set DHO_TRUSTED_PROXIES (see README.md, «Settings») beside an https DHO_BASE_URL.")
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SESSION_COOKIE_SECURE else None
SECURE_HSTS_SECONDS = 31_536_000 if SESSION_COOKIE_SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SESSION_COOKIE_SECURE
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Nothing of this is used; signing in with a passkey is, and stays allowed by not being named.
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: [] for feature in ("camera", "geolocation", "microphone", "payment", "usb", "serial", "display-capture")
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_HTTP_RESPONSE_CODE = 429
AXES_SENSITIVE_PARAMETERS = ["username", "password"]
AXES_VERBOSE = False
AXES_CLIENT_IP_CALLABLE = "dho.lib.origin.address_of"
AXES_USERNAME_CALLABLE = "accounts.adapters.username_tried"

# allauth: second factors and HelseID (docs/adr/0017-login.md). Only the views in accounts/urls.py are reachable.
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = {
    # A whole municipality may come from one address; axes holds each user name.
    "login": "100/5m/ip",
    # For one-time codes only: the password is asked for by a form of Django's, and axes counts it.
    "login_failed": "10/15m/key",
    "reauthenticate": "10/m/user",
}
MFA_ADAPTER = "accounts.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "DHO"
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SESSION_COOKIE_SECURE
MFA_RECOVERY_CODES_SHOW_ONCE = True
SOCIALACCOUNT_ADAPTER = "accounts.adapters.SocialAccountAdapter"
# Off while DHO_HELSEID_URL is unset. The key is a private JWK; only the demo's provider does without.
HELSEID_URL = env.str("DHO_HELSEID_URL", "")
HELSEID_KEY = env.str("DHO_HELSEID_KEY", "")
if HELSEID_URL and PRODUCTION and not HELSEID_KEY:
    raise ImproperlyConfigured("Set DHO_HELSEID_KEY (see README.md, «Settings») beside DHO_HELSEID_URL.")
HELSEID_SCOPES = [
    "openid",
    "helseid://scopes/identity/pid",
    "helseid://scopes/identity/security_level",
    "helseid://scopes/hpr/hpr_number",
]
# The same for patients and relatives (docs/adr/0019-citizens.md).
IDPORTEN_URL = env.str("DHO_IDPORTEN_URL", "")
IDPORTEN_KEY = env.str("DHO_IDPORTEN_KEY", "")
if IDPORTEN_URL and PRODUCTION and not IDPORTEN_KEY:
    raise ImproperlyConfigured("Set DHO_IDPORTEN_KEY (see README.md, «Settings») beside DHO_IDPORTEN_URL.")
IDPORTEN_SCOPES = ["openid", "profile"]
# What is asked for. That it was given, `accounts.idporten` checks itself.
IDPORTEN_PARAMETERS = {"acr_values": "idporten-loa-high", "ui_locales": "nb"}


def oidc_app(provider_id: str, name: str, url: str, key: str, client_id: str, scope: list[str], **more: object) -> dict:
    """A provider as allauth takes it. Both take signed assertions only; the demo's stand-ins want any secret at all."""
    common = {"server_url": url, "oauth_pkce_enabled": True, "fetch_userinfo": False, "scope": scope}
    return {
        "provider_id": provider_id,
        "name": name,
        "client_id": client_id or "dho",
        "secret": "" if key else "demo",
        "settings": {**common, **more},
    }


_helseid = oidc_app(
    "helseid", "HelseID", HELSEID_URL, HELSEID_KEY, env.str("DHO_HELSEID_CLIENT_ID", ""), HELSEID_SCOPES
)
_idporten = oidc_app(
    "idporten", "ID-porten", IDPORTEN_URL, IDPORTEN_KEY, env.str("DHO_IDPORTEN_CLIENT_ID", ""), IDPORTEN_SCOPES,
    auth_params=IDPORTEN_PARAMETERS,
)  # fmt: skip
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {"APPS": [app for app in (_helseid, _idporten) if app["settings"]["server_url"]]}
}

# OAuth for tablets and systems, by allauth (docs/adr/0020-pairing.md). Its own pages are not reachable; ours are.
IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN = 30 * 60
# A tablet may lie in a drawer for weeks. What ends its access is that somebody revokes it.
IDP_OIDC_REFRESH_TOKEN_EXPIRES_IN = None
IDP_OIDC_DEVICE_CODE_EXPIRES_IN = 10 * 60
IDP_OIDC_DEVICE_CODE_INTERVAL = 5
IDP_OIDC_RATE_LIMITS = {
    # A whole care home may stand behind one address, and a waiting tablet asks every five seconds.
    "device_code": "30/m/key",
    "token": "300/m/key",
    # Wrong codes and wrong secrets only.
    "user_code": "10/10m/user",
    "system_secret": "10/10m/key",
}
# The tablet's page locks itself when nobody touches it.
TABLET_IDLE = timedelta(minutes=10)

LANGUAGE_CODE = "nb"
# The message ids are the bokmål texts, so bokmål has no catalogue (ADR 21); English is for some pages only (ADR 28).
LANGUAGES = [("nb", "Bokmål"), ("nn", "Nynorsk"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = SESSION_COOKIE_SECURE
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
TIME_ZONE = "Europe/Oslo"
USE_TZ = USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [BASE_DIR / "dho" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    if PRODUCTION
    else {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = not PRODUCTION

# The largest batch is 500 readings of at most a few hundred bytes each.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["measurements.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["measurements.parsers.ExactJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "measurements.problems.problem_handler",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "DHO REST API",
    "DESCRIPTION": "Readings and questionnaire answers from a patient's tablet or device gateway.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "COMPONENT_SPLIT_REQUEST": True,
}

CELERY_BROKER_URL = env.str("REDIS_URL", "redis://localhost:6379/0")
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Longer than the longest task. The sweep, not redelivery, brings back what a killed worker held.
    "visibility_timeout": 600,
    # A frozen broker must give an error, not a hang (performance.md 3.2).
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "retry_on_timeout": False,
    # In the order the worker names them: fresh readings ("celery") before the sweep's pieces ("backlog").
    "queue_order_strategy": "priority",
}
# Only what may wait for the broker; the rest is the work of `manage.py watch`.
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "alerts.sweep", "schedule": 2.0, "options": {"expires": 10}},
    # By the clock, not 24 hours after a start: then a beat that is restarted every day would never come to them. The
    # clock is never put forward or back at these times.
    "invariants": {"task": "alerts.check_invariants", "schedule": crontab(hour="3", minute="15")},
    "retention": {"task": "measurements.purge_refused", "schedule": crontab(hour="3", minute="45")},
}

EMAIL_BACKEND = env.str("DHO_EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
EMAIL_HOST = env.str("DHO_EMAIL_HOST", "localhost")
EMAIL_PORT = env.int("DHO_EMAIL_PORT", 25)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DHO_FROM_EMAIL", "dho@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {request_id} {message}", "style": "{"}},
    "filters": {"request_id": {"()": "dho.lib.origin.RequestIdFilter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["request_id"]}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
