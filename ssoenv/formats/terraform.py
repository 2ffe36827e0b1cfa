"""Terraform and OpenTofu: a block for the AWS provider."""

from __future__ import annotations

import json

from ssoenv.aws.roles import Credentials
from ssoenv.formats import checks
from ssoenv.targets import Target


def provider(target: Target, credentials: Credentials) -> str:
    """Return a ``provider "aws"`` block.

    In a file such as ``aws_override.tf`` Terraform merges it into the user's own block, and common .gitignore files
    leave that name out. Variables (.tfvars) would need declarations that nobody has.
    """
    settings = {
        "region": target.region,
        "access_key": credentials.access_key_id,
        "secret_key": credentials.secret_access_key,
        "token": credentials.session_token,
    }
    given = {name: value for name, value in settings.items() if value is not None}
    width = max(map(len, given))
    lines = (f"  {name:<{width}} = {_quoted(name, value)}\n" for name, value in given.items())
    return 'provider "aws" {\n' + "".join(lines) + "}\n"


def _quoted(name: str, value: str) -> str:
    """Return *value* as an HCL string: quotes and backslashes are escaped as in JSON.

    ``${`` and ``%{`` would start a template. Doubling the sign, as is usual, is not clear after another such sign.
    """
    return json.dumps(checks.one_line(name, value), ensure_ascii=False).replace("$", r"\u0024").replace("%", r"\u0025")
