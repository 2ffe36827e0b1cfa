"""A user of the embedded portal: a home, a config file, and the words typed."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.configloader import load_config
from screen import Screen

from ssoenv.demo.portal import Portal

PROGRAM = [sys.executable, "-m", "ssoenv"]
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

    @property
    def token_file(self) -> Path:
        """The file of the login to the session corp, where the AWS CLI keeps it."""
        return self.home / ".aws" / "sso" / "cache" / f"{hashlib.sha1(b'corp').hexdigest()}.json"

    def profiles(self) -> dict[str, dict[str, Any]]:
        """Return the profiles in the AWS config file, as botocore reads them."""
        return load_config(str(self.config))["profiles"]

    def write_config(self, text: str) -> None:
        """Write the AWS config file."""
        self.config.parent.mkdir(exist_ok=True)
        self.config.write_text(text, encoding="utf-8")

    def log_in_elsewhere(self, portal_url: str) -> None:
        """Log in to the session corp without ssoenv, and leave the token where the AWS CLI would."""

        def ask(path: str, **content: object) -> Any:
            request = urllib.request.Request(f"{portal_url}{path}", json.dumps(content).encode())
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
                return json.load(answer)

        scopes, start_url = ["sso:account:access"], "https://my-sso-portal.awsapps.com/start"
        client = ask("/client/register", clientName="other", clientType="public", scopes=scopes)
        names = {name: client[name] for name in ("clientId", "clientSecret")}
        started = ask("/device_authorization", startUrl=start_url, **names)
        grant = "urn:ietf:params:oauth:grant-type:device_code"
        token = ask("/token", grantType=grant, deviceCode=started["deviceCode"], **names)
        content = {
            "startUrl": start_url,
            "region": "eu-central-1",
            "accessToken": token["accessToken"],
            "expiresAt": _iso(time.time() + token["expiresIn"]),
            **names,
            "registrationExpiresAt": _iso(client["clientSecretExpiresAt"]),
            "refreshToken": token["refreshToken"],
        }
        self.token_file.parent.mkdir(parents=True, exist_ok=True)
        self.token_file.write_text(json.dumps(content))
        self.token_file.chmod(0o600)

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start the program without a terminal."""
        return subprocess.Popen(
            [*PROGRAM, *words],
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
        )

    def ssoenv(self, *words: str, environ: Mapping[str, str] = {}) -> subprocess.CompletedProcess[str]:
        """Run the program without a terminal and return what came of it."""
        return subprocess.run(
            [*PROGRAM, *words],
            env={**self.environ, **environ},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            start_new_session=True,  # no terminal, wherever the tests run
            timeout=60,
            check=False,
        )

    def does(self, *words: str, environ: Mapping[str, str] = {}) -> subprocess.CompletedProcess[str]:
        """Run the program as `ssoenv` does, where it has to succeed."""
        done = self.ssoenv(*words, environ=environ)
        assert done.returncode == 0, done.stderr
        return done

    def at_terminal(self, *words: str, rows: int = 24, columns: int = 80, **environ: str) -> Screen:
        """Run the program at a terminal of its own."""
        environ = {**self.environ, "TERM": "xterm-256color", **environ}
        return Screen([*PROGRAM, *words], environ, rows, columns)


def new_user(home: Path, portal: Portal) -> User:
    """Return a user of *portal* who has logged in elsewhere; the environment is next to none, and has no locale."""
    home.mkdir()
    (home / "run").mkdir()
    environ = {"PATH": os.environ["PATH"], "HOME": str(home), "XDG_RUNTIME_DIR": str(home / "run")}
    user = User(home, {**environ, **portal.environment()})
    user.write_config(CONFIG)
    user.log_in_elsewhere(portal.url)
    return user


def _iso(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
