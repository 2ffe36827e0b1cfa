"""`ssoenv use`: stdout is code or empty, stderr is talk, and each failure has its exit code."""

from __future__ import annotations

import signal
import sys

import pytest
from user import CONFIG


def test_prints_a_snippet_and_says_what_it_is(logged_in):
    """The code goes to stdout, whole; one line about it to stderr."""
    done = logged_in.ssoenv("use", "dev-readonly", "--shell", "bash")
    lines = done.stdout.splitlines()
    assert lines[0].startswith("# ssoenv/1 ")
    assert lines[-1] == "# ssoenv/end"
    assert "builtin export AWS_SSO_ACCOUNT_ID='123456789011'" in lines
    assert "builtin export AWS_REGION='eu-central-1'" in lines
    assert lines[1].startswith("builtin unset -v AWS_PROFILE ")
    assert done.stderr == "dev-readonly · 123456789011 · ReadOnly · eu-central-1 · 59 min left\n"


def test_quiet_by_option_and_by_setting(logged_in):
    """--quiet, or the setting, silences the line."""
    assert logged_in.ssoenv("use", "dev-readonly", "--shell", "bash", "--quiet").stderr == ""
    settings = logged_in.home / "settings.toml"
    settings.write_text("quiet = true\n")
    assert logged_in.ssoenv("use", "dev-readonly", "--shell=sh", environ={"SSOENV_CONFIG": str(settings)}).stderr == ""


@pytest.mark.parametrize("place", ["option", "setting"])
def test_profile_mode(user, place):
    """Profile mode exports the profile's name and region, no keys, and needs no login."""
    settings = user.home / "settings.toml"
    settings.write_text("profile_mode = true\n" if place == "setting" else "")
    words = ["--profile-mode"] if place == "option" else []
    done = user.ssoenv("use", "dev-readonly", "--shell", "sh", *words, environ={"SSOENV_CONFIG": str(settings)})
    assert [line for line in done.stdout.splitlines() if line.startswith("export")] == [
        "export AWS_PROFILE='dev-readonly'",
        "export SSOENV_KIND='other'",
        "export AWS_EC2_METADATA_DISABLED='true'",
        "export AWS_REGION='eu-central-1'",
        "export AWS_DEFAULT_REGION='eu-central-1'",
        "export SSOENV_SET='AWS_PROFILE SSOENV_KIND AWS_EC2_METADATA_DISABLED AWS_REGION AWS_DEFAULT_REGION'",
    ]
    assert "unset -v AWS_ACCESS_KEY_ID" in done.stdout


def test_kind_by_the_name_of_the_account(logged_in):
    """Production is red by what the account is called, too, once it has been listed, also by a profile's name."""
    settings = logged_in.home / ".config/ssoenv/config.toml"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text('production = ["*DeveloperAcc*"]\n')
    for prepare, kind in ((["status"], "other"), (["roles"], "production")):
        logged_in.ssoenv(*prepare)
        assert f"SSOENV_KIND='{kind}'" in logged_in.ssoenv("use", "dev-readonly", "--shell", "bash").stdout


def test_kind_by_the_name_of_an_account_of_another_session(logged_in):
    """So it is where no SSO session gives the role, or its own has not been listed: an account has one name."""
    settings = logged_in.home / ".config/ssoenv/config.toml"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text('production = ["DeveloperAccount"]\n')
    chain = "role_arn = arn:aws:iam::123456789011:role/Audit\nsource_profile = prod-readonly\n"
    logged_in.write_config(f"{CONFIG}\n[profile audit]\n{chain}")
    logged_in.ssoenv("roles", "--session", "corp")
    for name in ("audit", "old-style"):
        done = logged_in.ssoenv("use", name, "--profile-mode", "--shell", "bash")
        assert "SSOENV_KIND='production'" in done.stdout, done.stderr


def test_profile_mode_refuses_other_names(user):
    """A made-up name in AWS_PROFILE would break every SDK."""
    assert user.ssoenv("use", "nobody", "--profile-mode", "--shell", "sh").returncode == 2


def test_region_for_this_once(logged_in):
    """--region stands in for the profile's own."""
    done = logged_in.ssoenv("use", "dev-readonly", "--shell", "sh", "--region", "us-west-2")
    assert "export AWS_REGION='us-west-2'\nexport AWS_DEFAULT_REGION='us-west-2'\n" in done.stdout


def test_region_of_an_earlier_switch_does_not_stick(logged_in):
    """Without a wrapper's memory, a region that a switch had set is unset for a profile without one; others stay."""
    ours = {"AWS_REGION": "eu-central-1", "SSOENV_SET": "AWS_REGION"}
    assert " AWS_REGION" in logged_in.ssoenv("use", "prod-readonly", "--shell=sh", environ=ours).stdout.splitlines()[1]
    theirs = {"AWS_REGION": "eu-central-1"}
    assert "AWS_REGION" not in logged_in.ssoenv("use", "prod-readonly", "--shell=sh", environ=theirs).stdout


def _break_config(user):
    user.write_config(CONFIG + "\n[profile dev-readonly]\n")


def _no_network(user):
    for name in user.environ:
        if name.startswith("AWS_ENDPOINT_URL"):
            user.environ[name] = "http://127.0.0.1:9"
    user.environ["AWS_MAX_ATTEMPTS"] = "1"


def _bad_settings(user):
    (user.home / "settings.toml").write_text("\nquite = true\n")
    user.environ["SSOENV_CONFIG"] = str(user.home / "settings.toml")


@pytest.mark.parametrize(
    ("words", "prepare", "code", "said"),
    [
        pytest.param([], None, 2, "Give a NAME. For the names: ssoenv list", id="no name and no terminal"),
        pytest.param([""], None, 2, "The profile name is empty", id="empty name"),
        pytest.param(["-"], None, 2, "Only the shell function can go back", id="dash"),
        pytest.param(
            ["dev-readonl"],
            None,
            2,
            "Did you mean dev-readonly or prod-readonly or web-dev/ReadOnly?",
            id="unknown name",
        ),
        pytest.param(["dev-readonly", "--region", "x; y"], None, 2, "is not a region", id="no region"),
        pytest.param(["dev-readonly", "--shell", "csh5"], None, 2, "There is no shell csh5", id="unknown shell"),
        pytest.param(["dev-readonly", "--wrapper", "0"], None, 2, "help: ssoenv init --install", id="older wrapper"),
        pytest.param(
            ["--shell", "bash", "--wrapper", "9", "dev-readonly"],
            None,
            2,
            f"that in {sys.prefix} prints 1. Update that one",
            id="newer ssouse",
        ),
        pytest.param(["old-style"], None, 3, "Type: ssoenv login https://my-sso-portal", id="not logged in"),
        pytest.param(["not-mine"], None, 4, "Roles you have there: ReadOnly", id="no access"),
        pytest.param(["prod-admin"], _no_network, 5, "Could not connect", id="no network"),
        pytest.param(["dev-readonly"], _break_config, 6, "[profile dev-readonly] is there twice", id="broken config"),
        pytest.param(["dev-readonly"], _bad_settings, 6, "settings.toml, line 2: there is no setting", id="settings"),
    ],
)
def test_failure_prints_no_code(logged_in, words, prepare, code, said):
    """A failure leaves stdout empty, says what was wrong and what to type, and has its own exit code."""
    if prepare:
        prepare(logged_in)
    shell = [] if "--shell" in words else ["--shell", "bash"]
    done = logged_in.ssoenv("use", *words, *shell)
    assert done.stdout == ""
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == code
    assert len(done.stderr.splitlines()) == 1


def test_tab_knows_the_roles_that_a_word_was_too_short_for(logged_in):
    """Who is told to add a word can complete it."""
    done = logged_in.ssoenv("use", "Account", "--shell", "bash")
    assert "Several roles fit Account" in done.stderr
    assert "web-staging/Deployment\t" in (logged_in.home / ".cache" / "ssoenv" / "names").read_text("utf-8")


def test_tab_knows_a_profile_that_came_into_the_file_since(logged_in):
    """What one has switched to can be completed, whoever wrote it into the file."""
    logged_in.ssoenv("list")
    config = logged_in.home / ".aws" / "config"
    config.write_text(config.read_text("utf-8").replace("[profile dev-readonly]", "[profile brand-new]"), "utf-8")
    logged_in.does("use", "brand-new", "--shell", "bash")
    assert "\nbrand-new\t" in "\n" + (logged_in.home / ".cache" / "ssoenv" / "names").read_text("utf-8")


def test_control_characters_of_a_name_do_not_reach_the_terminal(user):
    """What an unknown name holds is shown escaped."""
    done = user.ssoenv("use", "x\x1b]0;pwned\x07\u202e", "--shell", "bash")
    assert done.returncode == 2
    assert "\x1b" not in done.stderr
    assert "\u202e" not in done.stderr


def test_shell_by_variable(logged_in):
    """SSOENV_SHELL names the shell where nothing else does."""
    done = logged_in.ssoenv("use", "dev-readonly", environ={"SSOENV_SHELL": "fish"})
    assert "set -gx AWS_REGION 'eu-central-1'\n" in done.stdout


def test_keys_of_another_account_are_reported(logged_in, portal):
    """The account inside the key id is compared with the one asked for."""
    from ssoenv.demo.portal import mint

    real = mint.access_key_id
    mint.access_key_id = lambda account_id: real("123456789011")
    try:
        done = logged_in.ssoenv("use", "prod-admin", "--shell", "sh")
    finally:
        mint.access_key_id = real
    assert "look like account 123456789011, not 123456789022" in done.stderr


def test_ctrl_c_is_130(user, portal):
    """Ctrl-C while a login waits ends with 130 and changes no file."""
    portal.auto_approve = False
    process = user.start("login", "corp")
    assert any("Approve only" in line for line in process.stderr)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (130, "")
    assert err.endswith("Cancelled. Nothing changed.\n")


def test_a_name_in_the_place_of_a_command(user):
    """Who types a profile after `ssoenv` is told of `ssouse`; who mistypes a command, of that."""
    said = [user.ssoenv(word).stderr for word in ("dev-readonly", "lsit")]
    assert said == [
        "ssoenv: There is no command dev-readonly. To switch: ssouse dev-readonly. The commands: ssoenv --help\n",
        "ssoenv: There is no command lsit. Did you mean list?\n",
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("use --regin eu-west-1", "ssoenv use has no option --regin. Did you mean --region?"),
        ("use --shell bash --wrapper 1 --rene", "ssouse has no option --rene. Did you mean --region or --serve?"),
        ("get --os\x1b", r"ssoenv get has no option --os\x1b. Did you mean --os or --as?"),
        ("use --region", "Option '--region' requires an argument. Type: ssoenv use --help"),
        ("--nonsense list", "ssoenv has no option --nonsense. Type: ssoenv --help"),
    ],
)
def test_an_option_that_there_is_not(user, words, said):
    """What is wrong with the words is said in one paragraph, with what to type; nothing hidden is proposed."""
    done = user.ssoenv(*words.split(" "))
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"ssoenv: {said}\n")


def test_no_words_at_all(user):
    """`ssoenv` alone shows the help where talk goes, and fails, as a shell would else run it."""
    done = user.ssoenv()
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == user.ssoenv("--help").stdout
