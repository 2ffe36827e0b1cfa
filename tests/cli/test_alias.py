"""`ssoenv alias`."""

from __future__ import annotations


def test_what_an_alias_stands_for(logged_in):
    """It is shown by itself and in the list; who gives the name to another role is told what it was."""
    logged_in.ssoenv("accounts", "--session", "corp")
    assert logged_in.ssoenv("alias").stderr == "There are no aliases. As in: ssoenv alias dev 123456789011/ReadOnly\n"
    for target, said in (
        ("dev-readonly", "d is dev-readonly, account 123456789011, ReadOnly.\n"),
        ("prod-admin", "d is prod-admin, account 123456789022, AdministratorAccess. It was dev-readonly.\n"),
    ):
        assert logged_in.ssoenv("alias", "d", target).stderr == said
    assert logged_in.ssoenv("alias", "d").stdout == "prod-admin\n"
    assert logged_in.ssoenv("alias").stdout == "d\tprod-admin\n"
    logged_in.does("alias", "d", "--remove")
    done = logged_in.ssoenv("alias", "d")
    assert (done.returncode, done.stderr) == (
        2,
        "ssoenv: What should it stand for? Type: ssoenv alias d ACCOUNT/ROLE\n",
    )
