"""What a switch leaves on the shelf, and who takes it off again."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import stat

import pytest
from contexts import CORP, context_of
from screen import ENTER
from user import CONFIG

from ssoenv import shelving, switch
from ssoenv.demo.portal import mint
from ssoenv.demo.portal.state import Trust
from ssoenv.errors import NotLoggedIn, ServiceError
from ssoenv.shells import SHELLS
from ssoenv.targets import Target

WRAPPER = ("--shell", "bash", "--wrapper", "1")


@pytest.fixture
def folder(logged_in, tmp_path):
    """Return the shelf's folder, in what the system keeps in memory for the user."""
    logged_in.environ["XDG_RUNTIME_DIR"] = str(tmp_path / "run")
    (tmp_path / "run").mkdir(mode=0o700)
    return tmp_path / "run" / "ssoenv"


def kept(folder):
    return sorted(file.name for file in folder.iterdir()) if folder.exists() else []


def use(user, *words):
    return user.does("use", *WRAPPER, *words).stdout


def test_a_switch_is_kept(logged_in, folder):
    """What the shell got is kept, readable by its owner alone, with expiration first and the words that it is for."""
    printed = use(logged_in, "dev-readonly", "--region", "eu-west-1")
    (file,) = folder.iterdir()
    assert file.name == "dev-readonly_--region_eu-west-1.posix"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o1700
    text = file.read_text()
    assert text.startswith(printed)
    assert f"\n# for dev-readonly --region eu-west-1\t{logged_in.home}\t" in text
    assert f"\n# newer {logged_in.config}\t" in text
    # What is written while it is made must count as newer.
    made = file.stat()
    assert f"\n# from {int(made.st_mtime)}\n" in text
    assert made.st_mtime < made.st_ctime - 0.001


@pytest.mark.parametrize("renew", [[], ["--renew"]], ids=["switch", "renewal"])
def test_what_was_warned_of_is_said_each_time(logged_in, folder, monkeypatch, renew):
    """Of keys that look like another account's, and of a region that nobody knows, also to who wants no summary."""
    real = mint.access_key_id
    monkeypatch.setattr(mint, "access_key_id", lambda _: real("123456789011"))
    use(logged_in, *renew, "prod-admin", "--quiet")
    use(logged_in, *renew, "dev-readonly", "--region", "eu-cental-1")
    use(logged_in, *renew, "dev-readonly")
    said = {file.name: re.search("^# says (.*)$", file.read_text(), re.MULTILINE)[1] for file in folder.iterdir()}
    summary = "dev-readonly · 123456789011 · ReadOnly"
    assert said == {
        "prod-admin_--quiet.posix": "Careful: the keys that AWS handed out look like account 123456789011, "
        "not 123456789022.",
        "dev-readonly_--region_eu-cental-1.posix": "Careful: eu-cental-1 is an unknown region, and used as it is. "
        f"Did you mean eu-central-1 or me-central-1 or eu-central-2? {summary} · eu-cental-1",
        "dev-readonly.posix": f"{summary} · eu-central-1",
    }


def test_what_it_says_later(logged_in, folder):
    """Who wants to hear nothing after a switch hears nothing after one from the shelf either."""
    use(logged_in, "dev-readonly")
    use(logged_in, "dev-readonly", "--quiet")
    assert "\n# says dev-readonly · 123456789011 · ReadOnly" in (folder / "dev-readonly.posix").read_text()
    assert "\n# says \n" in (folder / "dev-readonly_--quiet.posix").read_text()


def test_what_was_chosen_is_kept(logged_in, folder):
    """A role that was chosen from the list is kept by its name, for who types that the next time."""
    screen = logged_in.at_terminal("use", *WRAPPER)
    screen.until(lambda shown: shown.chosen)
    screen.press("prod admin")
    screen.until(lambda shown: shown.chosen and shown.chosen.startswith("prod-admin"))
    screen.press(ENTER)
    assert screen.finish() == 0
    assert kept(folder) == ["prod-admin.posix"]


@pytest.mark.parametrize("words", [["DeveloperAccount/ReadOnly"], ["Developer", "ReadOnly"]])
@pytest.mark.parametrize("profile", ["dev-readonly", "Developer", None])
def test_what_was_listed_decides(logged_in, folder, words, profile):
    """Words that a listing gives their meaning may mean another role after the next; and an alias goes before it."""
    end = None if profile else CONFIG.index("[profile")
    logged_in.write_config(CONFIG[:end].replace("dev-readonly", profile or ""))
    use(logged_in, *words, "--region", "eu-west-1")
    (file,) = folder.iterdir()
    (line,) = (line for line in file.read_text().splitlines() if line.startswith("# newer "))
    assert "/inventory/" in line
    assert "aliases.json" in line


def test_a_folder_that_was_opened(logged_in, folder):
    """When its owner has let others in, the next switch shuts it again."""
    use(logged_in, "dev-readonly")
    folder.chmod(0o1777)
    use(logged_in, "prod-admin")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o1700


def test_without_a_runtime_folder(logged_in, folder):
    """Where the system has no such place, it is in the cache."""
    del logged_in.environ["XDG_RUNTIME_DIR"]
    use(logged_in, "dev-readonly")
    assert kept(logged_in.home / ".cache" / "ssoenv" / "shelf") == ["dev-readonly.posix"]


@pytest.mark.parametrize(
    "words",
    [
        pytest.param((*WRAPPER, "--profile-mode", "dev-readonly"), id="by profile"),
        pytest.param(("--shell", "bash", "dev-readonly"), id="without the shell function"),
        pytest.param(("--shell", "tcsh", "--wrapper", "1", "dev-readonly"), id="a shell that takes nothing"),
    ],
)
def test_what_is_not_kept(logged_in, folder, words):
    """Nothing is kept that has no end, that depends on the environment, or that no shell would take."""
    logged_in.does("use", *words)
    assert kept(folder) == []


def test_setting(logged_in, folder, tmp_path):
    """One setting switches it off, and renewing with it."""
    (tmp_path / "settings.toml").write_text("shelf = false\n")
    use(logged_in, "dev-readonly")
    assert kept(folder) == ["dev-readonly.posix"]
    logged_in.environ["SSOENV_CONFIG"] = str(tmp_path / "settings.toml")
    assert "SSOENV_RENEW=" not in use(logged_in, "dev-readonly")
    assert kept(folder) == []


def test_a_folder_of_others(logged_in, folder, tmp_path):
    """A folder that is a link is not used, and the switch is made all the same."""
    (tmp_path / "elsewhere").mkdir()
    folder.symlink_to(tmp_path / "elsewhere")
    use(logged_in, "dev-readonly")
    assert kept(tmp_path / "elsewhere") == []


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_user(logged_in, folder):
    """A folder that another user has made is not used either, and nothing in it is deleted."""
    folder.mkdir()
    folder.chmod(0o1700)
    (folder / "prod-admin.posix").touch()
    os.chown(folder, 12345, -1)
    use(logged_in, "dev-readonly")
    logged_in.does("use", "--forget")
    assert kept(folder) == ["prod-admin.posix"]


@pytest.mark.parametrize("name", ["a\nb", "a\tb", "a\x1b[31mb", "relative"])
def test_a_path_that_no_line_can_hold(logged_in, folder, tmp_path, name):
    """A file whose path would end its line, or say something else elsewhere, lets nothing be kept."""
    file = tmp_path / name
    file.write_text(logged_in.config.read_text())
    logged_in.environ["AWS_CONFIG_FILE"] = os.path.relpath(file) if name == "relative" else str(file)
    use(logged_in, "dev-readonly")
    assert kept(folder) == []


def test_what_decides_what_words_mean(logged_in, folder):
    """What is kept names each file that was read for it, so that a shell sees when one is written."""

    def sources(words):
        use(logged_in, *words.split())
        text = (folder / f"{words.replace(' ', '_')}.posix").read_text()
        paths = text.rpartition("\n# newer ")[2].partition("\n")[0].split("\t")
        return {os.path.relpath(path, logged_in.home) for path in paths}

    logged_in.does("alias", "dev", "dev-readonly")
    aws = {".aws/config", ".aws/credentials", ".aws"}
    ours = {f".config/ssoenv/{name}" for name in ("aliases.json", "regions.json", "sessions.json")}
    settings = {".config/ssoenv/config.toml"}
    (listed,) = sources("DeveloperAccount Developer") - aws - settings - ours
    assert (logged_in.home / listed).is_file()
    assert sources("dev-readonly") == aws | settings | {listed}
    assert sources("dev") == aws | settings | ours | {listed}


@pytest.mark.parametrize("is_link", [False, True])
def test_what_is_not_ours_stays(logged_in, folder, tmp_path, is_link):
    """A folder that holds something else is neither used nor changed, and no logout deletes anything in it."""
    place = tmp_path / "elsewhere" if is_link else folder
    place.mkdir()
    place.chmod(0o755)  # whatever the umask
    if is_link:
        folder.symlink_to(place)
    for name in ("README.md", "notes.txt", "dev-readonly.posix" if is_link else "Makefile"):
        (place / name).write_text("mine")
    use(logged_in, "dev-readonly")
    logged_in.does("use", "--forget")
    logged_in.does("logout", "corp")
    assert len(kept(place)) == 3
    assert stat.S_IMODE(place.stat().st_mode) == 0o755


def test_a_link_is_not_followed(logged_in, folder, tmp_path):
    """A link that somebody put there, when the folder was open to others, leads nowhere; what a kill left goes, too."""
    folder.mkdir(mode=0o777)
    (tmp_path / "mine").write_text("mine")
    (folder / "dev-readonly.posix").symlink_to(tmp_path / "mine")
    (folder / ".ssoenv-0123456789abcdef").touch()
    use(logged_in, "dev-readonly")
    assert not (folder / "dev-readonly.posix").is_symlink()
    assert (tmp_path / "mine").read_text() == "mine"
    logged_in.does("use", "--forget")
    assert kept(folder) == []


def test_forget_and_logout(logged_in, folder):
    """--forget takes off what is kept for one name, whatever it was called by; a logout takes off all."""
    logged_in.does("alias", "dev", "dev-readonly")
    for words in ("dev-readonly", "dev", "prod-readonly", "prod-admin", "123456789022/AdministratorAccess"):
        use(logged_in, words)
    cached = logged_in.home / ".aws" / "cli" / "cache"
    before = len(list(cached.iterdir()))
    use(logged_in, "--forget", "prod-admin")
    assert kept(folder) == ["dev-readonly.posix", "dev.posix", "prod-readonly.posix"]
    assert len(list(cached.iterdir())) == before - 1
    assert logged_in.ssoenv("use", "--forget", "no-such").returncode == 2
    assert "one at a time: ssouse --forget dev" in logged_in.ssoenv("use", "--forget", "dev", "prod-readonly").stderr
    logged_in.does("logout", "corp")
    assert kept(folder) == []


def test_a_folder_of_another_use(logged_in, folder, tmp_path):
    """A folder in which the user has put the config file changes for other reasons, so it does not count."""
    logged_in.environ["AWS_CONFIG_FILE"] = str(tmp_path / "config")
    (tmp_path / "config").write_text(CONFIG)
    use(logged_in, "dev-readonly")
    text = (folder / "dev-readonly.posix").read_text()
    assert f"\n# newer {tmp_path / 'config'}\t" in text
    assert f"{logged_in.home / '.aws'}\t" not in text


def test_the_first_switch_of_a_home_counts(logged_in, folder):
    """That it makes the AWS CLI's folder is no reason to doubt what it was made from."""
    assert not (logged_in.home / ".aws" / "cli").exists()
    use(logged_in, "dev-readonly")
    assert (logged_in.home / ".aws" / "cli").is_dir()
    assert (logged_in.home / ".aws").stat().st_mtime < (folder / "dev-readonly.posix").stat().st_mtime


def test_logout_by_the_aws_cli(logged_in, folder):
    """What it deletes, which is the token and its own cache, no shell takes from the shelf any more."""
    use(logged_in, "dev-readonly")
    (file,) = (logged_in.home / ".aws" / "cli" / "cache").iterdir()
    assert f"\n# needs {file}\n" in (folder / "dev-readonly.posix").read_text()


def test_keys_that_nothing_else_keeps(logged_in, folder):
    """Where the AWS CLI's cache can't be written, the shelf keeps keys all the same."""
    (logged_in.home / ".aws" / "cli").mkdir()
    (logged_in.home / ".aws" / "cli" / "cache").touch()
    use(logged_in, "dev-readonly")
    assert f"\n# needs {folder}\n" in (folder / "dev-readonly.posix").read_text()


@pytest.mark.parametrize("words", [("use", "--forget", "chain"), ("logout", "corp")])
def test_forget_and_logout_of_a_chain(logged_in, folder, portal, words):
    """Keys of a role that is assumed from an SSO one are kept as well, and go as well."""
    role = "arn:aws:iam::123456789022:role/deploy"
    portal.trusts[role] = Trust()
    middle = f"[profile middle]\nsource_profile = dev-readonly\nrole_arn = {role}\n"
    logged_in.write_config(f"{CONFIG}\n[profile chain]\nsource_profile = middle\nrole_arn = {role}\n{middle}")
    before = use(logged_in, "chain")
    assert use(logged_in, "chain") == before
    cached = logged_in.home / ".aws" / "cli" / "cache"
    count = len(list(cached.iterdir()))
    logged_in.does(*words)
    assert kept(folder) == []
    assert len(list(cached.iterdir())) < count
    if words[0] == "logout":
        assert list(cached.iterdir()) == []


@pytest.mark.parametrize("path", ["/federation/credentials", "/token"])
def test_logout_while_keys_are_got(logged_in, folder, portal, monkeypatch, path):
    """What AWS has just answered when the user logs out goes to the shell that asked, and is kept nowhere."""
    answer = portal.answer

    def and_log_out(request):
        response = answer(request)
        if request.path == path:
            logged_in.does("logout", "corp")
        return response

    token = logged_in.token_file
    old = {"accessToken": "of-long-ago", "expiresAt": "2020-01-01T00:00:00Z"}
    token.write_text(json.dumps({**json.loads(token.read_text()), **old}))
    monkeypatch.setattr(portal, "answer", and_log_out)
    assert "AWS_SESSION_TOKEN" in use(logged_in, "dev-readonly")
    assert kept(folder) == []
    assert list((logged_in.home / ".aws/cli/cache").iterdir()) == []
    assert not token.exists()


@pytest.mark.parametrize("words", ["prod", "prod.admin", "prod-admin(", "PROD-ADMIN"])
def test_forget_takes_no_other_name(logged_in, folder, words):
    """What only looks like a name, or would match it as a pattern, is not that name: its keys stay."""
    use(logged_in, "prod-admin")
    assert logged_in.ssoenv("use", "--forget", words).returncode == 2
    assert kept(folder) == ["prod-admin.posix"]


def test_forget_what_is_known_no_more(logged_in, folder):
    """What is kept for the very words that are typed goes, even where nothing tells any more what they mean."""
    use(logged_in, "DeveloperAccount", "ReadOnly")
    logged_in.write_config("")
    logged_in.does("use", "--forget", "DeveloperAccount", "ReadOnly")
    assert kept(folder) == []


def renew(user, *words):
    return user.start("use", *WRAPPER, "--renew", *words)


@pytest.fixture
def expiring(logged_in, folder, portal):
    """Return a user with keys on the shelf and in the cache that are good for nine minutes yet."""
    portal.role_session_lifetime = 540
    use(logged_in, "dev-readonly")
    portal.role_session_lifetime = 3600
    return logged_in


def test_one_renewal(expiring, folder, portal):
    """Of several shells that ask for newer keys at once, one asks AWS, and all find them on the shelf."""
    old = (folder / "dev-readonly.posix").read_text()
    before = portal.calls["GetRoleCredentials"]
    for process in [renew(expiring, "dev-readonly") for _ in range(3)]:
        assert process.communicate(timeout=60) == ("", "")
        assert process.returncode == 0
    assert portal.calls["GetRoleCredentials"] == before + 1
    new = (folder / "dev-readonly.posix").read_text()
    assert int(new.split("\n", 1)[0].split()[-1]) > int(old.split("\n", 1)[0].split()[-1]) + 2000


def test_one_renewal_where_the_shelf_alone_keeps_keys(expiring, folder, portal, monkeypatch):
    """Who has waited for another's renewal looks at the shelf once more: AWS is not asked again."""
    cached = expiring.home / ".aws" / "cli" / "cache"
    shutil.rmtree(cached)
    cached.touch()
    answer, others, heard = portal.answer, [], []

    def answer_late(request):
        if request.path == "/federation/credentials" and not others:
            others.append(renew(expiring, "dev-readonly"))
            heard.append(others[0].stderr.readline())
        return answer(request)

    before = portal.calls["GetRoleCredentials"]
    monkeypatch.setattr(portal, "answer", answer_late)
    first = renew(expiring, "dev-readonly")
    first.communicate(timeout=60)
    others[0].communicate(timeout=60)
    assert heard == ["Waiting for another ssoenv that renews dev-readonly …\n"]
    assert (first.returncode, others[0].returncode) == (0, 0)
    assert portal.calls["GetRoleCredentials"] == before + 1


@pytest.mark.parametrize(("minutes", "lifetime"), [(1, 540), (30, 1200)])
def test_a_renewal_is_for_a_while(logged_in, folder, portal, minutes, lifetime):
    """As early as the user wants that, and not later than an SDK would stop to use the keys."""
    settings = logged_in.home / ".config" / "ssoenv" / "config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(f"renew_minutes = {minutes}\n")
    portal.role_session_lifetime = lifetime
    use(logged_in, "dev-readonly")
    portal.role_session_lifetime = 3600
    before = portal.calls["GetRoleCredentials"]
    renew(logged_in, "dev-readonly").communicate(timeout=60)
    assert portal.calls["GetRoleCredentials"] == before + 1


def test_what_no_shell_takes_is_renewed(expiring, folder):
    """Keys on the shelf that are good for long do not count when a file that they were made from has changed."""
    renew(expiring, "dev-readonly").communicate(timeout=60)
    old = (folder / "dev-readonly.posix").stat()
    renew(expiring, "dev-readonly").communicate(timeout=60)
    assert (folder / "dev-readonly.posix").stat().st_mtime_ns == old.st_mtime_ns
    os.utime(expiring.config, ns=(old.st_mtime_ns, old.st_mtime_ns))
    renew(expiring, "dev-readonly").communicate(timeout=60)
    assert (folder / "dev-readonly.posix").stat().st_mtime_ns > old.st_mtime_ns


def test_what_was_kept_before_the_clock_was_set_back_is_renewed(expiring, folder):
    """Keys on the shelf do not count either when they are from a time that is to come: no shell takes them."""
    renew(expiring, "dev-readonly").communicate(timeout=60)
    file = folder / "dev-readonly.posix"
    begun = re.compile(r"(?<=\n# from )\d+(?=\n)")
    text, modified = begun.sub(lambda found: str(int(found[0]) + 1000), file.read_text()), file.stat().st_mtime_ns
    file.write_text(text)
    os.utime(file, ns=(modified, modified))
    renew(expiring, "dev-readonly").communicate(timeout=60)
    assert int(begun.search(file.read_text())[0]) < int(begun.search(text)[0])


def test_what_is_for_another_shell_is_renewed(expiring, folder):
    """Keys on the shelf do not count either where another variable decides what the words mean."""
    renew(expiring, "dev-readonly").communicate(timeout=60)
    old = (folder / "dev-readonly.posix").stat()
    expiring.environ["AWS_CONFIG_FILE"] = str(expiring.config)
    renew(expiring, "dev-readonly").communicate(timeout=60)
    assert (folder / "dev-readonly.posix").stat().st_mtime_ns > old.st_mtime_ns


def test_a_command_waits(expiring, portal):
    """Who waits for it at a terminal is told so, and ends it by Ctrl-C: by the signal, which the shell then sees."""
    portal.latency = 60
    screen = expiring.at_terminal("use", *WRAPPER, "--renew", "dev-readonly")
    screen.until("Waiting for new keys. Ctrl-C ends that.")
    screen.press("\x03")
    screen.finish()
    assert screen.child.signalstatus == signal.SIGINT


def test_a_command_waits_no_longer(expiring, portal):
    """After 15 seconds it is told that it runs with what is there."""
    portal.latency = 60
    screen = expiring.at_terminal("use", *WRAPPER, "--renew", "dev-readonly")
    screen.until("No new keys came in 15 seconds: this runs with the old ones.")
    assert screen.finish() == 5


def test_the_login_is_over(expiring, folder, portal):
    """When the login is over, nobody is asked, and a note on the shelf tells the shells; the next login ends it."""
    for file in (expiring.home / ".aws/sso/cache").iterdir():
        file.unlink()
    process = renew(expiring, "dev-readonly")
    assert "no valid login" in process.communicate(timeout=60)[1]
    assert process.returncode == 3
    assert f"{expiring.home}/.aws/sso/cache/" in (folder / "dev-readonly.over").read_text()
    screen = expiring.at_terminal("use", *WRAPPER, "--renew", "dev-readonly")
    assert screen.finish() == 3  # nobody has asked for a login there, either
    assert kept(folder) == ["dev-readonly.over", "dev-readonly.posix"]
    expiring.does("login", "corp")
    assert kept(folder) == ["dev-readonly.posix"]


def test_the_login_is_over_for_all_shells(expiring, folder, portal):
    """Of several shells that ask within a minute one asks AWS, until the login's file is written again."""
    ended = json.loads(expiring.token_file.read_text()) | {"expiresAt": "2020-01-01T00:00:00Z", "refreshToken": "spent"}
    before = portal.calls["CreateToken"]

    def asked(count):
        for process in [renew(expiring, "dev-readonly") for _ in range(count)]:
            assert "no valid login" in process.communicate(timeout=60)[1]
            assert process.returncode == 3
        return portal.calls["CreateToken"] - before

    expiring.token_file.write_text(json.dumps(ended))
    assert asked(3) == 1
    expiring.token_file.write_text(json.dumps(ended))
    assert asked(2) == 2
    note = (folder / "dev-readonly.over").stat().st_mtime
    os.utime(folder / "dev-readonly.over", (note - 60, note - 60))
    os.utime(expiring.token_file, (note - 90, note - 90))
    assert asked(1) == 3


def test_a_renewal_waits_for_another_for_a_while(tmp_path, monkeypatch):
    """As each shell asks once a minute, ever more would wait while AWS does not answer."""
    monkeypatch.setattr(shelving, "_PATIENCE", 1.2)
    target = Target("dev", CORP, "123456789011", "ReadOnly", None)
    how = {"begun": 0.0, "quiet": True}

    def renewed_meanwhile(*_):
        with pytest.raises(ServiceError, match=r"has held .* for too long"):
            shelving.renew(target, ["dev"], SHELLS["zsh"], context_of(tmp_path), **how)
        raise NotLoggedIn("as expected")

    monkeypatch.setattr(switch, "to_keys", renewed_meanwhile)
    with pytest.raises(NotLoggedIn, match="as expected"):
        shelving.renew(target, ["dev"], SHELLS["bash"], context_of(tmp_path), **how)


@pytest.mark.parametrize("fault", ["a file of the future", "no shelf"])
def test_keys_that_no_shell_can_take(expiring, folder, fault):
    """A renewal that brings nobody anything says so to who waits for it."""
    later = expiring.config.stat().st_mtime + 9999
    if fault == "no shelf":
        (folder / "Makefile").touch()
        folder.chmod(0o755)
    else:
        os.utime(expiring.config, (later, later))
    said = renew(expiring, "dev-readonly").communicate(timeout=60)[1]
    assert said.startswith("New keys are there, but no shell can take them")
    assert said.endswith("Type: ssouse dev-readonly\n")


def test_a_login_elsewhere_ends_the_note(expiring, folder, portal):
    """After a login by another program, it is the next switch by which the shells know."""
    for file in (expiring.home / ".aws/sso/cache").iterdir():
        file.unlink()
    renew(expiring, "dev-readonly").communicate(timeout=60)
    assert kept(folder) == ["dev-readonly.over", "dev-readonly.posix"]
    expiring.log_in_elsewhere(portal.url)
    use(expiring, "dev-readonly")
    assert kept(folder) == ["dev-readonly.posix"]
