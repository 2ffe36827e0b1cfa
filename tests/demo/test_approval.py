"""What a person sees: compare, allow or deny, done."""

import dataclasses
from urllib.parse import parse_qs, urlsplit

import pytest

HOSTILE = "<script>alert(1)</script>\"'&{client}"


class TestDevice:
    """The page of the device flow."""

    @pytest.fixture
    def client(self, program):
        """Register the program that asks."""
        return program.register(clientName="ssoenv on laptop")

    @pytest.fixture
    def started(self, program, client):
        """Ask for a code."""
        return program.start(client)

    def test_question(self, browse, started):
        """The link shows who asks and the code to compare, and decides nothing by being opened."""
        page = browse("/device", user_code=started["userCode"])

        assert page.status == 200
        assert "Authorize request" in page.text
        assert "ssoenv on laptop" in page.text
        assert started["userCode"] in page.text
        assert ">Allow</button>" in page.text
        assert ">Deny</button>" in page.text

    def test_looking_is_not_allowing(self, browse, started, program, client):
        """A link that a mail filter opens approves nothing."""
        browse("/device", user_code=started["userCode"], decision="approved")

        with pytest.raises(program.oidc.exceptions.AuthorizationPendingException):
            program.poll(client, started["deviceCode"])

    def test_allow(self, browse, started, program, client):
        """Allow brings the program its token, and the page says that one is done."""
        page = browse("/device", {"user_code": started["userCode"], "decision": "approved"})

        assert page.status == 200
        assert "Request approved" in page.text
        assert "You may close this window" in page.text
        assert program.poll(client, started["deviceCode"])["accessToken"]

    def test_deny(self, browse, started, program, client):
        """Deny refuses the program."""
        page = browse("/device", {"user_code": started["userCode"], "decision": "denied"})

        assert "Request denied" in page.text
        with pytest.raises(program.oidc.exceptions.AccessDeniedException):
            program.poll(client, started["deviceCode"])

    def test_one_decision(self, browse, started, portal):
        """A decision stands: the same code can't be decided again."""
        form = {"user_code": started["userCode"], "decision": "denied"}
        browse("/device", form)

        assert browse("/device", {**form, "decision": "approved"}).status == 404
        with pytest.raises(LookupError):
            portal.approve(started["userCode"])

    @pytest.mark.parametrize("decision", ["", "pending", "maybe"])
    def test_no_decision(self, browse, started, program, client, decision):
        """A form without a decision leaves the question open."""
        assert browse("/device", {"user_code": started["userCode"], "decision": decision}).status == 400
        with pytest.raises(program.oidc.exceptions.AuthorizationPendingException):
            program.poll(client, started["deviceCode"])

    def test_unknown_code(self, browse):
        """An unknown code is said to be one."""
        page = browse("/device", user_code=HOSTILE)

        assert page.status == 404
        assert "Invalid or expired code" in page.text

    def test_typed_code(self, browse, started):
        """Without a code the page asks for it; letters and blanks may be typed as they come."""
        assert 'name="user_code"' in browse("/device").text
        typed = f" {started['userCode'].lower()} "
        assert ">Allow</button>" in browse("/device", user_code=typed).text

    @pytest.mark.parametrize("ending", ["", "\ud800"])
    def test_hostile_name(self, browse, portal, program, ending):
        """A program's name is shown, and never becomes part of the page."""
        client = program.register()
        known = portal.clients[client["clientId"]]
        portal.clients[client["clientId"]] = dataclasses.replace(known, name=HOSTILE + ending)
        started = program.start(client)

        page = browse("/device", user_code=started["userCode"])

        assert "&lt;script&gt;" in page.text
        assert "<script" not in page.text

    def test_wrong_region(self, browse, portal, program, client, started):
        """The portal of another region says so in the browser alone; the program waits until the code expires."""
        portal.wrong_region = "page"

        page = browse("/device", user_code=started["userCode"])
        form = {"user_code": started["userCode"], "decision": "approved"}

        assert "Invalid grant provided" in page.text
        assert "Invalid grant provided" in browse("/device", form).text
        with pytest.raises(program.oidc.exceptions.AuthorizationPendingException):
            program.poll(client, started["deviceCode"])


class TestAuthorize:
    """The page of the authorization-code flow."""

    def answer(self, page):
        """Return where the browser is sent, and the fields it takes along."""
        assert page.status == 303
        address = urlsplit(page.headers["Location"])
        return address._replace(query="").geturl(), parse_qs(address.query)

    def test_question(self, browse, pkce):
        """The page names the program and what it asks for."""
        page = browse("/authorize", **pkce.question())

        assert page.status == 200
        assert "ssoenv" in page.text
        assert "sso:account:access" in page.text
        assert ">Allow</button>" in page.text

    def test_form_returns_all_fields(self, browse, pkce):
        """The form carries the whole question, so that Allow needs nothing else."""
        page = browse("/authorize", **pkce.question(state=HOSTILE))

        for name in pkce.question():
            assert f'name="{name}"' in page.text
        assert "<script" not in page.text

    def test_allow(self, browse, pkce):
        """Allow leads to the program's own port with a code and the program's state."""
        address, fields = self.answer(browse("/authorize", {**pkce.question(), "decision": "approved"}))

        assert address == pkce.redirect_uri
        assert fields["state"] == ["a-state"]
        assert pkce.redeem(fields["code"][0])["accessToken"]

    def test_deny(self, browse, pkce):
        """Deny leads there with an error and no code."""
        answer = self.answer(browse("/authorize", {**pkce.question(), "decision": "denied"}))

        assert answer == (pkce.redirect_uri, {"error": ["access_denied"], "state": ["a-state"]})

    def test_auto_approve(self, browse, pkce, portal):
        """With auto_approve the browser is sent on at once."""
        portal.auto_approve = True

        assert self.answer(browse("/authorize", **pkce.question()))[1]["code"]

    @pytest.mark.parametrize(
        "changes",
        [
            {"client_id": "unknown"},
            {"redirect_uri": "http://127.0.0.1:54321/elsewhere"},
            {"redirect_uri": "http://example.com/oauth/callback"},
            {"redirect_uri": "http://127.0.0.1@example.com/oauth/callback"},
            {"redirect_uri": "http://127.0.0.1:1@example.com/oauth/callback"},
            {"redirect_uri": "http://["},
            {"scopes": "sso:account:access more"},
            {"response_type": "token"},
            {"code_challenge_method": "plain"},
            {"code_challenge": ""},
            {"state": ""},
        ],
    )
    @pytest.mark.parametrize("auto_approve", [False, True])
    def test_refused(self, browse, pkce, portal, changes, auto_approve):
        """What does not fit the registration gets no code, and the browser is sent nowhere."""
        portal.auto_approve = auto_approve

        for page in (
            browse("/authorize", **pkce.question(**changes)),
            browse("/authorize", {**pkce.question(**changes), "decision": "approved"}),
        ):
            assert page.status == 400
            assert "Location" not in page.headers

    def test_client_of_other_flow(self, browse, pkce, program):
        """A client of the device flow gets no code."""
        asked = pkce.question(client_id=program.register()["clientId"])

        assert browse("/authorize", **asked).status == 400

    def test_wrong_region(self, browse, pkce, portal):
        """The portal of another region says so in the browser."""
        portal.wrong_region = "page"

        assert "Invalid grant provided" in browse("/authorize", **pkce.question()).text


def test_headers(browse):
    """No page may run a script, be framed, be kept, or tell its address to another."""
    headers = browse("/device").headers

    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy
    assert "form-action 'self' http://127.0.0.1:*" in policy  # Allow leads on to the program's own port
    assert "unsafe-inline" not in policy
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
