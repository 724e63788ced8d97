"""What an HTTP status of a speech service means for whoever asked: ProviderFailed with its cause and what to do."""

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.utils import parsedate_to_datetime

from ...domain.errors import ProviderFailed


def of_status(engine: str, status: int, headers: Mapping[str, str], setting: str, *, quota: bool = False) -> Exception:
    """``setting`` is the variable to look at; nothing that the service wrote is repeated, for it may repeat a key."""
    if quota or status == 402:
        return ProviderFailed(engine, "quota", f"nothing is left to spend on this account ({status})")
    if status in (401, 403):
        return ProviderFailed(engine, "credentials", f"it does not accept the credentials ({status}); check {setting}")
    if status in (408, 504):
        return ProviderFailed(engine, "timeout", f"the server gave up waiting ({status})")
    if status == 429 or status >= 500:
        what = "too many requests" if status == 429 else "the server has trouble"
        return ProviderFailed(engine, "busy", f"{what} ({status})", retry_after=seconds_to_wait(headers))
    return ProviderFailed(engine, "refused", f"the request is refused ({status}); check {setting}")


def seconds_to_wait(headers: Mapping[str, str]) -> float | None:
    """Retry-After (RFC 9110, 10.2.3), told as seconds or as a date; None where it is not told."""
    told = next((value for name, value in headers.items() if name.lower() == "retry-after"), "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d*)?", told):
        return float(told)
    try:
        return max(0.0, parsedate_to_datetime(told).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None


def too_late(engine: str, seconds: float) -> ProviderFailed:
    return ProviderFailed(engine, "timeout", f"no answer within {seconds:g} s")


def unreachable(engine: str, setting: str) -> ProviderFailed:
    return ProviderFailed(engine, "unreachable", f"the server cannot be reached; check the network and {setting}")


def broken_off(engine: str) -> ProviderFailed:
    return ProviderFailed(engine, "unreachable", "the connection broke off before the answer was complete")


@contextmanager
def over_requests(engine: str, seconds: float, setting: str) -> Iterator[None]:
    """What the client ``requests`` raises of a connection, as ProviderFailed."""
    import requests

    try:
        yield
    except requests.Timeout as error:
        raise too_late(engine, seconds) from error
    except requests.exceptions.ChunkedEncodingError as error:
        raise broken_off(engine) from error
    except requests.ConnectionError as error:
        cut = "aborted" in str(error) or "broken" in str(error)
        raise (broken_off(engine) if cut else unreachable(engine, setting)) from error
