"""What stands behind the question mark of an address has to be text."""

from typing import Any
from urllib.parse import unquote_to_bytes

from .problems import InvalidParameter


class Queries:
    """Refuses a parameter that is no UTF-8 or has a NUL in it, which the framework or a database would change."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        for pair in scope["query_string"].split(b"&") if scope["type"] == "http" else ():
            name, _, value = pair.partition(b"=")
            if not (_is_text(name) and _is_text(value)):
                field = unquote_to_bytes(name).decode("utf-8", "replace").replace("\0", "\ufffd")
                raise InvalidParameter(field, "it has a NUL in it or is no UTF-8; text is right")
        await self.app(scope, receive, send)


def _is_text(quoted: bytes) -> bool:
    try:
        return "\0" not in unquote_to_bytes(quoted).decode()
    except UnicodeDecodeError:
        return False
