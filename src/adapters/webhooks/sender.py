"""``HttpSender``: posts webhooks, to addresses that were checked and to no others."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

from ... import __version__
from ...domain.network import callable_address
from ...domain.webhook import Reply
from .lookup import Lookup

SECONDS = 10.0
"""What an attempt may take in all, from the look-up of the name to the status of the answer."""
ENOUGH = 1024
"""Bytes that are read of an answer that refuses."""
_SHOWN = 200
"""Characters of them that are told."""


class HttpSender:
    """Never follows a redirect, knows no proxy, and keeps no connection: a kept one would be known by its address only.

    Each address of a host is checked; where one may not be called, none is. The connection goes to a checked address
    without another look-up, while the certificate has to be one of the host's name. ``private`` lets addresses of the
    own network pass. ``trust`` are the certificates of authorities, those of certifi or of SSL_CERT_FILE by default.
    """

    def __init__(
        self,
        *,
        private: bool = False,
        seconds: float = SECONDS,
        lookup: Callable[[str, int], Awaitable[tuple[str, ...]]] | None = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._private, self._seconds = private, seconds
        self._lookup, self._trust = lookup or Lookup(), trust or httpx.create_ssl_context()

    async def __call__(self, address: str, headers: Mapping[str, str], body: bytes) -> Reply:
        try:
            async with asyncio.timeout(self._seconds) as limit:
                return await self._post(httpx.URL(address), headers, body, limit.when() or 0)
        except TimeoutError:
            return Reply(problem=f"no answer within {self._seconds:g} s")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Reply(problem=_told(error))

    async def _post(self, url: httpx.URL, headers: Mapping[str, str], body: bytes, until: float) -> Reply:
        host = url.raw_host.decode("ascii")
        try:
            found = await self._lookup(host, url.port or {"http": 80, "https": 443}[url.scheme])
        except OSError as error:
            return Reply(problem=f"the name {host} is not known: {error.strerror or error}")
        if not found or not all(callable_address(one, private=self._private) for one in found):
            return Reply(problem=f"{host} leads to an address that may not be called")
        ours = {"Host": url.netloc.decode("ascii"), "Content-Type": "application/json", "Accept": "*/*"}
        ours |= {"User-Agent": f"reelwright/{__version__}", "Accept-Encoding": "identity", "Connection": "close"}
        async with httpx.AsyncClient(verify=self._trust, trust_env=False) as client:
            for left, place in zip(range(len(found), 0, -1), found, strict=True):
                remaining = until - asyncio.get_running_loop().time()
                # Half for the connection and half for TLS: a handshake that is cancelled would leave its socket open.
                patience = httpx.Timeout(None, connect=max(0.0, remaining) / left / 2)
                request = httpx.Request(
                    "POST",
                    url.copy_with(host=place),
                    headers={**ours, **headers},
                    content=body,
                    extensions={"sni_hostname": host, "timeout": patience.as_dict()},
                )
                try:
                    answer = await client.send(request, stream=True)
                except (httpx.ConnectError, httpx.ConnectTimeout):
                    if left == 1:
                        raise
                    continue
                try:
                    return await _read(answer)
                finally:
                    await answer.aclose()
        raise AssertionError("a host has an address, or the name is not known")


async def _read(answer: httpx.Response) -> Reply:
    """The status counts, whatever becomes of the body."""
    if answer.is_success:
        return Reply(status=answer.status_code)
    start = b""
    try:
        async with asyncio.timeout(1):
            async for part in answer.aiter_raw(ENOUGH):
                start += part
                if len(start) >= ENOUGH:
                    break
    except (httpx.HTTPError, TimeoutError):
        pass
    told = _line(start[:ENOUGH].decode("utf-8", "replace"))
    return Reply(
        status=answer.status_code,
        problem=f"it answered {answer.status_code}" + (f": {told}" if told else ""),
        retry_after=retry_after(answer.headers.get("retry-after", ""), datetime.now(UTC)),
    )


def retry_after(value: str, at: datetime) -> timedelta | None:
    """The header ``Retry-After`` (RFC 9110, 10.2.3): seconds, or a date; None for what is neither."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return timedelta(seconds=min(int(value[:9]), 10**8))
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(timedelta(0), until.replace(tzinfo=until.tzinfo or UTC) - at)


def _told(error: Exception) -> str:
    """What went wrong on the way, in a line."""
    kinds = {
        httpx.ConnectError: "no connection",
        httpx.ConnectTimeout: "no connection: the server does not answer",
        httpx.InvalidURL: "this address cannot be read",
        httpx.UnsupportedProtocol: "neither http nor https",
        httpx.RemoteProtocolError: "the connection was cut, or the answer is no HTTP",
    }
    kind = next((told for one, told in kinds.items() if isinstance(error, one)), "the connection broke")
    detail = _line(str(error))
    return f"{kind}: {detail}" if detail else kind


def _line(text: str) -> str:
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())[:_SHOWN]
