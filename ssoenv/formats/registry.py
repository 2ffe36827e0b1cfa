"""The forms by name, those of the shells among them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ssoenv import environment, shells
from ssoenv.aws.roles import Credentials
from ssoenv.errors import one_of
from ssoenv.formats import documents, env_files, github_actions, terraform
from ssoenv.shells import SHELLS, Shell
from ssoenv.targets import Target

Format = Callable[[Target, Credentials], str]
"""Returns the text for a target and its credentials. Raises ConfigError for a value that the form can't hold."""


def _for_shell(shell: Shell, target: Target, credentials: Credentials) -> str:
    """Return *shell*'s lines that set the variables, and remove those which other keys may have left."""
    variables = environment.key_variables(credentials, target.region)
    return "".join(f"{line}\n" for line in shells.lines(variables, shell))


FORMATS: dict[str, Format] = {
    **{name: partial(_for_shell, shell.by_hand()) for name, shell in SHELLS.items()},
    "dotenv": env_files.env_file,
    "docker": env_files.env_file,
    "json": documents.document,
    "terraform": terraform.provider,
    github_actions.NAME: github_actions.masks,
    "credential-process": documents.credential_process,
}


def find(name: str) -> Format:
    """Return the form called *name*. Raise UsageError with the choices if there is none."""
    return FORMATS[one_of(FORMATS, name, f"There is no format {name}.")]
