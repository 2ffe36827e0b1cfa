"""The account inside an access key id."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssoenv.aws.keys import account_of
from ssoenv.demo.portal import mint


def test_known_key():
    """A key id published with its account."""
    assert account_of("ASIAQNZGKIQY56JQ7WML") == "029608264753"


@given(st.integers(0, 10**12 - 1))
def test_every_account_comes_back(number):
    """Of a minted key id the account is read, leading zeros and all."""
    account = f"{number:012d}"
    assert account_of(mint.access_key_id(account)) == account


@pytest.mark.parametrize(
    "key_id",
    [
        "",
        "ASIA",
        "AKIAIOSFODNN7EXAMPLE",
        "ASIAQNZGKIQY56JQ7WM",
        "ASIAQNZGKIQY56JQ7WM1",
        "AROAQNZGKIQY56JQ7WML",
        "é" * 20,
    ],
)
def test_id_that_does_not_tell(key_id):
    """Old ids, other kinds and what is no id tell nothing."""
    assert account_of(key_id) is None
