"""What goes over the wire: a request, a response, a fault; and the route from one to the other."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from ssoenv.demo.portal.state import State


class Fault(Exception):
    """Refuse the request with the service's error *type* (``InvalidRequestException``) and HTTP *status*."""

    def __init__(self, type: str, message: str = "", *, status: int = 400) -> None:  # noqa: A002
        super().__init__(type, message)
        self.type = type
        self.message = message
        self.status = status


@dataclass(frozen=True)
class Request:
    """One HTTP request. The names of *headers* are in lower case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @cached_property
    def parameters(self) -> dict[str, str]:
        """The query's fields and, of a form, the body's."""
        text = self.query
        if self.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            text += "&" + self.body.decode("utf-8", "replace")
        return dict(parse_qsl(text, keep_blank_values=True))

    @cached_property
    def document(self) -> dict[str, Any]:
        """The body as a JSON object."""
        try:
            document = json.loads(self.body)
        except ValueError:
            document = None
        if not isinstance(document, dict):
            raise Fault("InvalidRequestException", "The body is not a JSON object")
        return document

    @property
    def origin(self) -> str:
        """The address that the client knows this server by."""
        return f"http://{self.headers['host']}"


@dataclass(frozen=True)
class Response:
    """One HTTP response."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, document: Mapping[str, Any], status: int = 200, **headers: str) -> Response:
        """Return *document* as JSON; an underscore in a header's name stands for a hyphen."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return cls(status, json.dumps(document).encode(), "application/json", names)

    @classmethod
    def redirect(cls, location: str, status: int = 303) -> Response:
        """Return a redirect to *location*; after a 303 the browser asks with GET, even if it sent a form."""
        return cls(status, headers={"Location": location})


@dataclass(frozen=True)
class Route:
    """Where a request goes: *operation* is the name that calls are counted and faults are planned under.

    *action* is the ``Action`` field, which AWS's query protocol has in place of a path. *refuse* words a
    fault the way this service does.
    """

    method: str
    path: str
    operation: str
    handle: Callable[[State, Request], Response]
    refuse: Callable[[Fault], Response]
    action: str = ""
