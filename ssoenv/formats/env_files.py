"""Files of variables: .env for the dotenv libraries, and ``--env-file`` of docker and podman."""

from __future__ import annotations

from ssoenv import environment
from ssoenv.aws.roles import Credentials
from ssoenv.formats import checks
from ssoenv.targets import Target


def env_file(target: Target, credentials: Credentials) -> str:
    """Return ``NAME=value`` lines.

    docker takes quotes as part of the value, podman and the dotenv libraries take them off, and the latter expand $ as
    well, some even inside quotes. So there are none, and no value that would need any.
    """
    values = environment.key_variables(credentials, target.region)
    return "".join(f"{name}={checks.unquoted(name, value)}\n" for name, value in values.items() if value is not None)
