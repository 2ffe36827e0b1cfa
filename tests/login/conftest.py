"""What the tests of logins share: a user at a terminal, and a portal that lives by that user's clock."""

from __future__ import annotations

import pytest
from contexts import World


@pytest.fixture
def world(tmp_path):
    return World(tmp_path / "home", terminal=True)


@pytest.fixture
def portal(world, start_portal, lead_to):
    return lead_to(start_portal(auto_approve=True, now=world.clock.now))
