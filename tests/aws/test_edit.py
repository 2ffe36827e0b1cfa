"""~/.aws/config is edited in place: no byte is lost that the edit does not own, and botocore agrees."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pytest
from botocore.configloader import load_config
from config_files import context, files
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st
from killed import killed_at_rename

from ssoenv.aws.config import read
from ssoenv.aws.edit import Draft, Section, editing
from ssoenv.errors import ConfigError
from ssoenv.files import TEMPORARY_PREFIX

MINE = Section("profile", "mine")
SESSION = Section("sso-session", "mine")
ROLE = {"sso_session": "corp", "sso_account_id": "111122223333", "sso_role_name": "Admin"}
ROLE_TEXT = "[profile mine]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Admin\n"


def edited(text: str, changes: dict) -> str:
    """Return what *text* becomes by *changes*."""
    return Draft(Path("config"), text.encode()).edited(changes).data.decode()


def loaded(data: bytes) -> dict:
    """Return what botocore reads in a file that holds *data*."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config"
        path.write_bytes(data)
        return load_config(str(path))


class TestAdded:
    """A section that is not there goes to the end."""

    def test_new_file(self):
        """An empty file gets the sections, with an empty line between them."""
        changes = {Section("sso-session", "corp"): {"sso_region": "eu-west-1"}, MINE: ROLE}

        assert edited("", changes) == f"[sso-session corp]\nsso_region = eu-west-1\n\n{ROLE_TEXT}"

    @pytest.mark.parametrize(
        ("before", "between"),
        [
            ("[default]\nx = 1\n", "\n"),
            ("[default]\nx = 1\n\n", ""),
            ("[default]\nx = 1", "\n\n"),
            ("# only a comment", "\n\n"),
            ("[default]\ns3 =\n  x = 1\n    # [profile mine]\n", "\n"),
        ],
        ids=["newline", "empty line", "no final newline", "comment", "nested"],
    )
    def test_below(self, before, between):
        """One empty line parts it from what was there, which stays as it was."""
        assert edited(before, {MINE: ROLE}) == before + between + ROLE_TEXT

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_line_ends(self, end):
        """The file's own line ends are kept, those of the majority where they are mixed."""
        before = f"[default]{end}x = 1{end}y = 2{end}# odd\n" if end != "\n" else "[default]\nx = 1\ny = 2\r\n"
        new = edited(before, {MINE: ROLE})

        assert new == before + end + ROLE_TEXT.replace("\n", end)

    @pytest.mark.parametrize(
        ("section", "header"),
        [
            (Section("profile", "a b"), "[profile 'a b']"),
            (Section("profile", "it's"), '[profile "it\'s"]'),
            (Section("profile", 'a\\"$(id)'), "[profile 'a\\\"$(id)']"),
            (Section("profile", "a]b"), "[profile a]b]"),
            (Section("profile", "x] # y"), "[profile 'x] # y']"),
            (Section("profile", "\u00a0"), "[profile '\u00a0']"),
            (Section("profile", "default"), "[default]"),
            (Section("sso-session", "my corp"), "[sso-session 'my corp']"),
        ],
    )
    def test_names(self, section, header):
        """A name is quoted when it must be, and botocore reads it back."""
        new = edited("", {section: {"region": "eu-west-1"}})

        assert new == f"{header}\nregion = eu-west-1\n"
        assert loaded(new.encode())[f"{section.kind}s".replace("-", "_")] == {section.name: {"region": "eu-west-1"}}


class TestChanged:
    """A section that is there is changed key by key."""

    BEFORE = """\
# mine
[profile 'mine']
Region=eu-west-1
# why us
output : json
# not yours

[profile other]
region = x
"""

    def test_value(self):
        """Only the value changes; comments, spacing and the spelling of the key stay."""
        new = edited(self.BEFORE, {MINE: {"region": "us-east-1", "output": "text"}})

        assert new == self.BEFORE.replace("=eu-west-1", "=us-east-1").replace("json", "text")

    def test_same_value(self):
        """A value that is there already leaves the file as it is, spacing and all."""
        before = "[profile mine]\nregion =  eu-west-1 \n"

        assert edited(before, {MINE: {"region": "eu-west-1"}}) == before

    def test_added_key(self):
        """A key that lacks goes below the last setting, as deep as that, above the comments that follow."""
        new = edited("[profile mine]\n  x = 1\n# not yours\n", {MINE: {"region": "eu-west-1", "output": "json"}})

        assert new == "[profile mine]\n  x = 1\n  region = eu-west-1\n  output = json\n# not yours\n"

    def test_added_key_without_final_newline(self):
        """A last line without an end gets one before the key below it."""
        assert edited("[profile mine]\r\nx = 1", {MINE: {"y": "2"}}) == "[profile mine]\r\nx = 1\r\ny = 2\r\n"

    def test_key_taken_out(self):
        """A key set to None goes with all lines of its value; a comment among them stays."""
        before = "[profile mine]\na = 1\ns3 =\n  x = 1\n  # note\n\n  y = 2\n\nb = 2\n"
        expected = "[profile mine]\na = 1\n  # note\n\n\nb = 2\n"

        assert edited(before, {MINE: {"s3": None, "absent": None}}) == expected

    def test_value_of_several_lines(self):
        """A value of several lines is replaced as a whole, and a nested key of the same name is not the key."""
        before = "[profile mine]\ns3 =\n  region = nested\nregion = a\n  b\n  c\noutput = json\n"
        expected = "[profile mine]\ns3 =\n  region = nested\nregion = x\noutput = json\n"

        assert edited(before, {MINE: {"region": "x"}}) == expected

    def test_last_value_replaced_and_key_added(self):
        """A key can be added below a value of several lines that is replaced, or taken out, at the same time."""
        before = "[profile mine]\ns3 =\n  x = 1\n# end"

        assert edited(before, {MINE: {"y": "2", "s3": None}}) == "[profile mine]\ny = 2\n# end"
        assert edited(before, {MINE: {"s3": "z", "y": "2"}}) == "[profile mine]\ns3 =z\ny = 2\n# end"

    def test_keys_of_default_section(self):
        """A key that comes from [DEFAULT] is set in the section, and [DEFAULT] is left alone."""
        before = "[DEFAULT]\nregion = a\n[profile mine]\nx = 1\n[profile other]\ny = 1\n"

        assert edited(before, {MINE: {"region": "b"}}) == before.replace("x = 1\n", "x = 1\nregion = b\n")
        assert edited(before, {MINE: {"region": None}}) == before
        assert edited(before, {Section("profile", "new"): {"z": "1"}}) == f"{before}\n[profile new]\nz = 1\n"

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            (
                "[profile mine]\n    x = 1\n  [profile other]\ny = 1\n",
                "[profile mine]\n    x = 1\n    region = b\n  [profile other]\ny = 1\n",
            ),
            (
                "[profile mine]\n# note\n  [profile other]\ny = 1\n",
                "[profile mine]\n  region = b\n# note\n  [profile other]\ny = 1\n",
            ),
        ],
    )
    def test_indented_neighbour(self, before, after):
        """A new key does not swallow an indented header below it."""
        assert edited(before, {MINE: {"region": "b"}}) == after

    def test_default_profile(self):
        """The default profile is found by either header."""
        for header in ("[default]", "[profile default]"):
            new = edited(f"{header}\nx = 1\n", {Section("profile", "default"): {"x": "2"}})

            assert new == f"{header}\nx = 2\n"

    def test_profile_and_session_of_one_name(self):
        """A profile and a session may share a name."""
        before = "[profile mine]\nx = 1\n[sso-session mine]\nx = 2\n"

        assert edited(before, {SESSION: {"x": "3"}}) == before.replace("2", "3")


class TestRemoved:
    """A section goes with its own lines alone."""

    def test_comments_below_stay(self):
        """A comment that follows belongs to the next section."""
        before = f"[default]\nx = 1\n\n{ROLE_TEXT}# about other\n\n[profile other]\n"

        assert edited(before, {MINE: None}) == before.replace(ROLE_TEXT, "")

    def test_undoes_added(self):
        """Removing what was added gives the old file back, to the byte."""
        for before in ("", "[default]\nx = 1\n", "# a\r\n\r\n\r\n[default]\r\nx = 1\r\n"):
            changes = {Section("profile", name): ROLE for name in "abc"}

            assert edited(edited(before, changes), dict.fromkeys(changes)) == before

    def test_empty_lines_do_not_pile_up(self):
        """The empty line above goes too where one follows, whatever else is removed with it."""
        before = f"[default]\nx = 1\n\n{ROLE_TEXT}\n[profile b]\ny = 1\n\n[profile other]\n"
        expected = "[default]\nx = 1\n\n[profile other]\n"

        assert edited(before, {MINE: None, Section("profile", "b"): None}) == expected

    def test_absent(self):
        """Removing what is not there changes nothing."""
        assert edited("[default]\n", {MINE: None}) == "[default]\n"


class TestRefused:
    """What would not come out as it should is not written."""

    @pytest.mark.parametrize(
        "value",
        ["a\nb", "a\rb", "a\0b", "a\x1b[m", "a\u2028b", "a\x85b", "\ud800", " a", "a ", "a\u00a0", "a ; b", "a #b"],
    )
    def test_values(self, value):
        """A value that could start a line of its own, or that SDKs read differently, is refused."""
        with pytest.raises(ConfigError, match="region of profile mine"):
            edited("", {MINE: {"region": value}})

    @pytest.mark.parametrize("key", ["a b", "a\nb", "[x", "a=b", "", "#a", "A"])
    def test_keys(self, key):
        """A key is lower-case letters, digits and underscores."""
        with pytest.raises(ConfigError, match="not a key"):
            edited("", {MINE: {key: "x"}})

    @pytest.mark.parametrize("name", ["", "a\nb", "a\rb", "a\0", "\x7f", "\u2028"])
    def test_names(self, name):
        """A name that could start a line of its own is refused."""
        with pytest.raises(ConfigError, match="The name"):
            edited("", {Section("profile", name): ROLE})

    @pytest.mark.parametrize(
        "before",
        [
            "[profile mine]\nx = 1\n[profile 'mine']\nx = 2\n",
            "[profile z]\nx = 1\n[profile mine]\n    y = 2\n  [profile other]\nz = 3\n",
        ],
        ids=["hidden twin", "indented header below"],
    )
    def test_other_settings(self, before):
        """A removal that would uncover or swallow another section is refused."""
        with pytest.raises(ConfigError, match="would change other settings"):
            edited(before, {MINE: None})


def options(indent: str) -> st.SearchStrategy[str]:
    """Settings of a section, each with its own spacing, notes and nested lines."""
    key = st.sampled_from(["region", "Region", "output", "s3", "sso_role_name", "odd key"])
    value = st.sampled_from(["x", "", "a = b", "x ; note", "\u2028", "[profile x]"])
    more = st.sampled_from(["", "  n = 1\n", "\tn = 1\n\n  # note\n   m = 2\n", "# note\n", "\n"])
    delimiter = st.sampled_from(["=", " = ", ":", " : "])
    option = st.tuples(key, delimiter, value, more).map(
        lambda parts: f"{indent}{parts[0]}{parts[1]}{parts[2]}\n" + parts[3].replace("  n", f"{indent}  n")
    )
    return st.lists(option, max_size=4, unique_by=lambda text: text.split("=")[0].split(":")[0].strip().lower()).map(
        "".join
    )


CHANGES = st.one_of(
    st.none(),
    st.dictionaries(
        st.sampled_from(["region", "output", "s3", "sso_role_name", "new_key"]),
        st.one_of(st.none(), st.sampled_from(["x", "eu-west-1", "a=b", ""])),
        max_size=3,
    ),
)


def expected(before: dict, name: str, change: dict | None) -> dict:
    """Return what botocore should read after *change*, of what it read *before*; ``heir`` has what [DEFAULT] gives."""
    defaults = before["profiles"]["heir"]
    others = {other: values for other, values in before["profiles"].items() if other != name}
    if change is None:
        return {**before, "profiles": others}
    own = {**before["profiles"].get(name, defaults), **change}
    own = {key: defaults.get(key) if value is None else value for key, value in own.items()}
    own = {key: value for key, value in own.items() if value is not None}
    return {**before, "profiles": {**others, name: own}}


MOST_FILES_ARE_BROKEN = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)


class TestEveryByte:
    """Whatever the file looks like, what an edit does not own stays."""

    @MOST_FILES_ARE_BROKEN
    @given(text=files, cut=st.booleans())
    def test_added(self, text, cut):
        """The old file is the start of the new one, and botocore sees one profile more."""
        before = text.removesuffix("\n" if cut else "").encode()
        try:
            draft = Draft(Path("config"), before)
        except ConfigError:
            assume(False)
        after = draft.edited({MINE: ROLE}).data

        assert after.startswith(before)
        assert loaded(after) == expected(loaded(before), "mine", ROLE)

    @MOST_FILES_ARE_BROKEN
    @given(st.data())
    def test_changed_or_removed(self, data):
        """What stands above a section and below it stays, and botocore sees that section changed alone."""
        above = data.draw(files) + data.draw(st.sampled_from(["", "\n", "\n\n", "# about mine\n"]))
        indent = data.draw(st.sampled_from(["", "  "]))
        own = f"{indent}[profile {data.draw(st.sampled_from(['mine', 'mine ] note', '  mine']))}]\n" + data.draw(
            options(indent)
        )
        own = own.replace("mine ] note]", "mine] # note")
        body = own.rstrip("\n")
        while body.rpartition("\n")[2].lstrip().startswith("#"):
            body = body.rpartition("\n")[0].rstrip("\n")
        below = own[len(body) + 1 :] + data.draw(st.sampled_from(["", "\n", "# note\n", "\n  ; note\n\n"]))
        below += "[profile next]\nregion = y\n" + data.draw(st.sampled_from(["", "# end"]))
        crlf = data.draw(st.booleans())
        before, above_bytes, below_bytes = (
            (text.replace("\r\n", "\n").replace("\n", "\r\n") if crlf else text).encode()
            for text in (f"{above}{body}\n{below}", above, below)
        )
        try:
            draft = Draft(Path("config"), before)
        except ConfigError:
            assume(False)
        change = data.draw(CHANGES)
        event("removed" if change is None else f"{len(change)} keys")
        after = draft.edited({MINE: change}).data

        assert loaded(after) == expected(loaded(before), "mine", change)
        assert after.endswith(below_bytes)
        if change is None:
            end = b"\r\n" if crlf else b"\n"
            parted = above_bytes.endswith(end * 2) and below_bytes.startswith(end)
            assert after == above_bytes.removesuffix(end if parted else b"") + below_bytes
        else:
            assert after.startswith(above_bytes)
            for line in before[: len(before) - len(below_bytes)].splitlines():
                if line.strip().startswith((b"#", b";", b"[profile mine")):
                    assert line in after

    @MOST_FILES_ARE_BROKEN
    @given(st.data())
    def test_any_profile(self, data):
        """Any profile of any file is changed as asked, or the edit is refused."""
        before = data.draw(files).encode()
        try:
            draft = Draft(Path("config"), before)
        except ConfigError:
            assume(False)
        names = [name for name in draft.profile_names() if name not in ("", "heir")]
        name = data.draw(st.sampled_from([*names, "mine"]))
        change = data.draw(CHANGES)
        try:
            after = draft.edited({Section("profile", name): change}).data
        except ConfigError:
            event("refused")
            return
        event("changed")
        assert loaded(after) == expected(loaded(before), name, change)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A config file with one profile."""
    path = tmp_path / ".aws" / "config"
    path.parent.mkdir(0o700)
    path.write_text("[profile other]\nregion = eu-west-1\n")
    path.chmod(0o640)
    return path


def add(path: Path, home: Path) -> None:
    """Write the profile ``mine`` to the file *path*."""
    with editing(path, context(home)) as draft:
        draft.save(draft.edited({MINE: ROLE}))


@pytest.mark.skipif(os.name == "nt", reason="modes and links are POSIX's")
class TestSaved:
    """The file is replaced as a whole, and stays what it was: its mode, its link."""

    def test_new(self, tmp_path):
        """A new file, and its folder, are the user's alone."""
        path = tmp_path / ".aws" / "config"
        add(path, tmp_path)

        assert path.read_text() == ROLE_TEXT
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700

    def test_mode(self, config, tmp_path):
        """A file that is there keeps its mode."""
        add(config, tmp_path)

        assert config.read_text().endswith(ROLE_TEXT)
        assert stat.S_IMODE(config.stat().st_mode) == 0o640

    def test_link(self, config, tmp_path):
        """A link stays a link, and what it points to is replaced."""
        target = tmp_path / "dotfiles" / "aws-config"
        target.parent.mkdir()
        config.rename(target)
        config.symlink_to("../dotfiles/aws-config")
        add(config, tmp_path)

        assert str(config.readlink()) == "../dotfiles/aws-config"
        assert target.read_text().endswith(ROLE_TEXT)
        assert [path.name for path in target.parent.iterdir()] == ["aws-config"]

    @pytest.mark.parametrize("linked", [False, True])
    def test_read_only(self, config, tmp_path, linked):
        """A read-only file is left alone, even if it could be replaced; the error says what to do."""
        target = config
        if linked:
            target = tmp_path / "store-config"
            config.rename(target)
            config.symlink_to(target)
        target.chmod(0o444)
        before = target.read_bytes()
        with pytest.raises(ConfigError, match="is read-only") as raised:
            add(config, tmp_path)

        assert raised.value.cure.endswith(f"chmod u+w {target}")
        assert ("is a link to" in raised.value.sentence) == linked
        assert target.read_bytes() == before

    @pytest.mark.parametrize(
        ("content", "line"),
        [(b"[a]\nx = 1\nword\n", 3), (b"[a]\n[a]\n", 2), (b"\xef\xbb\xbf[a]\n", 1), (b"[a]\n# \xff\n", 2)],
        ids=["bare word", "twice", "BOM", "not UTF-8"],
    )
    def test_broken(self, config, tmp_path, content, line):
        """A file that botocore refuses is left alone; the error names the line."""
        config.write_bytes(content)
        with pytest.raises(ConfigError, match=f"config, line {line}:"):
            add(config, tmp_path)

        assert config.read_bytes() == content

    def test_unchanged(self, config, tmp_path):
        """A file that would not change is not written."""
        add(config, tmp_path)
        before = config.stat()
        add(config, tmp_path)

        assert config.stat().st_ino == before.st_ino

    def test_other_program(self, config, tmp_path):
        """What another program writes between reading and writing is not overwritten."""
        with pytest.raises(ConfigError, match="Another program changed"), editing(config, context(tmp_path)) as draft:
            after = draft.edited({MINE: ROLE})
            config.write_text("[profile theirs]\n")
            draft.save(after)

        assert config.read_text() == "[profile theirs]\n"

    def test_rewritten_in_place(self, config, tmp_path):
        """Who writes the file anew empties it first: what that program has not written yet is waited for."""
        content = config.read_bytes()
        config.write_bytes(b"")
        here = replace(context(tmp_path), sleep=lambda _: config.write_bytes(content))
        with editing(config, here) as draft:
            draft.save(draft.edited({MINE: ROLE}))

        assert config.read_bytes().startswith(content)

    def test_still_being_rewritten(self, config, tmp_path):
        """A program that takes longer to write it is not overtaken: what was there before is not there now."""
        seen = Draft(config, config.read_bytes())
        for written, lost in ((b"", r"\[profile other\]"), (b"[profile other]\n", r"region of \[profile other\]")):
            config.write_bytes(written)
            with pytest.raises(ConfigError, match=f"has lost {lost} meanwhile"):
                editing(config, context(tmp_path), seen).__enter__()
            assert config.read_bytes() == written


WRITER = """
import sys
from pathlib import Path
from ssoenv.aws.edit import Section, editing
from ssoenv.context import Context

path, who, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
context = Context.system(print)
print("ready", flush=True)
sys.stdin.readline()
for number in range(count):
    with editing(path, context) as draft:
        draft.save(draft.edited({Section("profile", f"{who}{number}"): {"region": "eu-west-1"}}))
"""


class TestProcesses:
    """Writers that meet, and writers that die."""

    def test_at_once(self, config):
        """Of two processes that write at once, neither loses what the other wrote."""
        writers = [
            subprocess.Popen(
                [sys.executable, "-c", WRITER, config, who, "15"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for who in "ab"
        ]
        for writer in writers:
            assert writer.stdout.readline() == "ready\n"
        for writer in writers:
            writer.stdin.write("\n")
            writer.stdin.flush()
        for writer in writers:
            writer.communicate(timeout=60)

        assert [writer.returncode for writer in writers] == [0, 0]
        names = Draft(config, read(config)).profile_names()
        assert sorted(names) == sorted(["other", *(f"{who}{number}" for who in "ab" for number in range(15))])

    def test_killed_at_rename(self, config, tmp_path):
        """A writer killed at the last moment leaves the old file, and what else it leaves is private and swept."""
        before = config.read_bytes()
        killed_at_rename(tmp_path, 1, WRITER, config, "a", 1)

        assert config.read_bytes() == before
        (left,) = config.parent.glob(TEMPORARY_PREFIX + "*")
        assert stat.S_IMODE(left.stat().st_mode) & 0o077 == 0o040  # no more than the file it was to replace
        hour_ago = time.time() - 3600
        os.utime(left, (hour_ago, hour_ago))
        add(config, tmp_path)
        assert [path.name for path in config.parent.iterdir()] == ["config"]
