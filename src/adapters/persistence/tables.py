"""The tables, one schema for both databases. ``migrations`` brings a database to it."""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """A time in UTC, to the microsecond; SQLite, which knows no zones, keeps it without one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


NESTED = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
"""Nested values, written by msgspec."""
ID = String(36)


def _owner() -> Column[str]:
    return Column("user_id", ID, ForeignKey("users.id", ondelete="CASCADE"), nullable=False)


USERS = Table(
    "users",
    METADATA,
    Column("id", ID, primary_key=True),
    Column("username", String(64), nullable=False),
    Column("username_key", String(128), nullable=False),
    Column("email", String(254), nullable=False),
    Column("email_key", String(254), nullable=False),
    Column("password_hash", String(255), nullable=False),
    Column("role", String(16), nullable=False),
    Column("plan", String(64), nullable=False),
    Column("display_name", String(80), nullable=False),
    Column("language", String(8), nullable=False),
    Column("leaving", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    UniqueConstraint("username_key"),
    UniqueConstraint("email_key"),
)

SESSIONS = Table(
    "sessions",
    METADATA,
    Column("id", ID, primary_key=True),
    _owner(),
    Column("address", String(64), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("revoked_at", Moment),
    Index(None, "user_id"),
    Index(None, "expires_at"),
)

REFRESH_TOKENS = Table(
    "refresh_tokens",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("session_id", ID, ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
    Column("issued_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Index(None, "session_id"),
)

THROTTLES = Table(
    "throttles",
    METADATA,
    Column("key", String(80), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("since", Moment, nullable=False),
    Index(None, "since"),
)

QUOTAS = Table(
    "quotas",
    METADATA,
    Column("user_id", ID, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("resource", String(32), primary_key=True),
    Column("period_start", Moment, primary_key=True),
    Column("used", BigInteger, nullable=False),
    CheckConstraint("used >= 0", name="used"),
)

RESERVATIONS = Table(
    "reservations",
    METADATA,
    Column("purpose", String(80), primary_key=True),
    Column("resource", String(32), primary_key=True),
    _owner(),
    Column("amount", BigInteger, nullable=False),
    Column("period_start", Moment, nullable=False),
    Column("state", String(16), nullable=False),
    Index(None, "user_id", "resource", "state"),
)

USAGE_STATS = Table(
    "usage_stats",
    METADATA,
    Column("id", ID, primary_key=True),
    _owner(),
    Column("at", Moment, nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", String(80), nullable=False),
    Column("amounts", NESTED, nullable=False),
    Index(None, "user_id", "id"),
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("id", ID, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("actor", ID, nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", String(80), nullable=False),
    Column("address", String(64), nullable=False),
    Column("detail", Text, nullable=False),
)

PROJECTS = Table(
    "projects",
    METADATA,
    Column("id", ID, primary_key=True),
    _owner(),
    Column("name", String(200), nullable=False),
    Column("description", Text, nullable=False),
    Column("script", Text, nullable=False),
    Column("settings", NESTED, nullable=False),
    Column("version", Integer, nullable=False),
    Column("archived_at", Moment),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Index(None, "user_id", "id"),
)

ASSETS = Table(
    "assets",
    METADATA,
    Column("id", ID, primary_key=True),
    _owner(),
    Column("sha256", String(64), nullable=False),
    Column("thumbnail", String(64)),
    Column("proxy", String(64)),
    Column("kind", String(16), nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("name", String(255), nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("facts", NESTED, nullable=False),
    Column("tags", NESTED, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),
    UniqueConstraint("user_id", "sha256", name="uq_assets_user_id_sha256"),
    Index(None, "user_id", "id"),
    Index(None, "expires_at"),
    Index(None, "sha256"),
    Index(None, "thumbnail"),
    Index(None, "proxy"),
)

ASSET_TAGS = Table(
    "asset_tags",
    METADATA,
    Column("asset_id", ID, ForeignKey("assets.id", ondelete="CASCADE"), primary_key=True),
    Column("tag_key", String(192), primary_key=True),
    Index(None, "tag_key"),
)
"""Tags without regard to case, by which files are found."""

VIDEOS = Table(
    "videos",
    METADATA,
    Column("id", ID, primary_key=True),
    _owner(),
    Column("project_id", ID, ForeignKey("projects.id", ondelete="SET NULL")),
    Column("based_on", ID),
    Column("title", String(200), nullable=False),
    Column("request", NESTED, nullable=False),
    Column("timeline", NESTED),
    Column("file", String(64)),
    Column("poster", String(64)),
    Column("teaser", String(64)),
    Column("bytes", BigInteger, nullable=False),
    Column("facts", NESTED),
    Column("created_at", Moment, nullable=False),
    Index(None, "user_id", "id"),
    Index(None, "project_id"),
    Index(None, "file"),
    Index(None, "poster"),
    Index(None, "teaser"),
)

JOBS = Table(
    "jobs",
    METADATA,
    Column("id", ID, ForeignKey("videos.id", ondelete="CASCADE"), primary_key=True),
    _owner(),
    Column("status", String(16), nullable=False),
    Column("stage", String(32), nullable=False),
    Column("progress", Float, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("token", ID),
    Column("not_before", Moment),
    Column("cancel_requested", Boolean, nullable=False),
    Column("problem", NESTED),
    Column("created_at", Moment, nullable=False),
    Column("started_at", Moment),
    Column("finished_at", Moment),
    Index(None, "user_id", "status", "id"),
    Index(None, "user_id", "started_at"),
    Index(None, "status", "id"),
)
"""The making of each video; both have one id."""

IDEMPOTENCY_KEYS = Table(
    "idempotency_keys",
    METADATA,
    Column("user_id", ID, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("subjects", NESTED, nullable=False),
    Column("created_at", Moment, nullable=False),
    Index(None, "created_at"),
)

SYSTEM_CONFIG = Table(
    "system_config",
    METADATA,
    Column("key", String(80), primary_key=True),
    Column("value", NESTED, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("updated_by", ID, nullable=False),
)

WEBHOOK_SECRETS = Table(
    "webhook_secrets",
    METADATA,
    Column("user_id", ID, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("secret", String(100), nullable=False),
    Column("previous", String(100)),
    Column("previous_until", Moment),
    Column("created_at", Moment, nullable=False),
)

WEBHOOK_DELIVERIES = Table(
    "webhook_deliveries",
    METADATA,
    Column("id", ID, primary_key=True),
    _owner(),
    Column("event", String(32), nullable=False),
    Column("subject", String(80), nullable=False),
    Column("address", Text, nullable=False),
    Column("host", String(255), nullable=False),
    Column("body", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("state", String(16), nullable=False),
    Column("status_code", Integer),
    Column("problem", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("finished_at", Moment),
    Index(None, "user_id", "id"),
    Index(None, "state", "not_before"),
    Index(None, "finished_at"),
)
