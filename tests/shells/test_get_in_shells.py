"""What `ssoenv get` prints for a shell, pasted into the real one: its child has these credentials and no others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from readers import READERS, Reader

from ssoenv import formats
from ssoenv.aws.roles import Credentials
from ssoenv.environment import key_variables
from ssoenv.formats import portal
from ssoenv.targets import Target

TARGET = Target("dev", None, "123456789011", "ReadOnly", "eu-central-1")
TOKEN = Credentials("ASIAZ7EXAMPLE", "wJalr+XUtn/FEMI=", "IQoJb3JpZ2luX2Vj//==" * 40, 1795521600)
# As another program may have given it: nothing of this may run.
HOSTILE = Credentials("ASIAZ7EXAMPLE", "a'b\"c$(touch pwned)`touch pwned`${HOME}!!\\%PATH%;#&|", "x y", 1795521600)
OWN = Credentials("AKIAZ7EXAMPLE", "secret", None, None)

BY_NAME = {reader.name: reader for reader in READERS}
SHELLS = ("dash", "bash", "zsh", "fish", "powershell", "nushell", "tcsh", "xonsh", "elvish", "cmd")
# A command prompt reads each line as it is pasted, which is not how cmd reads a file.
PROMPT = replace(BY_NAME["cmd"], name="cmd-prompt", shell="cmd", evaluate="%COMSPEC% /q <snippet.bat >nul")


def _seen(reader: Reader, code: str, home: Path) -> dict[str, str]:
    seen = {name.decode(): value.decode() for name, value in reader.evaluated(code, home, "C.UTF-8").items()}
    return {name: value for name, value in seen.items() if name.startswith("AWS_")}


def _given(credentials: Credentials) -> dict[str, str]:
    values = key_variables(credentials, TARGET.region)
    return {name: value for name, value in values.items() if value is not None}


@pytest.mark.parametrize("name", SHELLS)
def test_own_form(name, tmp_path):
    """The form of each shell sets the variables, whatever they hold, and takes out what other keys have left."""
    reader = BY_NAME[name]
    form = formats.find(reader.shell or name)
    hostile = HOSTILE
    if name == "cmd":  # it can't quote one, and with it a line would be refused
        hostile = replace(HOSTILE, secret_access_key=HOSTILE.secret_access_key.replace('"', "^"))

    assert _seen(reader, form(TARGET, hostile), tmp_path) == _given(hostile)
    assert _seen(reader, form(TARGET, TOKEN) + form(TARGET, OWN), tmp_path) == _given(OWN)


@pytest.mark.parametrize(
    "reader", [*(BY_NAME[name] for name in ("dash", "bash", "zsh", "powershell", "cmd")), PROMPT], ids=str
)
def test_portal_form(reader, tmp_path):
    """The portal's text sets its three variables; with all that ssoenv adds, it takes out what other keys have left."""
    system = portal.system_of(reader.shell or reader.name)
    given = _given(TOKEN)

    exact = portal.variables(system, TARGET, TOKEN, exact=True)
    assert _seen(reader, exact, tmp_path) == {key: given[key] for key in list(given)[:3]}
    more = portal.variables(system, TARGET, TOKEN, exact=False)
    assert _seen(reader, more, tmp_path) == given
    assert _seen(reader, more + portal.variables(system, TARGET, OWN, exact=False), tmp_path) == _given(OWN)
