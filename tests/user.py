"""A user of the embedded portal: a home, a config file, and the words typed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CONFIG = """\
# The embedded portal's organisation, as a user would have set it up.
[sso-session corp]
sso_start_url = https://my-sso-portal.awsapps.com/start
sso_region = eu-central-1
sso_registration_scopes = sso:account:access

[profile dev-readonly]
sso_session = corp
sso_account_id = 123456789011
sso_role_name = ReadOnly
region = eu-central-1

[profile prod-readonly]
sso_session = corp
sso_account_id = 123456789022
sso_role_name = ReadOnly

[profile prod-admin]
sso_session = corp
sso_account_id = 123456789022
sso_role_name = AdministratorAccess
region = us-east-1

[profile not-mine]
sso_session = corp
sso_account_id = 123456789011
sso_role_name = AdministratorAccess

[profile old-style]
sso_start_url = https://my-sso-portal.awsapps.com/start
sso_region = eu-central-1
sso_account_id = 123456789011
sso_role_name = ReadOnly
"""


@dataclass
class User:
    """A person with a home directory, who types commands into no terminal."""

    home: Path
    environ: dict[str, str]

    @property
    def config(self) -> Path:
        """The AWS config file."""
        return self.home / ".aws" / "config"

    def write_config(self, text: str) -> None:
        """Write the AWS config file."""
        self.config.parent.mkdir(exist_ok=True)
        self.config.write_text(text, encoding="utf-8")

    def ssoenv(self, *words: str, environ: Mapping[str, str] = {}) -> subprocess.CompletedProcess[str]:
        """Run the program without a terminal and return what came of it."""
        return subprocess.run(
            [sys.executable, "-m", "ssoenv", *words],
            env={**self.environ, **environ},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            start_new_session=True,  # no terminal, wherever the tests run
            timeout=60,
            check=False,
        )
