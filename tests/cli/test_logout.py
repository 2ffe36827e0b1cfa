"""`ssoenv logout`."""

from __future__ import annotations


def test_ends_the_login_and_deletes_what_is_cached(logged_in):
    """After it neither a profile's credentials nor those of a role without profile lie in the cache."""
    logged_in.ssoenv("accounts", "--session", "corp")
    for words in (["dev-readonly"], ["ProductionAccount/AdministratorAccess"]):
        assert logged_in.ssoenv("use", *words, "--shell", "sh").returncode == 0
    cache = logged_in.home / ".aws" / "cli" / "cache"
    assert len(list(cache.iterdir())) == 2
    switched = {"AWS_SSO_PROFILE": "dev-readonly", "AWS_ACCESS_KEY_ID": "ASIAX"}
    done = logged_in.ssoenv("logout", "corp", environ=switched)
    assert done.stderr == (
        "Logged out of corp. The keys in this shell stay good until they expire; to take them out: ssouse --off\n"
    )
    assert list(cache.iterdir()) == []
    assert logged_in.ssoenv("use", "dev-readonly", "--shell", "sh").returncode == 3


def test_without_a_login(user):
    """Where there is no login it says so, and that is no failure."""
    done = user.ssoenv("logout", "corp")
    assert (done.returncode, done.stderr) == (0, "There was no login to corp.\n")
