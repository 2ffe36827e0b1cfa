"""The settings: a TOML file of the user's."""

from __future__ import annotations

from dataclasses import dataclass, fields

from ssoenv.context import Context
from ssoenv.errors import ConfigError


@dataclass(frozen=True)
class Settings:
    """Each setting with its type and its default."""

    #: Say nothing after a switch, as with `ssouse --quiet`.
    quiet: bool = False
    #: Export the profile's name and let SDKs get the keys, as with `ssouse --profile-mode`.
    profile_mode: bool = False


def load(context: Context) -> Settings:
    """Return the settings of the user; raise ConfigError for a key or a value that means nothing."""
    path = context.settings_file
    try:
        content = path.read_text("utf-8")
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} can't be read: {error}.", "It is a TOML file in UTF-8.") from error
    import tomllib

    try:
        values = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not TOML: {error}.", "A line looks like: quiet = true") from error
    known = {field.name: field.type for field in fields(Settings)}
    for name, value in values.items():
        if name not in known:
            raise ConfigError(
                f"{_place(content, name, path)}: there is no setting {name!r}.", f"There are: {', '.join(known)}."
            )
        if type(value).__name__ != known[name]:
            raise ConfigError(f"{_place(content, name, path)}: {name} is a {known[name]}.", f"Write: {name} = true")
    return Settings(**values)


def _place(content: str, name: str, path: object) -> str:
    for number, line in enumerate(content.splitlines(), 1):
        if line.lstrip().strip("[\"'").startswith(name):
            return f"{path}, line {number}"
    return str(path)
