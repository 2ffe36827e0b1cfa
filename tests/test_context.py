"""Where the program keeps its files."""

from __future__ import annotations

import platformdirs
import pytest

from ssoenv.context import Context


@pytest.mark.parametrize("config", [None, "", "/etc/mine", "/etc/mine/", "relative", "~/.mine"])
@pytest.mark.parametrize("cache", [None, "/var/tmp//mine", "relative"])
def test_folders_are_those_of_platformdirs(monkeypatch, config, cache):
    """Whatever the XDG variables say, the folders are those that platformdirs tells, which is not imported on Linux."""
    for name, value in (("XDG_CONFIG_HOME", config), ("XDG_CACHE_HOME", cache)):
        if value is not None:
            monkeypatch.setenv(name, value)
    context = Context.system(print)
    assert context.settings_file == platformdirs.user_config_path("ssoenv") / "config.toml"
    assert context.cache_dir == platformdirs.user_cache_path("ssoenv")


def test_a_home_that_is_none(monkeypatch):
    """A relative or missing HOME means the home that the system knows."""
    for home in ("relative", None):
        monkeypatch.delenv("HOME") if home is None else monkeypatch.setenv("HOME", home)
        assert Context.system(print).cache_dir == platformdirs.user_cache_path("ssoenv")
        assert Context.system(print).cache_dir.is_absolute()
