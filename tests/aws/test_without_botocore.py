"""A role's credentials without botocore: what it would do is done, or left to it."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import botocore
import botocore.config
import botocore.configprovider
import botocore.session
import pytest
import trustme

from ssoenv.aws import portal, without_botocore
from ssoenv.aws.config import Config, Session, SsoRole
from ssoenv.aws.profiles import CredentialsFile
from ssoenv.errors import ServiceError

REGION = "eu-central-1"
ROLE = SsoRole(Session(None, "", REGION, None), "123456789011", "trainer+guest@night.shift")
# A profile's setting that makes botocore do all, where the config file lacks it.
BY_BOTOCORE = {"api_versions": ""}
# What botocore looks up and an unsigned GET that answers with JSON does not depend on.
WITHOUT_EFFECT = {
    *("profile", "region", "config_file", "credentials_file", "parameter_validation", "user_agent_appid"),
    *("metadata_service_timeout", "metadata_service_num_attempts", "ec2_metadata_service_endpoint"),
    *("ec2_metadata_service_endpoint_mode", "ec2_metadata_v1_disabled", "imds_use_ipv6"),
    *("csm_host", "csm_port", "csm_client_id", "endpoint_discovery_enabled", "sts_regional_endpoints"),
    *("request_min_compression_size_bytes", "disable_request_compression", "sigv4a_signing_region_set"),
    *("request_checksum_calculation", "response_checksum_validation", "account_id_endpoint_mode"),
    *("disable_host_prefix_injection", "auth_scheme_preference", "s3_disable_express_session_auth"),
    *("retry_mode", "max_attempts"),  # botocore heeds them, as it is told of a first attempt that failed
    "ca_bundle",  # heeded here
}
ANSWER = {
    "roleCredentials": {
        "accessKeyId": "ASIA",
        "secretAccessKey": "secret",
        "sessionToken": "token",
        "expiration": (int(time.time()) + 3600) * 1000,
    }
}


class Service(ThreadingHTTPServer):
    """Answers each request by the next of *outcomes*, the last one for good, and notes them all."""

    daemon_threads = True

    def __init__(self, *outcomes: Callable[[BaseHTTPRequestHandler], None], tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.outcomes = list(outcomes)
        self.asked: list[tuple[str, str | None]] = []
        self.url = f"{'https' if tls else 'http'}://localhost:{self.server_port}"
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_side=True)

    def handle_error(self, *_: object) -> None:
        """Say nothing: a client that trusts nobody is the test's business."""


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers["x-amz-sso_bearer_token"]))
        outcomes = self.server.outcomes
        (outcomes.pop(0) if len(outcomes) > 1 else outcomes[0])(self)

    def log_message(self, *_: object) -> None:
        pass


def says(status: int, body: object = ANSWER, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        content = json.dumps(body).encode()
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def resets(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.close()


def dawdles(handler: BaseHTTPRequestHandler) -> None:
    Event().wait(1)  # its clock is nobody's to patch


def sends(rest: str) -> Callable[[BaseHTTPRequestHandler], None]:
    return lambda handler: handler.wfile.write(f"HTTP/1.1 200 OK\r\n{rest}".encode())


@pytest.fixture
def serve(monkeypatch):
    """Start services, the last of which is the portal that the environment names."""
    started = []

    def start(*outcomes, tls=None):
        service = Service(*outcomes, tls=tls)
        Thread(target=service.serve_forever, args=(0.05,), daemon=True).start()
        started.append(service)
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSO", service.url)
        return service

    yield start
    for service in started:
        service.shutdown()
        service.server_close()


@pytest.fixture
def no_pauses(monkeypatch):
    """Let botocore try again at once."""
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)


def config(text: str) -> dict[str, str]:
    """Write the config file, and return the settings of the profile `dev` in it."""
    path = Path.home() / ".aws" / "config"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return Config(path, text.encode()).profile_settings("dev")


def called(region: str, profile: str | None = None, **options: object) -> str | None:
    """Return the URL that botocore asks for credentials of a role; None where it refuses to."""
    session = SESSION if profile is None else botocore.session.Session(profile=profile)
    urls = []

    def note(request, **_event):
        urls.append(request.url)
        raise InterruptedError

    options = botocore.config.Config(signature_version=botocore.UNSIGNED, **options)
    try:
        client = session.create_client("sso", region_name=region, config=options)
        client.meta.events.register("before-send.sso", note)
        client.get_role_credentials(roleName="r", accountId="1", accessToken="t")
    except InterruptedError:
        return urls[0].partition("/federation/")[0]
    except botocore.exceptions.BotoCoreError:
        return None
    raise AssertionError("botocore has asked somebody")


SESSION = botocore.session.Session(session_vars={"profile": (None, None, None, None)})


def ask(settings) -> object:
    """Return credentials, or what was raised instead."""
    try:
        return portal.role_credentials(ROLE, "bearer", settings)[0]
    except (ServiceError, portal.Unauthorized, portal.Forbidden) as error:
        return type(error), str(error)


def test_endpoint_in_each_region():
    """In each region of each partition AWS's own endpoint is that of botocore; all of the real ones are known."""
    partitions = json.loads((Path(botocore.__file__).parent / "data" / "partitions.json").read_text())["partitions"]
    every = {region for partition in partitions for region in partition["regions"]}
    for partition in SESSION.get_available_partitions():
        every |= set(SESSION.get_available_regions("sso", partition, allow_non_regional=True))
    known = {region for region in every if without_botocore.endpoint(region, {})}
    assert {region: without_botocore.endpoint(region, {}) for region in known} == {
        region: called(region) for region in known
    }
    assert known >= {"us-east-1", "us-gov-west-1", "cn-north-1", "eusc-de-east-1", "us-isob-east-1"}
    assert without_botocore.endpoint("eu-nowhere-7", {}) is None


@pytest.mark.parametrize("name", ["USE_FIPS_ENDPOINT", "USE_DUALSTACK_ENDPOINT", "IGNORE_CONFIGURED_ENDPOINT_URLS"])
def test_other_endpoints_are_botocores_to_tell(monkeypatch, name):
    """FIPS, dual-stack and the neglect of overrides, by the environment or a profile: nothing is known of them."""
    settings = config(f"[profile dev]\n{name.lower()} = true\n")
    assert without_botocore.endpoint(REGION, settings) is None
    assert without_botocore.endpoint(REGION, {}) == called(REGION)
    monkeypatch.setenv(f"AWS_{name}", "true")
    assert without_botocore.endpoint(REGION, {}) is None


@pytest.mark.parametrize(
    ("environ", "text", "is_known"),
    [
        ({"AWS_ENDPOINT_URL_SSO": "http://sso.test:8080", "AWS_ENDPOINT_URL": "http://all.test"}, "", True),
        ({"AWS_ENDPOINT_URL_SSO": "", "AWS_ENDPOINT_URL": "https://all.test/"}, "", True),
        ({"AWS_ENDPOINT_URL": "https://all.test/below"}, "", False),
        ({"AWS_ENDPOINT_URL": "nonsense"}, "", False),
        ({"AWS_ENDPOINT_URL_STS": "http://sts.test"}, "", True),
        ({"AWS_ENDPOINT_URL_SSO": "http://sso.test"}, "endpoint_url = http://config.test", False),
        ({}, "endpoint_url = http://config.test", False),
        ({}, "services = mine\n[services mine]\nsso =\n  endpoint_url = http://services.test", False),
        ({"AWS_DATA_PATH": "/nowhere"}, "", False),
    ],
)
def test_named_endpoints(monkeypatch, environ, text, is_known):
    """What the environment names is asked as by botocore; what a profile names is botocore's to find."""
    settings = config(f"[profile dev]\n{text}\n")
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    address = without_botocore.endpoint(REGION, settings)
    assert address == (called(REGION, "dev").rstrip("/") if is_known else None)


def test_own_service_models(tmp_path):
    """Whoever has models of services of their own gets what these say."""
    (Path.home() / ".aws" / "models").mkdir(parents=True)
    assert without_botocore.endpoint(REGION, {}) is None


def test_nothing_that_botocore_heeds_is_overlooked():
    """Each variable of botocore is heeded, or makes botocore do it all, or has no effect here."""
    overlooked = [
        name
        for name, (setting, variable, *_) in botocore.configprovider.BOTOCORE_DEFAUT_SESSION_VARIABLES.items()
        if name not in WITHOUT_EFFECT
        and not (
            setting in without_botocore._UNUSUAL_SETTINGS
            and (variable is None or variable in without_botocore._UNUSUAL_VARIABLES)
        )
    ]
    assert overlooked == []


def test_asks_the_same(serve):
    """The request is botocore's: path, query and token."""
    service = serve(says(200))
    assert ask({}) == ask(BY_BOTOCORE)
    (ours, token), (theirs, their_token) = service.asked
    assert sorted(ours.partition("?")[2].split("&")) == sorted(theirs.partition("?")[2].split("&"))
    assert (
        (ours.partition("?")[0], token)
        == (theirs.partition("?")[0], their_token)
        == ("/federation/credentials", "bearer")
    )


@pytest.mark.parametrize(
    ("outcomes", "attempts"),
    [
        pytest.param([says(503, {}), says(200)], 2, id="a fault, once"),
        pytest.param([says(500, {})], 3, id="500"),
        pytest.param([says(429, {"__type": "TooManyRequestsException"})], 3, id="rate"),
        pytest.param([resets], 3, id="reset"),
        pytest.param([resets, says(200)], 2, id="reset, once"),
        pytest.param([says(401, {"message": "Session token not found or invalid"})], 1, id="401"),
        pytest.param([says(403, {"__type": "x#ForbiddenException", "message": "No access"})], 1, id="403"),
        pytest.param([says(404, {}, x_amzn_ErrorType="ResourceNotFoundException")], 1, id="404"),
        pytest.param([says(400, {"__type": "InvalidRequestException", "message": "no"})], 1, id="400"),
        pytest.param([says(200, "a sign-in page")], 1, id="no credentials"),
    ],
)
def test_tries_as_often(serve, no_pauses, outcomes, attempts):
    """The service is asked as often as by botocore alone, with the same result in the end."""
    results = []
    for settings in ({}, BY_BOTOCORE):
        service = serve(*outcomes)
        results.append(ask(settings))
        assert len(service.asked) == attempts
    assert results[0] == results[1] or str(results[0]).replace(*_ports(results)) == str(results[1])


def _ports(results: list[object]) -> tuple[str, str]:
    """Return what tells apart the two services in what is said of them."""
    return tuple(str(result).partition("localhost:")[2].partition("/")[0] for result in results)


def test_heeds_the_users_number_of_attempts(serve, no_pauses, monkeypatch):
    """AWS_MAX_ATTEMPTS counts that attempt, too."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    service = serve(says(503, {}))
    assert ask({})[0] is ServiceError
    assert len(service.asked) == 1


def test_an_answer_that_does_not_come(serve, no_pauses, monkeypatch):
    """An answer that is not there in time was an attempt."""
    monkeypatch.setattr(without_botocore, "READ_TIMEOUT", 0.2)
    service = serve(dawdles, says(200))
    assert ask({}).access_key_id == "ASIA"
    assert len(service.asked) == 2


@pytest.mark.parametrize(
    "outcome",
    [
        pytest.param(sends("Content-Length: 99999999999999999999\r\n\r\n{}"), id="more than a computer can count"),
        pytest.param(sends("Content-Length: 999999999999999\r\n\r\n{}"), id="more than a computer has"),
        pytest.param(sends("Transfer-Encoding: chunked\r\n\r\n-5\r\n{}"), id="less than nothing"),
        pytest.param(says(200, "a page", Content_Encoding="gzip"), id="not compressed"),
    ],
)
def test_what_is_not_http(serve, no_pauses, outcome):
    """An answer that HTTP does not allow is a failure on the way to the service, and no fault of ours."""
    serve(outcome)
    with pytest.raises(ServiceError, match="Getting the credentials failed"):
        portal.role_credentials(ROLE, "bearer", {})


def test_takes_the_token_nowhere_else(serve):
    """A redirect is not followed, neither here nor by botocore after it."""
    elsewhere = serve(says(200))
    service = serve(says(302, {}, Location=f"{elsewhere.url}/federation/credentials"))
    assert ask({})[0] is ServiceError
    assert (len(service.asked), elsewhere.asked) == (1, [])


def test_nobody_there(serve, no_pauses):
    """A refused connection is told in botocore's words."""
    service = serve(says(200))
    service.server_close()
    assert "Could not connect to the endpoint URL" in ask({})[1]
    assert ask({}) == ask(BY_BOTOCORE)


@pytest.fixture(scope="module")
def authority():
    """A certificate authority that nobody knows."""
    return trustme.CA()


@pytest.fixture
def secure(serve, authority, tmp_path):
    """A service over TLS; it comes with the files of the authority that vouches for it and of another one."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    good, other = tmp_path / "good.pem", tmp_path / "other.pem"
    authority.cert_pem.write_to_path(good)
    trustme.CA().cert_pem.write_to_path(other)
    return serve(says(200), tls=context), str(good), str(other)


@pytest.mark.parametrize(
    ("ours", "setting", "theirs"),
    [
        ("good", None, None),
        (None, "good", None),
        (None, None, "good"),
        ("good", "other", "other"),
        (None, "good", "other"),
        ("other", "good", "good"),
        (None, "other", "good"),
        (None, None, None),
        ("", "good", None),
        ("missing", "good", None),
    ],
)
def test_ca_bundle(secure, no_pauses, monkeypatch, ours, setting, theirs):
    """Of AWS_CA_BUNDLE, ca_bundle and REQUESTS_CA_BUNDLE the first counts, as for botocore; no other one is trusted."""
    service, good, other = secure
    paths = {"good": good, "other": other, "missing": "/nowhere.pem", "": ""}
    for name, value in (("AWS_CA_BUNDLE", ours), ("REQUESTS_CA_BUNDLE", theirs)):
        if value is not None:
            monkeypatch.setenv(name, paths[value])
    settings = config("[default]\n" + (f"ca_bundle = {paths[setting]}\n" if setting is not None else ""))
    settings = CredentialsFile(Path(), (Path.home() / ".aws" / "config").read_bytes()).profile_settings("default")
    is_trusted = next((name for name in (ours, setting, theirs) if name is not None), None) == "good"
    outcome = without_botocore.role_credentials(ROLE, "bearer", settings)
    assert isinstance(outcome, without_botocore.Answer) == is_trusted
    assert outcome is None or is_trusted
    assert ask(settings) == ask({**settings, **BY_BOTOCORE})
    assert len(service.asked) == (3 if is_trusted else 0)
    cure = "names a file of certificates that is not there" if ours == "missing" else "let AWS_CA_BUNDLE name the file"
    assert is_trusted or ours == "" or cure in ask(settings)[1]
