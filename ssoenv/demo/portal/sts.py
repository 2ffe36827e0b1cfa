"""STS: GetCallerIdentity, by the query protocol; the one call that tells whose keys these are.

The signature is checked, so that an answer proves that all three values came through byte for byte.
"""

from __future__ import annotations

import hmac
import re
from hashlib import sha256
from uuid import uuid4
from xml.sax.saxutils import escape

from ssoenv.demo.portal.state import RoleSession, State
from ssoenv.demo.portal.wire import Fault, Request, Response, Route

NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"
AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>\w+)/"
    r"(?P<scope>(?P<date>\d{8})/(?P<region>[\w-]+)/sts/aws4_request), *"
    r"SignedHeaders=(?P<headers>[\w;-]+), *Signature=(?P<signature>[0-9a-f]{64})"
)


def refuse(fault: Fault) -> Response:
    """Word *fault* as this service does, in XML."""
    error = f"<Type>Sender</Type><Code>{escape(fault.type)}</Code><Message>{escape(fault.message)}</Message>"
    return _xml("ErrorResponse", f"<Error>{error}</Error><RequestId>{uuid4()}</RequestId>", fault.status)


def get_caller_identity(state: State, request: Request) -> Response:
    """GetCallerIdentity."""
    session = _signer(state, request)
    user = state.organisation.user
    # The real suffix differs by permission set and account; nobody may rely on it, so here it is one for all.
    role = f"AWSReservedSSO_{session.role_name}_0123456789abcdef"
    identity = {
        "UserId": f"AROA{session.access_key_id[4:]}:{user}",
        "Account": session.account_id,
        "Arn": f"arn:aws:sts::{session.account_id}:assumed-role/{role}/{user}",
    }
    fields = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in identity.items())
    return _xml(
        "GetCallerIdentityResponse",
        f"<GetCallerIdentityResult>{fields}</GetCallerIdentityResult>"
        f"<ResponseMetadata><RequestId>{uuid4()}</RequestId></ResponseMetadata>",
    )


def _signer(state: State, request: Request) -> RoleSession:
    """Return whose credentials signed *request*."""
    given = AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
    if given is None:
        raise Fault("MissingAuthenticationToken", "Request is missing Authentication Token", status=403)
    session = state.role_sessions.get(given["key"])
    token = request.headers.get("x-amz-security-token", "")
    if session is None or not hmac.compare_digest(token.encode(), session.session_token.encode()):
        raise Fault("InvalidClientTokenId", "The security token included in the request is invalid.", status=403)
    if not hmac.compare_digest(given["signature"], _signature(request, given, session.secret_access_key)):
        raise Fault(
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided.",
            status=403,
        )
    if state.now() >= session.expires_at:
        raise Fault("ExpiredToken", "The security token included in the request is expired", status=403)
    return session


def _signature(request: Request, given: re.Match[str], secret: str) -> str:
    """Return the Signature Version 4 of *request*, which has no query."""
    names = given["headers"].split(";")
    canonical = "\n".join(
        [
            request.method,
            request.path,
            "",
            *(f"{name}:{' '.join(request.headers.get(name, '').split())}" for name in names),
            "",
            given["headers"],
            sha256(request.body).hexdigest(),
        ]
    )
    key = f"AWS4{secret}".encode()
    for part in (given["date"], given["region"], "sts", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    moment = request.headers.get("x-amz-date", "")
    text = "\n".join(["AWS4-HMAC-SHA256", moment, given["scope"], sha256(canonical.encode()).hexdigest()])
    return hmac.digest(key, text.encode(), "sha256").hex()


def _xml(root: str, content: str, status: int = 200) -> Response:
    return Response(status, f'<{root} xmlns="{NAMESPACE}">{content}</{root}>'.encode(), "text/xml")


ROUTES = (Route("POST", "/", "GetCallerIdentity", get_caller_identity, refuse, action="GetCallerIdentity"),)
