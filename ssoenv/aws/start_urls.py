"""Start URLs: the portal that a vanity address leads to, and the region that an address tells of.

A portal is reached by its start URL, its issuer URL, or an address of the customer's own that redirects to one of
these, once. No request made here carries a secret.
"""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from ssoenv.errors import ServiceError

_LABEL = "[a-z0-9-]+"
_REGION = "(?P<region>[a-z]{2,4}(?:-[a-z]+)+-[0-9]+)"
# Hosts that AWS alone hands out; under amazonaws.com as such a customer's bucket may answer. In the first ones the
# customer chooses the name, which may look like a region.
_PORTALS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:{_LABEL}\.)+awsapps\.(?:com|cn|eu)",
        rf"{_LABEL}\.portal\.{_REGION}\.app\.aws",
        rf"{_LABEL}\.{_REGION}\.portal\.amazonaws\.(?:com|com\.cn|eu)",
        rf"identitycenter\.(?:{_REGION}\.)?amazonaws\.(?:com|com\.cn|eu)",
        rf"(?:{_LABEL}\.)?{_REGION}\.signin\.(?:aws|aws\.amazon\.com)",
    )
)


def is_portal(url: str) -> bool:
    """Tell whether *url* is an https address of a host that AWS alone can answer for."""
    return _match(url) is not None


def resolve(start_url: str) -> str:
    """Return the address that the service knows the portal of *start_url* by: itself, or where a vanity one leads.

    Raise ServiceError when it leads to a host that is not AWS's, or the network fails.
    """
    if is_portal(start_url):
        return start_url
    target = _redirect(start_url)
    if target is None:
        return start_url  # whether a portal answers there is AWS's to say
    if not is_portal(target):
        raise ServiceError(
            f"{start_url} leads to {target}, which is no portal of AWS's. Nothing was sent there.",
            "Use the portal's own start URL; it looks like https://NAME.awsapps.com/start.",
        )
    return target


def discover_region(start_url: str) -> str | None:
    """Return the region of the portal at *start_url*, from the address or from one redirect; None if neither tells."""
    if region := _region(start_url):
        return region
    try:
        target = _redirect(start_url)
    except ServiceError:
        return None
    return _region(target) if target else None


def _region(url: str) -> str | None:
    match = _match(url)
    return match.groupdict().get("region") if match else None


def _match(url: str) -> re.Match[str] | None:
    """Return the match of the host's pattern; a URL with anything odd before its path has none."""
    start = re.match(r"https://([A-Za-z0-9.-]+)(?::443)?(?=[/?#]|$)", url)
    host = start[1].lower() if start else ""
    return next(filter(None, (pattern.fullmatch(host) for pattern in _PORTALS)), None)


def _redirect(url: str) -> str | None:
    """Ask for *url* and return where it redirects to, None if it does not. Raise ServiceError if nobody answers."""
    import botocore.exceptions

    from ssoenv.aws import clients

    address = urlsplit(url)._replace(fragment="").geturl()
    try:
        answer = clients.get(address, head_alone=True)  # the page itself may be long
    except (botocore.exceptions.BotoCoreError, ValueError) as error:
        raise ServiceError(
            f"Asking {'://'.join(urlsplit(url)[:2])} for its portal failed: {clients.sentence(error)}",
            "Look at the network, the proxy variables and the start URL.",
        ) from error
    location = answer.headers.get("Location") if 300 <= answer.status_code < 400 else None
    return urljoin(address, location) if location else None
