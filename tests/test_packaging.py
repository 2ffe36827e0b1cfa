"""The wheel and the sdist hold what users get, and nothing else."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Build the sdist, and the wheel from it."""
    folder = tmp_path_factory.mktemp("dist")
    words = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def _tracked(*folders):
    return {
        str(path.relative_to(ROOT)).replace("\\", "/")
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_wheel_holds_the_package_and_its_data(built):
    """The package, the wrappers and completions as package data, and the completions where shells look."""
    (wheel,) = built.glob("*.whl")
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    data = {f"ssoenv/_data/{name}" for name in _tracked("shell", "completions")}
    share = {
        f"{wheel.name.removesuffix('-py3-none-any.whl')}.data/data/share/{name}"
        for name in (
            "bash-completion/completions/ssoenv",
            "zsh/site-functions/_ssoenv",
            "fish/vendor_completions.d/ssoenv.fish",
            "fish/vendor_completions.d/ssouse.fish",
        )
    }
    assert names == _tracked("ssoenv") | data | share
    assert {"ssoenv/_data/shell/ssoenv.bash", "ssoenv/_data/completions/_ssoenv", "ssoenv/py.typed"} <= names


def test_sdist_can_be_built_from(built):
    """The sdist holds what the wheel is made of, and the tests."""
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert _tracked("ssoenv", "shell", "completions") <= names
    assert {"pyproject.toml", "hatch_build.py", "README.md", "LICENSE", "tests/conftest.py"} <= names


def test_version_stands_in_one_place(built):
    """The wheel's version is the package's own."""
    import ssoenv

    (wheel,) = built.glob("*.whl")
    assert wheel.name == f"ssoenv-{ssoenv.__version__}-py3-none-any.whl"
