"""The clipboard of macOS, by a stand-in for osascript that runs the real script, with a file as the pasteboard.

The stand-in and its AppKit are ours: this proves what the script decides, and not that macOS takes it in this form.
"""

from __future__ import annotations

import json
import os
import sys

import pyperclip
import pytest
from installed import program

from ssoenv.clipboard import desktop, macos

SECRET = "wJalrXUtnFEMI/K7MDENG, é and 🔑"
TEXT = "public.utf8-plain-text"
MARKS = {"org.nspasteboard.ConcealedType": "", "org.nspasteboard.TransientType": ""}

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script")

# Strings of Objective-C are objects; methods without arguments are called by their name alone.
_OSASCRIPT = """#!/usr/bin/env node
const fs = require("fs"), vm = require("vm");
const words = process.argv.slice(2), input = fs.readFileSync(0), kept = __dirname + "/pasteboard.json";
fs.appendFileSync(__dirname + "/calls.jsonl", JSON.stringify({ words, input: input.toString() }) + "\\n");
let types = JSON.parse(fs.readFileSync(kept));
const $ = Object.assign((js) => ({ js }), {
    NSUTF8StringEncoding: 4,
    NSPasteboardTypeString: { js: "public.utf8-plain-text" },
    NSFileHandle: { fileHandleWithStandardInput: { readDataToEndOfFile: input } },
    NSString: { alloc: { initWithDataEncoding: (data, encoding) => ({ js: encoding === 4 ? `${data}` : undefined }) } },
    NSPasteboard: { generalPasteboard: {
        get clearContents() { types = {}; },
        prepareForNewContentsWithOptions(options) { types = options === 1 ? { "this Mac alone": "" } : {}; },
        setStringForType(text, type) { types[type.js] = text.js; },
        stringForType: (type) => ({ js: types[type.js] }),
    } },
});
const world = { $, ObjC: { import() {}, unwrap: (object) => object.js } };
console.log(vm.runInNewContext(words.at(-1) + "\\nrun([])", world));
fs.writeFileSync(kept, JSON.stringify(types));
"""


class Mac:
    """A pasteboard, and what osascript was asked to do with it."""

    def __init__(self, folder):
        self._folder = folder
        self.put({})
        program = folder / "osascript"
        program.write_text(_OSASCRIPT)
        program.chmod(0o700)

    def put(self, types):
        (self._folder / "pasteboard.json").write_text(json.dumps(types))

    def types(self):
        return json.loads((self._folder / "pasteboard.json").read_text())

    def calls(self):
        return [json.loads(line) for line in (self._folder / "calls.jsonl").read_text().splitlines()]


@pytest.fixture
def mac(tmp_path, monkeypatch):
    program("node")
    monkeypatch.setattr(macos, "_OSASCRIPT", str(tmp_path / "osascript"))
    monkeypatch.setattr(sys, "platform", "darwin")
    return Mac(tmp_path)


@pytest.mark.parametrize("foreign", [None, "foreign"])
def test_a_secret_is_marked_and_taken_off(mac, foreign):
    """The marks stand beside the text, no other device gets it, no argument holds it; what others copied stays."""
    seen = []

    def held():
        seen.append(mac.types())
        if foreign:
            mac.put({TEXT: foreign})

    desktop.hold(SECRET, 0.01, held, secret=True)
    assert seen == [{"this Mac alone": "", **MARKS, TEXT: SECRET}]
    assert mac.types() == ({TEXT: foreign} if foreign else {})
    put, take_off = mac.calls()
    assert put["words"] == take_off["words"]
    assert put["words"][:3] == ["-l", "JavaScript", "-e"]
    assert not any(part in word for word in put["words"] for part in (SECRET, SECRET[:20], json.dumps(SECRET)))
    assert json.loads(put["input"])["text"] == SECRET


def test_other_texts_have_no_mark(mac):
    """A link stays, and may go into the history and to other devices."""
    mac.put({TEXT: SECRET, **MARKS})
    desktop.hold("https://example.com/", 0, lambda: None, secret=False)
    assert mac.types() == {TEXT: "https://example.com/"}
    assert len(mac.calls()) == 1


@pytest.mark.parametrize("line", ["exit 1", None])
def test_where_osascript_fails(mac, tmp_path, monkeypatch, line):
    """Or is not there: then pbcopy takes the text, without marks."""
    (tmp_path / "osascript").unlink()
    lines = {"osascript": line, "pbcopy": "cat >$0.text", "pbpaste": "cat ${0%/*}/pbcopy.text"}
    for name, script in lines.items():
        if script:
            (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
            (tmp_path / name).chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    for name in ("copy", "paste"):
        monkeypatch.setattr(pyperclip, name, getattr(pyperclip, name))  # as they are again afterwards
    pyperclip.set_clipboard("pbcopy")
    seen = []
    desktop.hold(SECRET, 0.01, lambda: seen.append((tmp_path / "pbcopy.text").read_text()), secret=True)
    assert seen == [SECRET]
    assert (tmp_path / "pbcopy.text").read_text() == " "


def test_it_is_the_system_s_own():
    """Whatever PATH may say."""
    assert macos._OSASCRIPT == "/usr/bin/osascript"
