"""What a login grants is named by account and role, or by any parts that only one has; nothing is guessed."""

from __future__ import annotations

import pytest

from ssoenv.aws.config import Session
from ssoenv.errors import UsageError
from ssoenv.targets import Grant, UnknownTarget, labels, resolve

CORP = Session("corp", "https://my-sso-portal.awsapps.com/start", "eu-central-1", None)


def _grant(account_id, name, role):
    return Grant(CORP, account_id, name, f"{name.lower().replace(' ', '-')}@example.com", role)


DEVELOPER = _grant("123456789011", "DeveloperAccount", "ReadOnly")
PRODUCTION = _grant("123456789022", "ProductionAccount", "ReadOnly")
ADMIN = _grant("123456789022", "ProductionAccount", "AdministratorAccess")
LOGS = _grant("012345678901", "Log Archive", "Auditor")
ZURICH = _grant("123456789044", "Büro Zürich", "Prüfer")
GRANTS = [DEVELOPER, PRODUCTION, ADMIN, LOGS, ZURICH]


@pytest.mark.parametrize(
    ("words", "grant"),
    [
        ("Developer ReadOnly", DEVELOPER),
        ("readonly developer", DEVELOPER),
        ("developer", DEVELOPER),
        ("123456789011/ReadOnly", DEVELOPER),
        ("DeveloperAccount/ReadOnly", DEVELOPER),
        ("DeveloperAccount ReadOnly", DEVELOPER),
        ("productionaccount@example.com admin", ADMIN),
        ("prod/admin", ADMIN),
        ("Log Archive/Auditor", LOGS),
        ("0123", LOGS),
        ("zurich", ZURICH),
        ("buro/prufer", ZURICH),
        ("BÜRO ZU\u0308RICH/Prüfer", ZURICH),
        ("123456789022_ReadOnly", PRODUCTION),
        ("ReadOnly-123456789022", PRODUCTION),
        ("arn:aws:iam::123456789022:role/ReadOnly", PRODUCTION),
        ("arn:aws:iam::123456789022:role/aws-reserved/sso.amazonaws.com/eu-central-1/ReadOnly", PRODUCTION),
        (
            "arn:aws:iam::123456789022:role/aws-reserved/sso.amazonaws.com/"
            "AWSReservedSSO_AdministratorAccess_0123456789abcdef",
            ADMIN,
        ),
        ("arn:aws:sts::123456789022:assumed-role/AWSReservedSSO_ReadOnly_0123456789abcdef/me@example.com", PRODUCTION),
    ],
)
def test_what_a_login_grants_needs_no_profile(words, grant):
    """Account and role, an ARN, or any parts that only one role has, name it: as one word or as several."""
    for form in (words.split(), [words]):
        found = resolve(form, GRANTS)
        assert (found.account_id, found.role_name, found.profile) == (grant.account_id, grant.role_name, None)


def test_several_that_fit_are_told_and_none_is_taken():
    """An ambiguous part lists the candidates, with their account ids."""
    with pytest.raises(
        UsageError, match=r"Several roles fit production: ProductionAccount/ReadOnly \(123456789022\), Prod"
    ):
        resolve(["production"], GRANTS)


def test_exact_name_goes_before_a_part():
    """What names one role exactly is that role, though others hold the words, too."""
    longer = _grant("123456789033", "DeveloperAccount2", "ReadOnly")
    assert resolve(["DeveloperAccount/ReadOnly"], [longer, *GRANTS]).account_id == "123456789011"


@pytest.mark.parametrize(
    "name",
    ["123456789022", "123456789022/ReadOnly", "123456789022_ReadOnly", "ReadOnly-123456789022", "a 123456789022"],
)
def test_nobody_can_name_an_account_like_the_id_of_another(name):
    """An id that is typed is that account alone, whether there is a role in it or not."""
    named_so = Grant(CORP, "928057702696", name, "x+123456789022@example.com", "ReadOnly")
    forms = ["123456789022/ReadOnly", "123456789022_ReadOnly", "ReadOnly-123456789022", "123456789022 ReadOnly"]
    forms += ["ReadOnly 123456789022"]
    for typed in [*forms, "arn:aws:iam::123456789022:role/ReadOnly"]:
        assert resolve([typed], [named_so, *GRANTS]).account_id == "123456789022"
        with pytest.raises(UnknownTarget):
            resolve([typed], [named_so, DEVELOPER])
    (label,) = labels([named_so])
    assert resolve([label], [named_so, *GRANTS]).account_id == "928057702696"


def test_names_that_an_accent_tells_apart():
    """An accent that is typed counts; a name without any is the one that has none."""
    plain, accented = _grant("1", "Zurich", "ReadOnly"), _grant("2", "Zürich", "ReadOnly")
    for typed, account_id in (("Zurich/ReadOnly", "1"), ("zürich/readonly", "2")):
        assert resolve([typed], [accented, plain]).account_id == account_id


def test_word_of_the_role_is_not_looked_for_in_the_address():
    """An e-mail address counts only where nothing else fits: many hold the word "admin"."""
    address = "production-account-admin@example.com"
    accounts = [grant._replace(email=address) for grant in (PRODUCTION, ADMIN)]
    for words in (["Production", "Admin"], ["ProductionAccount/Admin"]):
        assert resolve(words, accounts).role_name == "AdministratorAccess"
    assert resolve(["example.com", "Administrator"], accounts).role_name == "AdministratorAccess"


@pytest.mark.parametrize(("word", "fault"), [("Developer\x1b[31m", "holds a control character"), ("", "is empty")])
def test_what_can_be_no_name(word, fault):
    """What would tamper with the terminal is refused without being shown, and nothing is no name."""
    with pytest.raises(UsageError, match=f"^The profile name {fault}"):
        resolve([word], GRANTS)


def test_nearest_is_told_and_not_picked():
    """A name one letter off is refused; the nearest of all names is told."""
    with pytest.raises(UnknownTarget, match=r"dev-readnly.*Did you mean dev-readonly\?"):
        resolve(["dev-readnly"], GRANTS, ["dev-readonly", "prod-admin"])


def test_name_tells_accounts_of_one_name_apart():
    """Where two accounts have one name, the prompt shows the id."""
    twin = DEVELOPER._replace(account_id="123456789033")
    assert resolve(["123456789033"], [DEVELOPER, twin]).name == "123456789033/ReadOnly"
    assert resolve(["developer"], [DEVELOPER]).name == "DeveloperAccount/ReadOnly"


def test_hostile_account_name():
    """A control character or a direction mark of an account's name is not in the name of the target."""
    hostile = _grant("123456789033", "x\x1b]0;y\u202e", "ReadOnly")
    assert resolve(["123456789033"], [hostile]).name == "x\\x1b]0;y\\u202e/ReadOnly"
