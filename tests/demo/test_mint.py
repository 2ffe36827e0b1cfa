"""Keys look like AWS's, and the id tells its account."""

import re

import pytest

from ssoenv.demo.portal import mint


def test_decoder(account_in):
    """The decoder of this test reads a key id of AWS's."""
    assert account_in("ASIAQNZGKIQY56JQ7WML") == "029608264753"


@pytest.mark.parametrize("account_id", ["000000000000", "000000000001", "123456789011", "999999999999"])
def test_access_key_id(account_id, account_in):
    """A key id has AWS's form, carries its account in today's format, and is new each time."""
    ids = {mint.access_key_id(account_id) for _ in range(50)}

    assert len(ids) == 50
    for key in ids:
        assert re.fullmatch(r"ASIA[A-Z2-7]{16}", key)
        assert key[4] >= "Q" or key[4].isdecimal()  # the top bit is set: not an old key
        assert account_in(key) == account_id


def test_secret_and_token():
    """A secret holds `/` and `+`; a session token is hundreds of characters of base64 that end in `=`."""
    secret, token = mint.secret_access_key(), mint.session_token()

    assert re.fullmatch(r"[A-Za-z0-9/+]{40}", secret)
    assert {"/", "+"} <= set(secret)
    assert re.fullmatch(r"[A-Za-z0-9/+]{500,}=+", token)
