"""Clients of the AWS services, by botocore's own rules for endpoints, proxies, CA bundles and retries."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from ssoenv.errors import ServiceError

if TYPE_CHECKING:
    from ssoenv.aws.roles import Credentials

# Seconds.
CONNECT_TIMEOUT = 5
READ_TIMEOUT = 20
# An AWS_PROFILE in the environment is ignored: a session has no profile, and botocore would fail for a name that is
# in no file.
_NO_PROFILE = {"profile": (None, None, None, None)}
# An emulator of other services answers there, as a rule.
_LED_ASTRAY = "It was asked where AWS_ENDPOINT_URL leads, which is for every service. Unset it, or look there."
# Characters of what a service says of its own fault.
_SHOWN = 1000
# What botocore, or code that takes an answer apart, raises for a malformed one. Before there is a client, ValueError
# means a region, an endpoint or a number that is none.
MALFORMED = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)


@contextmanager
def calling(
    doing: str,
    service: str,
    region: str,
    *,
    profile: str | None = None,
    credentials: Credentials | None = None,
    attempts: int | None = None,
) -> Iterator[Any]:
    """Hand out a botocore client, unsigned if there are no *credentials*, and close it in the end.

    Of a *profile* botocore takes what concerns endpoints. *attempts* is how often a call is tried, where the user's own
    settings (``AWS_MAX_ATTEMPTS``) don't say. Raise ServiceError, which says what *doing* failed, for what fails on the
    way to the service, for each answer that is an error, and for one that is not of its protocol: so take an answer
    apart before the client is closed.
    """
    import botocore
    import botocore.config
    import botocore.exceptions
    import botocore.parsers
    import botocore.session

    session = botocore.session.Session(session_vars=_NO_PROFILE)
    options: dict[str, Any] = {} if credentials else {"signature_version": botocore.UNSIGNED}
    client = None
    try:
        if profile in session.available_profiles:  # one that is in no file any more has no say
            session.set_config_variable("profile", profile)
        session.register_component("data_loader", _loader(session.get_config_variable("data_path")))
        if attempts is not None:
            attempts = session.get_config_variable("max_attempts") or attempts
            options["retries"] = {"mode": "standard", "total_max_attempts": attempts}
        client = session.create_client(
            service,
            region_name=region,
            aws_access_key_id=credentials and credentials.access_key_id,
            aws_secret_access_key=credentials and credentials.secret_access_key,
            aws_session_token=credentials and credentials.session_token,
            config=botocore.config.Config(connect_timeout=CONNECT_TIMEOUT, read_timeout=READ_TIMEOUT, **options),
        )
        with closing(client):
            yield client
    except botocore.exceptions.ClientError as error:
        raise _refused(doing, client, error) from error
    except botocore.exceptions.BotoCoreError as error:
        raise _failed(doing, region, client, error) from error
    except (botocore.parsers.ResponseParserError, *MALFORMED) as error:
        if client is None:
            raise _failed(doing, region, client, error) from error
        raise malformed(doing) from None  # the error may quote a secret


@cache
def _loader(data_path: str | None) -> Any:
    """Return what reads botocore's data, one for all clients: each of a login's would look for all services anew."""
    from botocore.loaders import create_loader

    return create_loader(data_path)


def _refused(doing: str, client: Any, error: Any) -> ServiceError:
    """Return the error for an answer of the service that is one."""
    code, message, status = error_of(error)
    said = f"{code}: {message}" if message else code
    cure = _LED_ASTRAY if _is_led_astray(client) else "Try again in a moment."
    return ServiceError(f"{doing} failed: AWS answered {said} (HTTP {status}).", cure)


def _failed(doing: str, region: str, client: Any, error: Exception) -> ServiceError:
    """Return the error for what failed on the way to the service, or before there was a *client*."""
    from botocore.exceptions import SSLError

    cure = f"Look at the network, the proxy variables and the region: it is {region}."
    if isinstance(error, SSLError):
        cure = "If your company inspects TLS, let AWS_CA_BUNDLE name the file that holds its certificates."
        if "No such file" in str(error):
            cure = "AWS_CA_BUNDLE, REQUESTS_CA_BUNDLE or ca_bundle names a file of certificates that is not there."
    elif _is_led_astray(client):
        cure = _LED_ASTRAY
    elif client is None:
        cure = f"Look at the region, {region}, and at what variables named AWS_… and the config file set."
    return ServiceError(f"{doing} failed: {sentence(error)}", cure)


def malformed(doing: str) -> ServiceError:
    """Return the error for an answer that is not of AWS's protocol."""
    cure = "Is a proxy, or the sign-in page of a network, in between?"
    return ServiceError(f"{doing} failed: what answered does not speak AWS's protocol.", cure)


def _is_led_astray(client: Any) -> bool:
    named = os.environ.get("AWS_ENDPOINT_URL")
    return bool(named) and (client is None or client.meta.endpoint_url == named)


def get(url: str, *, head_alone: bool = False) -> Any:
    """Ask for *url*, which is no call of a service, and return botocore's answer; its body is not read if *head_alone*.

    Proxies and CA bundle are those of calls; no redirect is followed. Raise BotoCoreError, ValueError for no address.
    """
    import botocore.session
    from botocore.awsrequest import AWSRequest
    from botocore.httpsession import URLLib3Session
    from botocore.utils import get_environ_proxies

    variables = botocore.session.Session(session_vars=_NO_PROFILE)
    verify = variables.get_config_variable("ca_bundle") or True
    with closing(URLLib3Session(verify=verify, proxies=get_environ_proxies(url), timeout=READ_TIMEOUT)) as http:
        answer = http.send(AWSRequest("GET", url, stream_output=head_alone).prepare())
        if head_alone:
            answer.raw.close()
        return answer


def error_of(error: Any) -> tuple[str, str, int]:
    """Return code and message of botocore's ClientError, shortened, and HTTP's status.

    The code of an OAuth error is its ``error``.
    """
    body = error.response.get("Error", {})
    code = error.response.get("error") or str(body.get("Code", "")).rpartition("#")[2]
    message = error.response.get("error_description") or body.get("Message") or ""
    return str(code)[:_SHOWN], str(message)[:_SHOWN], error.response["ResponseMetadata"]["HTTPStatusCode"]


def sentence(error: Any) -> str:
    """Return what botocore's *error* says, as a sentence.

    One that wraps a fault which botocore does not know may quote a header of the request, and so a secret: of that only
    the type is shown. And botocore masks the password of a proxy in some addresses only.
    """
    from botocore.exceptions import HTTPClientError, ProxyConnectionError

    if isinstance(error, ProxyConnectionError):
        return "there is no way through the proxy."
    if type(error) is HTTPClientError:
        return f"the request could not be made ({type(error.kwargs.get('error')).__name__})."
    return f"{str(error).rstrip('.')}."
