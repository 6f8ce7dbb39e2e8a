"""HAR (browser network recordings): one event a request, with method, host, path and status as fields."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

from keymedic.intake.events import Event
from keymedic.intake.redaction import mask

_MAX_BODY = 4_000
_MAX_CHARACTERS = 8_000_000
_MANY = 50
_ERROR = re.compile(r"error|code|fail|denied|invalid|reject|permission|signature", re.IGNORECASE)
_STATUS = re.compile(r"[1-5]\d\d\Z", re.ASCII)


def is_har(text: str) -> bool:
    """Whether a text looks like a HAR of a size that is read whole."""
    return len(text) <= _MAX_CHARACTERS and text[:200].lstrip().startswith("{") and '"log"' in text[:2_000]


def frame(text: str) -> list[Event] | None:
    """The events of a masked HAR text; None when it is no HAR. Of many requests only those that failed are kept."""
    if not is_har(text):
        return None
    try:
        entries = json.loads(text)["log"]["entries"]
    except (ValueError, RecursionError, KeyError, TypeError):
        return None
    if not isinstance(entries, list):
        return None
    events: list[Event] = []
    at = 0
    for entry in entries:
        request, response = _part(entry, "request"), _part(entry, "response")
        if len(entries) > _MANY and _harmless(response):
            continue
        url = str(request.get("url", ""))
        at = max(at, text.find(json.dumps(url), at)) if url else at
        events.append(_event(len(events), request, response, url, at))
    return events


def _harmless(response: dict[str, Any]) -> bool:
    """Whether an answer says nothing of an error: some exchanges put one into an answer with status 200."""
    fine = str(response.get("status", ""))[:1] in {"1", "2", "3"}
    return fine and not _ERROR.search(str(_part(response, "content").get("text", ""))[:_MAX_BODY])


def _part(entry: Any, name: str) -> dict[str, Any]:
    part = entry.get(name) if isinstance(entry, dict) else None
    return part if isinstance(part, dict) else {}


def _event(number: int, request: dict[str, Any], response: dict[str, Any], url: str, at: int) -> Event:
    try:
        address = urlsplit(url)
        host, path = address.netloc, address.path
    except ValueError:
        host, path = "", ""
    method, status = str(request.get("method", "")), str(response.get("status", ""))
    body = str(_part(response, "content").get("text", ""))[:_MAX_BODY]
    headers = request.get("headers")
    names = [str(h.get("name", "")) for h in headers if isinstance(h, dict)] if isinstance(headers, list) else []
    fields: dict[str, tuple[str, ...]] = {"method": (method,), "host": (host,), "path": (path,)}
    if _STATUS.match(status):
        fields["status"] = (status,)
    error = str(response.get("_error", "") or "")
    text = "\n".join([f"{method} {url}", *(f"{name}:" for name in names), f"HTTP/1.1 {status}", body, error])
    # Reading JSON resolves its escapes: what was written as \u002b before masking could be a secret now.
    return Event(number, mask(_encodable(text)).text, ((0, at),), fields=fields, anchored=True)


def _encodable(text: str) -> str:
    """JSON can name half characters that are none."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
