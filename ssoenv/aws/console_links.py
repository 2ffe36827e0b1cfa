"""Links to the web console: the portal's shortcut, the federated sign-in, and where in the console they lead.

Sources: AWS's documentation, "Create shortcut links to AWS Management Console destinations" and "Enabling custom
identity broker access to the AWS console". The grammar of shortcuts is that of the links which the portal copies.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from ssoenv.aws.config import bare
from ssoenv.errors import ConfigError, UsageError


@dataclass(frozen=True)
class Partition:
    """A partition of AWS: what its regions start with, and the hosts of its *console* and its *signin* page."""

    name: str
    prefix: str
    console: str
    signin: str


_PARTITIONS = (
    Partition("aws-cn", "cn-", "console.amazonaws.cn", "signin.amazonaws.cn"),
    Partition("aws-us-gov", "us-gov-", "console.amazonaws-us-gov.com", "signin.amazonaws-us-gov.com"),
    Partition("aws-eusc", "eusc-", "console.amazonaws-eusc.eu", "signin.amazonaws-eusc.eu"),
    Partition("aws", "", "console.aws.amazon.com", "signin.aws.amazon.com"),
)
# Their consoles are not on the internet.
_ISOLATED = ("us-iso", "eu-iso")
_SERVICE = re.compile("[a-z0-9-]{1,40}")
# Where the console calls a service otherwise than the AWS CLI does.
_PAGES = {
    "cfn": "cloudformation",
    "codebuild": "codesuite/codebuild",
    "codepipeline": "codesuite/codepipeline",
    "dynamodb": "dynamodbv2",
    "ssm": "systems-manager",
    "sso-admin": "singlesignon",
    "stepfunctions": "states",
}
# In front of the console's own host, multi-session puts the account and the session; no other session knows that host.
_SESSION_LABEL = re.compile(r"([0-9]{12})-[a-z0-9]+\.")


def partition_of(region: str) -> Partition:
    """Return the partition that *region* is in; raise ConfigError where its console is not known."""
    if region.startswith(_ISOLATED):
        raise ConfigError(f"The web console of {region} is not known to ssoenv.", "Open it by the portal.")
    return next(partition for partition in _PARTITIONS if region.startswith(partition.prefix))


def destination(partition: Partition, service: str | None, region: str | None) -> str:
    """Return the console's page of *service*, by its name in the AWS CLI, or its home.

    Raise UsageError for a name that can't be a service's, and for a region of another partition.
    """
    if service is not None and not _SERVICE.fullmatch(service):
        raise UsageError(f'"{service}" is not a service.', "Write it as in: --service s3")
    if region and partition_of(region) != partition:
        raise UsageError(f"{region} is not a region of the partition {partition.name}.", "See: --region")
    page = _PAGES.get(service, service) if service else "console"
    return f"https://{partition.console}/{page}/home{f'?region={region}' if region else ''}"


def deep_link(url: str, partition: Partition, account_id: str | None) -> str:
    """Return *url*, an address of the *partition*'s console, as every session of it knows it.

    Raise UsageError for any other address, as a sign-in would send the browser there; and for a page of another account
    than *account_id*, where that is known: it would be the same page of the wrong account.
    """
    found = re.match(r"https://([a-z0-9.-]+)(?::443)?(?=[/?#]|$)", url)
    host = found[1] if found else ""
    if not found or not re.fullmatch("[!-~]+", url) or not f".{host}".endswith(f".{partition.console}"):
        raise UsageError(
            f"{url} is not a page of this account's console.",
            f"It begins with https:// and a host in {partition.console}.",
        )
    label = _SESSION_LABEL.search(host)
    if label and account_id and label[1] != account_id:
        raise UsageError(
            f"{url} is a page of the account {label[1]}, and this would open it in {account_id}.",
            f"Name a role of {label[1]}.",
        )
    return f"https://{_SESSION_LABEL.sub('', host, count=1)}{url[found.end() :]}"


def shortcut(start_url: str, account_id: str, role_name: str, destination: str) -> str | None:
    """Return the portal's own link to the console; there is no secret in it, and the portal asks for a login itself.

    Return None for an address that is no portal's page, as an issuer URL: such have no shortcuts.
    """
    start = bare(start_url)
    address = urlsplit(start)
    if address.query:
        return None
    if address.path.startswith("/directory/"):
        between = "#"
    elif address.path.endswith("/start"):
        between = "/#"
    else:
        return None
    # A + in a role's name would else be read as a blank.
    role, place = quote(role_name, safe=""), quote(destination, safe="")
    return f"{start}{between}/console?account_id={account_id}&role_name={role}&destination={place}"


def login_link(signin: str, token: str, destination: str, issuer: str | None) -> str:
    """Return the link that signs in by *token*, a secret that is good for 15 minutes.

    *signin* is the address of the sign-in page without its path, *issuer* where the console sends the user when the
    session is over.
    """
    fields = {"Action": "login", "Issuer": issuer, "Destination": destination, "SigninToken": token}
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in fields.items() if value)
    return f"{signin}/federation?{query}"
