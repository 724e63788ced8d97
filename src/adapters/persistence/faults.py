"""Errors of the databases as errors of ours."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from ...domain.errors import AlreadyTaken, Conflict, ReelwrightError, StoreUnavailable

CONSTRAINTS = {
    "uq_users_username_key": ("users.username_key", AlreadyTaken("username")),
    "uq_users_email_key": ("users.email_key", AlreadyTaken("email")),
    "uq_assets_user_id_sha256": ("assets.user_id, assets.sha256", Conflict("this file is there already")),
}
"""Name of a unique constraint -> its columns, by which SQLite tells it, and what its violation means."""


@contextmanager
def foreign_errors() -> Iterator[None]:
    """Raises Conflict or AlreadyTaken for a broken constraint, StoreUnavailable for everything else of a database."""
    try:
        yield
    except IntegrityError as error:
        raise _meaning(str(error.orig)) from error
    except DBAPIError as error:
        problem = str(error.orig).splitlines()[0]
        raise StoreUnavailable(f"the database cannot be used: {re.sub(r'<class .*?>: ', '', problem)}") from error
    except SQLAlchemyError as error:
        raise StoreUnavailable(f"the database cannot be used: {str(error).splitlines()[0]}") from error
    except OSError as error:
        raise StoreUnavailable(f"the database cannot be reached: {error.strerror or error}") from error


def _meaning(told: str) -> ReelwrightError:
    for name, (columns, meant) in CONSTRAINTS.items():
        if f'"{name}"' in told or told.endswith(f"UNIQUE constraint failed: {columns}"):
            return type(meant)(*meant.fields) if isinstance(meant, AlreadyTaken) else type(meant)(str(meant))
    if "foreign key" in told.casefold():
        return Conflict("what this belongs to is not there any more")
    return Conflict("this clashes with what is there")
