"""What 10,000 profiles cost: `ssoenv use` and `ssoenv list` with a file of so many, and with one of ten."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from measuring import Row, Target, Task, compare, process
from world import SSOENV, World

TITLE = "10,000 profiles"
ABOUT = """Whole processes, with a config file of 10,000 profiles and with one of 10. The keys are in the cache."""

_SESSION = "[sso-session corp]\nsso_start_url = https://my-sso-portal.awsapps.com/start\nsso_region = eu-central-1\n"
_PROFILE = """
[profile {name}]
sso_session = corp
sso_account_id = 123456789011
sso_role_name = ReadOnly
region = eu-central-1
"""


def measure(world: World) -> Iterator[Row | str]:
    """Yield a row for `use`, and one for `list`, which has 1,000 times as much to print."""
    few, many = (_config(count, world) for count in (10, 10_000))
    for words, target in ((("use", "the-one", "--shell", "bash"), Target(50, "ms added")), (("list",), None)):
        yield from compare(
            Task(f"`ssoenv {words[0]}`", _run(words, many, world)),
            Task("the same with 10 profiles", _run(words, few, world), target),
            rounds=world.rounds,
        )


def _config(count: int, world: World) -> Path:
    file = world.folder / f"config-{count}"
    names = [f"profile-{number:05d}" for number in range(count - 1)]
    file.write_text(_SESSION + "".join(_PROFILE.format(name=name) for name in [*names, "the-one"]))
    return file


def _run(words: tuple[str, ...], config: Path, world: World) -> Callable[[], float]:
    return process([SSOENV, *words], {**world.environ, "AWS_CONFIG_FILE": str(config)}, world.user.home)
