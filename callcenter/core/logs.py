"""Log lines: one JSON object each in production, readable in development (B-54).

Every line of a request carries its `request_id`. What looks like an e-mail address or a
telephone number is masked, line breaks and control characters are escaped.
"""

import re
from collections.abc import Sequence
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

EMAIL = re.compile(r"[^\s@<>\"',;:]+@[^\s@<>\"',;:]+")
NUMBER = re.compile(r"(?<![\d-])(?!\d{4}-\d\d-\d\d(?!\d))\+?\(?\d(?:[\s().-]{0,2}\d){6,}")
# whoever reads a log must not use the one-time links and secrets in paths (B-40)
SECRET_IN_PATH = re.compile(
    r"((?:/|%2f)(?:link|invitation|tv|events(?:/|%2f)+voipnow)(?:/|%2f)+)(?:(?!%2f)[^/\s?&#\"'])+",
    re.IGNORECASE,
)
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
PLAIN_KEYS = frozenset(["request_id", "timestamp", "level", "logger", "code", "task_id"])


def mask(text: str) -> str:
    """`text` without addresses, numbers of seven or more digits, secrets in paths, and control
    characters.
    """
    text = SECRET_IN_PATH.sub(r"\1...", text)
    text = NUMBER.sub("[number]", EMAIL.sub("[e-mail]", text))
    return CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def mask_personal_data(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Mask every text of a line but its ids and times; arguments of SQL errors stay out."""
    for key, value in event.items():
        if key in PLAIN_KEYS:
            continue
        if isinstance(value, str):
            event[key] = mask(value)
        elif isinstance(value, BaseException):
            event[key] = mask(str(value))
    return event


SHARED: Sequence[Processor] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    mask_personal_data,
)


def logging_config(*, readable: bool, level: str) -> dict[str, Any]:
    """Django's LOGGING: structlog's and other libraries' lines go the same way."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    last: Processor = (
        structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)
        if readable
        else structlog.processors.JSONRenderer()
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
                "foreign_pre_chain": SHARED,
            }
        },
        "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["out"], "level": level},
        "loggers": {
            "django.server": {"handlers": ["out"], "level": level, "propagate": False},
            "django.request": {"level": "ERROR"},
            "axes": {"level": "ERROR"},
            "httpx": {"level": "WARNING"},  # a line for each request, with its query
        },
    }
