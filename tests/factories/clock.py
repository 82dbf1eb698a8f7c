"""The moment of the tests: a Wednesday at 10.00 in Oslo, when the services are open."""

from datetime import UTC, datetime

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
