"""STS, by the query protocol: whose keys these are, and the keys of another role for them.

The signature is checked, so that an answer proves that all three values came through byte for byte.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from uuid import uuid4
from xml.sax.saxutils import escape

from ssoenv.demo.portal.state import RoleSession, State, Trust
from ssoenv.demo.portal.wire import Fault, Request, Response, Route

LIFETIME = 3600  # seconds: what a role's credentials live unless asked for, and at most from role to role
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
        "Arn": session.arn or f"arn:aws:sts::{session.account_id}:assumed-role/{role}/{user}",
    }
    return _result("GetCallerIdentity", _fields(identity))


def assume_role(state: State, request: Request) -> Response:
    """AssumeRole: for a role that a test has named, if its conditions are met; an hour at most from role to role."""
    caller, asked = _signer(state, request), request.parameters
    trust = _trust(state, request)
    if trust.web_identity or (trust.external_id and asked.get("ExternalId") != trust.external_id):
        raise _denied(request)
    if trust.mfa_serial:
        if asked.get("SerialNumber") != trust.mfa_serial:
            raise _denied(request)
        if asked.get("TokenCode") != trust.mfa_code:
            message = "MultiFactorAuthentication failed with invalid MFA one time pass code."
            raise Fault("AccessDenied", message, status=403)
    duration = int(asked.get("DurationSeconds", LIFETIME))
    if duration > LIFETIME and caller.session_token:
        raise Fault(
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
        )
    return _result("AssumeRole", _assumed(state, request, duration))


def assume_role_with_web_identity(state: State, request: Request) -> Response:
    """AssumeRoleWithWebIdentity: unsigned, as the token of another identity provider stands for the caller."""
    trust = _trust(state, request)
    if trust.web_identity is None or request.parameters.get("WebIdentityToken") != trust.web_identity:
        raise Fault("InvalidIdentityToken", "The web identity token that was passed could not be validated.")
    return _result("AssumeRoleWithWebIdentity", _assumed(state, request, LIFETIME))


def _trust(state: State, request: Request) -> Trust:
    trust = state.trusts.get(request.parameters.get("RoleArn", ""))
    if trust is None:
        raise _denied(request)
    return trust


def _denied(request: Request) -> Fault:
    action, role = request.parameters["Action"], request.parameters.get("RoleArn", "")
    return Fault("AccessDenied", f"You are not authorized to perform: sts:{action} on resource: {role}", status=403)


def _assumed(state: State, request: Request, duration: int) -> str:
    """Return credentials of the role that was asked for, good for *duration* seconds."""
    role_arn, name = request.parameters["RoleArn"], request.parameters["RoleSessionName"]
    account_id, role_name = role_arn.split(":")[4], role_arn.rpartition("/")[2]
    arn = f"arn:aws:sts::{account_id}:assumed-role/{role_name}/{name}"
    session = state.new_role_session(account_id, role_name, arn, duration)
    credentials = {
        "AccessKeyId": session.access_key_id,
        "SecretAccessKey": session.secret_access_key,
        "SessionToken": session.session_token,
        "Expiration": datetime.fromtimestamp(session.expires_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    user = {"AssumedRoleId": f"AROA{session.access_key_id[4:]}:{name}", "Arn": arn}
    return f"<Credentials>{_fields(credentials)}</Credentials><AssumedRoleUser>{_fields(user)}</AssumedRoleUser>"


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


def _fields(values: Mapping[str, str]) -> str:
    return "".join(f"<{name}>{escape(value)}</{name}>" for name, value in values.items())


def _result(operation: str, content: str) -> Response:
    return _xml(
        f"{operation}Response",
        f"<{operation}Result>{content}</{operation}Result>"
        f"<ResponseMetadata><RequestId>{uuid4()}</RequestId></ResponseMetadata>",
    )


def _xml(root: str, content: str, status: int = 200) -> Response:
    return Response(status, f'<{root} xmlns="{NAMESPACE}">{content}</{root}>'.encode(), "text/xml")


ROUTES = tuple(
    Route("POST", "/", action, handle, refuse, action)
    for action, handle in (
        ("GetCallerIdentity", get_caller_identity),
        ("AssumeRole", assume_role),
        ("AssumeRoleWithWebIdentity", assume_role_with_web_identity),
    )
)
