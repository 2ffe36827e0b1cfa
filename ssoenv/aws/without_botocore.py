"""GetRoleCredentials without botocore's client, whose import takes longer than all else of a switch.

It is one unsigned GET. The plain cases alone are known here: AWS's own endpoints and those that the environment names,
no proxy, a CA bundle in a file. Where anything is unusual nothing is sent, and botocore does it all. What comes back
is judged here only if it is a plain success; any other outcome is handed to botocore as that of its first attempt, so
that errors, retries and their pauses are botocore's own.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ssoenv.aws.clients import CONNECT_TIMEOUT, MALFORMED, READ_TIMEOUT

if TYPE_CHECKING:
    from http.client import HTTPConnection

    from ssoenv.aws.config import SsoRole

# What botocore would heed and is not known here, in the environment and in a profile.
_UNUSUAL_VARIABLES = frozenset(
    {
        "AWS_USE_FIPS_ENDPOINT",
        "AWS_USE_DUALSTACK_ENDPOINT",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
        "AWS_DATA_PATH",
        "AWS_DEFAULTS_MODE",
        "AWS_CSM_ENABLED",
        "BOTOCORE_TCP_KEEPALIVE",
    }
)
_UNUSUAL_SETTINGS = frozenset(
    {
        "use_fips_endpoint",
        "use_dualstack_endpoint",
        "ignore_configured_endpoint_urls",
        "services",
        "endpoint_url",
        "data_path",
        "defaults_mode",
        "api_versions",
        "csm_enabled",
        "tcp_keepalive",
    }
)
_PLAIN_URL = re.compile(r"(https?)://([A-Za-z0-9.-]+)(?::([0-9]{1,5}))?/?")


@dataclass(frozen=True)
class Answer:
    """What the portal answered: HTTP's status, the headers and the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Failure:
    """What the network did instead of an answer; *is_connected* when it was after the connection had been made."""

    error: Exception
    is_connected: bool


def role_credentials(role: SsoRole, access_token: str, settings: Mapping[str, str]) -> Answer | Failure | None:
    """Ask the portal for credentials of the role, once; None where this is botocore's to do, and nothing was sent.

    *settings* are those of the profile that botocore would look at, of both files.
    """
    from http.client import HTTPException
    from urllib.parse import quote

    address, bundle = endpoint(role.session.region, settings), ca_bundle(settings)
    if address is None or bundle is None or _has_proxy():
        return None
    query = f"role_name={quote(role.role_name, safe='')}&account_id={quote(role.account_id, safe='')}"
    is_connected = False
    try:
        with closing(_connection(address, bundle)) as connection:
            connection.connect()
            is_connected = True
            connection.sock.settimeout(READ_TIMEOUT)
            headers = {"x-amz-sso_bearer_token": access_token, "Accept": "application/json"}
            connection.request("GET", f"/federation/credentials?{query}", headers=headers)
            # A redirect is not followed.
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read())
    except (OSError, HTTPException, MemoryError, *MALFORMED) as error:  # http.client believes any length
        # Whether a certificate is good is botocore's to say.
        return None if _is_of_tls(error) and not is_connected else Failure(error, is_connected)


def hand_over(client: Any, outcome: Answer | Failure) -> None:
    """Let *outcome* be that of the first attempt of botocore's *client*."""
    left = [outcome]

    def answer(request: Any, **_event: Any) -> Any:
        return _replayed(left.pop(), request) if left else None

    client.meta.events.register("before-send.sso", answer)


def endpoint(region: str, settings: Mapping[str, str]) -> str | None:
    """Return the address of the portal in *region*, without a path; None where botocore has to say.

    What AWS's regions are comes from botocore's own data.
    """
    if _UNUSUAL_VARIABLES & os.environ.keys() or _UNUSUAL_SETTINGS & settings.keys():
        return None
    # A user's own service models there may change anything.
    if Path("~/.aws/models").expanduser().exists():
        return None
    named = os.environ.get("AWS_ENDPOINT_URL_SSO") or os.environ.get("AWS_ENDPOINT_URL")
    if named:
        return named.rstrip("/") if _PLAIN_URL.fullmatch(named) else None
    return _of_aws(region)


def ca_bundle(settings: Mapping[str, str]) -> Path | None:
    """Return the file of certificates that vouch for the portal, by botocore's rules; None where it has to say."""
    for named in (os.environ.get("AWS_CA_BUNDLE"), settings.get("ca_bundle"), os.environ.get("REQUESTS_CA_BUNDLE")):
        if named is not None:
            return Path(named) if os.path.isfile(named) else None  # noqa: PTH113 - this raises never
    if find_spec("certifi"):  # botocore takes it where it is installed
        return Path(import_module("certifi").where())
    folder = _botocore()
    return folder and folder / "cacert.pem"


def _of_aws(region: str) -> str | None:
    folder = _botocore()
    try:
        data = (folder or Path()).joinpath("data", "partitions.json").read_bytes()
        for partition in json.loads(data)["partitions"]:
            if region in partition["regions"]:
                return f"https://portal.sso.{region}.{partition['outputs']['dnsSuffix']}"
    except (OSError, LookupError, TypeError, ValueError):  # it is laid out otherwise
        pass
    return None


def _botocore() -> Path | None:
    """Return the folder of botocore, which is not imported for it."""
    found = find_spec("botocore")
    return Path(found.origin).parent if found and found.origin else None


def _has_proxy() -> bool:
    if sys.platform in ("win32", "darwin"):  # a setting of the system's counts there, too
        from urllib.request import getproxies

        return bool(getproxies())
    return any(name.lower().endswith("_proxy") and value for name, value in os.environ.items())


def _connection(address: str, bundle: Path) -> HTTPConnection:
    import http.client

    scheme, _, place = address.partition("://")
    if scheme == "http":  # a portal on this machine, such as the demo's
        return http.client.HTTPConnection(place, timeout=CONNECT_TIMEOUT)
    import ssl

    tls = ssl.create_default_context(cafile=str(bundle))
    return http.client.HTTPSConnection(place, timeout=CONNECT_TIMEOUT, context=tls)


def _is_of_tls(error: Exception) -> bool:
    import ssl

    return isinstance(error, ssl.SSLError | ssl.CertificateError)


def _replayed(outcome: Answer | Failure, request: Any) -> Any:
    """Return *outcome* as botocore's own response to *request*, or raise botocore's own error."""
    from io import BytesIO

    from botocore import exceptions
    from botocore.awsrequest import AWSResponse
    from urllib3 import HTTPResponse

    if isinstance(outcome, Answer):
        raw = HTTPResponse(BytesIO(outcome.body), outcome.headers, outcome.status, preload_content=False)
        response = AWSResponse(request.url, outcome.status, raw.headers, raw)
        try:
            response.content  # noqa: B018 - it is decoded here, as botocore does before it goes on
        except Exception as error:
            raise exceptions.HTTPClientError(error=error) from error
        return response
    how = {"endpoint_url": request.url, "error": outcome.error}
    is_timeout = isinstance(outcome.error, TimeoutError)
    if not outcome.is_connected:
        raise (exceptions.ConnectTimeoutError if is_timeout else exceptions.EndpointConnectionError)(**how)
    if is_timeout:
        raise exceptions.ReadTimeoutError(**how)
    raise exceptions.ConnectionClosedError(request=request, **how)
