"""What an error of botocore's providers means to the user, and what to do about it."""

from __future__ import annotations

from typing import Any

from ssoenv.aws import clients
from ssoenv.aws.chains import Step
from ssoenv.aws.sts import BAD_KEYS
from ssoenv.errors import ConfigError, NoAccess, NotLoggedIn, ServiceError, SsoenvError
from ssoenv.text import printable

_SHOWN = 300  # characters of what another program says


def explained(error: Exception, chain: list[Step], asked: list[str]) -> SsoenvError | None:
    """Return what *error* means to the user, None for what only ssoenv's own fault can be."""
    from botocore import exceptions
    from botocore.parsers import ResponseParserError

    name, root = chain[0].name, chain[-1]
    if isinstance(error, exceptions.ClientError):
        return _refused(error, chain, asked)
    if isinstance(error, exceptions.NoRegionError):
        cure = "Add a line to it, such as: region = eu-west-1"
        return ConfigError(f"The profile {name} has no region, and STS is asked in one.", cure)
    if isinstance(error, exceptions.LoginError):
        cure = f"Type: aws login --profile {root.name}"
        return NotLoggedIn(f"The profile {root.name} has no valid login. {_said(str(error))}", cure)
    if isinstance(error, exceptions.HTTPClientError | exceptions.ConnectionError):
        return ServiceError(
            f"Getting the credentials of the profile {name} failed: {_said(clients.sentence(error))}",
            "Look at the network, the proxy variables and the region of the profile.",
        )
    if asked and isinstance(error, (ResponseParserError, *clients.MALFORMED)):
        return clients.malformed(f"Getting the credentials of {asked[-1]}")
    # What the process printed is not in any of these messages but one, and none shows it.
    if root.kind in ("process", "login") and not asked:
        return _process_fault(error, root)
    if isinstance(error, OSError) and root.kind == "web-identity":
        fault = f"web_identity_token_file of the profile {root.name} can't be read: {error.strerror}."
        return ConfigError(fault, f"It names {root.settings['web_identity_token_file']}.")
    if isinstance(error, exceptions.PartialCredentialsError):
        where = "The environment" if error.kwargs["provider"] == "env" else f"The profile {root.name}"
        return ConfigError(f"{where} has an access key, but no {error.kwargs['cred_var']}.", "Add it.")
    # RuntimeError: credentials that have expired. ValueError: an endpoint or a number that is none.
    if isinstance(error, exceptions.BotoCoreError | RuntimeError | ValueError):
        fault = f"The profile {name} gives no credentials. {_said(str(error))}"
        where = " and ".join(step.name for step in chain)
        return ConfigError(fault, f"Look at {where} in the config file, and at the variables named AWS_….")
    return None


def _refused(error: Any, chain: list[Step], asked: list[str]) -> SsoenvError:
    """Return what it means that AWS answered with *error* to the last role of *asked*."""
    code, message, status = clients.error_of(error)
    role_arn = asked[-1] if asked else "?"
    step = next((step for step in chain if step.settings.get("role_arn") == role_arn), chain[0])
    said = f"AWS answered {_said(': '.join(filter(None, (code, message))) or f'HTTP {status}')}"
    if code == "AccessDenied":
        cure = "Does its trust policy name you, and do external_id and mfa_serial fit? Its owner can tell."
        if "MultiFactorAuthentication" in message:
            cure = "Try again with the next code of your device."
        fault = f"You may not assume the role {role_arn}, which the profile {step.name} asks for. {said}"
        return NoAccess(fault, cure)
    if code in BAD_KEYS:
        fault = f"AWS does not take the credentials that the profile {chain[-1].name} gives. {said}"
        return NoAccess(fault, "Renew them where they come from.")
    if code == "ValidationError":
        cure = "Look at its role_arn, role_session_name, external_id and duration_seconds."
        return ConfigError(f"AWS can't use the settings of the profile {step.name}. {said}", cure)
    return ServiceError(f"Getting the credentials of {role_arn} failed. {said}", "Try again in a moment.")


def _process_fault(error: Exception, root: Step) -> SsoenvError:
    """Return what went wrong with the root's process; its stdout is never shown, and its stderr if it failed."""
    from botocore.exceptions import CredentialRetrievalError

    what = "aws configure export-credentials" if root.kind == "login" else "credential_process"
    cure = f"Look at the profile {root.name}, and run that command yourself."
    if root.kind == "login":
        cure = f"Type: aws login --profile {root.name} (an old AWS CLI does not know it)"
    if isinstance(error, CredentialRetrievalError):
        said = str(error.kwargs["error_msg"])
        if said.startswith("Unsupported version"):
            fault = "it answers in a form other than Version 1."
        elif said.startswith("Missing required key"):
            fault = "AccessKeyId or SecretAccessKey is missing in its answer."
        else:
            fault = f"it failed. It says: {_said(said)}" if said.strip() else "it failed, and says nothing."
    elif isinstance(error, OSError):
        fault = f"it can't be run: {error.strerror}."
    elif isinstance(error, UnicodeError):
        fault = "what it says is not UTF-8."
    else:
        fault = "its answer is not what one of AWS's is: a JSON object, and times with their zone."
    return ConfigError(f"{what} of the profile {root.name} gives no credentials: {fault}", cure)


def _said(text: str) -> str:
    """Return *text* of another program as the end of a sentence, on one line and safe to show.

    Of a long one the end is shown, where errors say the cause.
    """
    line = " ".join(text.split())
    line = line if len(line) <= _SHOWN else f"…{line[-_SHOWN:]}"
    return printable(line if line.endswith((".", "!", "?")) else f"{line}.")
