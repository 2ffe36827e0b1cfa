"""Links to the web console, character for character."""

from __future__ import annotations

import pytest

from ssoenv.aws import console_links
from ssoenv.aws.console_links import partition_of
from ssoenv.errors import ConfigError, UsageError

QUERY = "/console?account_id=123456789011&role_name=A%2BB"
PLACE = "&destination=https%3A%2F%2Fconsole.aws.amazon.com%2Fs3%2Fhome%3Fregion%3Deu-west-1%23a%26b"


@pytest.mark.parametrize(
    ("start_url", "link"),
    [
        ("https://d-1.awsapps.com/start", "https://d-1.awsapps.com/start/#"),
        ("https://d-1.awsapps.com/start/", "https://d-1.awsapps.com/start/#"),
        ("https://d-1.awsapps.com/start/#/", "https://d-1.awsapps.com/start/#"),
        ("https://d-1.awsapps.com/start#", "https://d-1.awsapps.com/start/#"),
        ("https://start.us-gov-home.awsapps.com/directory/d-1", "https://start.us-gov-home.awsapps.com/directory/d-1#"),
        ("https://start.home.awsapps.cn/directory/d-1/#/", "https://start.home.awsapps.cn/directory/d-1#"),
        ("https://identitycenter.amazonaws.com/ssoins-1", None),
        ("https://ssoins-1.portal.eu-west-1.app.aws", None),
        ("https://d-1.awsapps.com/start?x=/start", None),
        ("https://sso.example.com/", None),
    ],
)
def test_shortcut(start_url, link):
    """The portal's own grammar, by the kind of its address; an address that is no portal's page has no shortcut."""
    place = "https://console.aws.amazon.com/s3/home?region=eu-west-1#a&b"
    assert console_links.shortcut(start_url, "123456789011", "A+B", place) == (link and link + QUERY + PLACE)


@pytest.mark.parametrize(
    ("region", "console", "signin"),
    [
        ("eu-west-1", "console.aws.amazon.com", "signin.aws.amazon.com"),
        ("us-gov-west-1", "console.amazonaws-us-gov.com", "signin.amazonaws-us-gov.com"),
        ("cn-north-1", "console.amazonaws.cn", "signin.amazonaws.cn"),
        ("eusc-de-east-1", "console.amazonaws-eusc.eu", "signin.amazonaws-eusc.eu"),
    ],
)
def test_partitions(region, console, signin):
    """Each partition has its own console and sign-in page, and each service its page there."""
    partition = partition_of(region)
    assert partition.signin == signin
    assert console_links.destination(partition, None, None) == f"https://{console}/console/home"
    assert console_links.destination(partition, None, region) == f"https://{console}/console/home?region={region}"
    assert console_links.destination(partition, "s3", region) == f"https://{console}/s3/home?region={region}"
    assert console_links.destination(partition, "dynamodb", None) == f"https://{console}/dynamodbv2/home"
    page = f"https://{region}.{console}/ec2/home?region={region}#Instances:"
    assert console_links.deep_link(page, partition, None) == page


def test_isolated():
    """A partition that is not on the internet has no console here."""
    with pytest.raises(ConfigError, match="us-iso-east-1"):
        partition_of("us-iso-east-1")


def test_other_partition():
    """A region of another partition is refused, and so is its console."""
    with pytest.raises(UsageError, match="cn-north-1 is not a region of the partition aws"):
        console_links.destination(partition_of("eu-west-1"), "s3", "cn-north-1")
    with pytest.raises(UsageError, match="not a page"):
        console_links.deep_link("https://console.amazonaws.cn/", partition_of("eu-west-1"), None)


@pytest.mark.parametrize("service", ["", "S3", "s3/../x", "s3?x", "a" * 41, "s3#"])
def test_no_service(service):
    """Nothing but the name of a service comes into the path."""
    with pytest.raises(UsageError, match="is not a service"):
        console_links.destination(partition_of("eu-west-1"), service, None)


@pytest.mark.parametrize(
    ("url", "link"),
    [
        (
            "https://123456789011-ab12cd34.eu-west-1.console.aws.amazon.com/s3/home?a=b#c",
            "https://eu-west-1.console.aws.amazon.com/s3/home?a=b#c",
        ),
        ("https://console.aws.amazon.com", "https://console.aws.amazon.com"),
        ("https://s3.console.aws.amazon.com:443/x", "https://s3.console.aws.amazon.com/x"),
    ],
)
def test_deep_link(url, link):
    """What multi-session puts in front of the host is taken off: another session does not know it."""
    for account in ("123456789011", None):
        assert console_links.deep_link(url, partition_of("eu-west-1"), account) == link


def test_deep_link_of_another_account():
    """A page of one account is not opened in another, and the error names both."""
    url = "https://999999999999-abc.us-east-1.console.aws.amazon.com/s3"
    with pytest.raises(UsageError, match=r"999999999999, and this would open it in 123456789011\."):
        console_links.deep_link(url, partition_of("eu-west-1"), "123456789011")


@pytest.mark.parametrize(
    "url",
    [
        *("http://console.aws.amazon.com/", "https://console.aws.amazon.com.evil.example/", "console.aws.amazon.com"),
        *("https://evilconsole.aws.amazon.com/", "https://evil.example/console.aws.amazon.com", "--console"),
        *("https://console.aws.amazon.com@evil.example/", "https://evil.example\\.console.aws.amazon.com/"),
        *(
            "https://console.aws.amazon.com:8443/",
            "https://console.aws.amazon.com/a b",
            "https://console.aws.amazon.com/\n",
        ),
        *("https://évil.console.aws.amazon.com/", "javascript://console.aws.amazon.com/%0aalert(1)", ""),
    ],
)
def test_no_deep_link(url):
    """A sign-in sends the browser nowhere but into the console."""
    with pytest.raises(UsageError, match="is not a page of this account's console"):
        console_links.deep_link(url, partition_of("eu-west-1"), None)


def test_login_link():
    """Each field of the sign-in link is encoded whole; the issuer may be left out."""
    place = "https://console.aws.amazon.com/s3/home?region=eu-west-1"
    link = console_links.login_link("https://signin.aws.amazon.com", "a+/=", place, "https://d-1.awsapps.com/start")
    assert link == (
        "https://signin.aws.amazon.com/federation?Action=login&Issuer=https%3A%2F%2Fd-1.awsapps.com%2Fstart"
        "&Destination=https%3A%2F%2Fconsole.aws.amazon.com%2Fs3%2Fhome%3Fregion%3Deu-west-1&SigninToken=a%2B%2F%3D"
    )
    assert "Issuer" not in console_links.login_link("https://signin.aws.amazon.com", "a", place, None)
