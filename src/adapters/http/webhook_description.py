"""``webhooks`` of the OpenAPI 3.1 document: what the servers of users are sent."""

from typing import Any, get_args

import msgspec

from ...domain.webhook import EventType, signature
from .webhook_bodies import EVENT, SECRET

_HEADERS = {
    "webhook-id": "The same at every attempt: one that came before is a repetition.",
    "webhook-timestamp": "When this attempt was made, in seconds of Unix time.",
    "webhook-signature": "One or two of `v1,BASE64`, a space between them: HMAC-SHA256 of `ID.TIMESTAMP.BODY` by the "
    "secret of the account, and by the one before for a day after it was rotated.",
}
_TOLD = {
    "video.succeeded": ("A video is finished", "It can be downloaded."),
    "video.failed": ("A video could not be made", "Its status tells why."),
    "video.cancelled": ("A video was cancelled", "Nothing of it is left."),
}


def _described(event: str) -> dict[str, Any]:
    title, told = _TOLD[event]
    example = msgspec.json.decode(EVENT.body)
    example |= {"type": event, "data": example["data"] | {"status": event.removeprefix("video.")}}
    at, body = int(EVENT.at.timestamp()), msgspec.json.encode(example).decode()
    shown = {
        "webhook-id": EVENT.id,
        "webhook-timestamp": str(at),
        "webhook-signature": signature([SECRET.secret], EVENT.id, at, body),
    }
    return {
        "post": {
            "tags": ["webhooks"],
            "summary": title,
            "description": f"{told} Sent to the address that came with the video, after the Standard Webhooks "
            "specification. What is not answered by 2xx within 10 s comes again, for a day or so; after 410 it does "
            "not. Redirects are not followed.",
            "operationId": f"on{event.removeprefix('video.').title()}",
            "parameters": [
                {
                    "name": name,
                    "in": "header",
                    "required": True,
                    "description": description,
                    "schema": {"type": "string"},
                    "example": shown[name],
                }
                for name, description in _HEADERS.items()
            ],
            "requestBody": {
                "required": True,
                "content": {
                    "application/json": {"schema": {"$ref": "#/components/schemas/VideoEvent"}, "example": example}
                },
            },
            "responses": {"2XX": {"description": "It has arrived"}, "410": {"description": "Send this one no more"}},
        }
    }


WEBHOOKS = {event: _described(event) for event in get_args(EventType)}
