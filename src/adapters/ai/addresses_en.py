"""Web and mail addresses as English says them; the host, and of the path what is short."""

import re

from .amounts_en import plain_number
from .place_en import Place, Words
from .words_en import TOP_LEVEL

_ADDRESS = re.compile(r"(?:https?://|www\.)?(?P<host>[\w-]+(?:\.[\w-]+)*\.[a-z]{2,})(?P<port>:\d+)?(?P<path>[/?#]\S*)?")
_MAIL = re.compile(r"(?P<who>[\w.+-]+)@(?P<host>[\w-]+(?:\.[\w-]+)+)")


def mail_or_address(core: str, place: Place) -> Words | None:
    mail = _MAIL.fullmatch(core)
    if mail:
        return [*letters(mail["who"]), "at", *_host(mail["host"])]
    address = _ADDRESS.fullmatch(core)
    if address and ("//" in core or core.startswith("www.") or address["host"].rsplit(".", 1)[1] in TOP_LEVEL):
        path = (address["path"] or "").strip("/")
        spoken = [word for part in path.split("/") for word in ("slash", *letters(part))] if path else []
        short = re.fullmatch(r"[A-Za-z-]{1,20}(/[A-Za-z-]{1,20})?", path)
        return [*_host(address["host"]), *(spoken if short else [])]
    return None


def _host(host: str) -> Words:
    *names, top = host.removeprefix("www.").split(".")
    ending = [top] if len(top) > 2 else [letter.upper() for letter in top]
    return [word for name in names for word in (*letters(name), "dot")] + ending


def letters(text: str) -> Words:
    """Words and numbers of a mixed string, its marks silent."""
    words: Words = []
    for part in re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+", text):
        words += plain_number(part) if part.isdecimal() else [part]
    return words
