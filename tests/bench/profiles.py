"""What 10,000 profiles cost: `ssoenv use` from the cache with a file of ten profiles and with one of ten thousand.

    python tests/bench/profiles.py

Prints the median of each, whole processes in turn, and what the large file adds. The aim is at most 50 ms.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ssoenv.demo.portal import Portal

_RUNS = 15
_SESSION = "[sso-session corp]\nsso_start_url = https://my-sso-portal.awsapps.com/start\nsso_region = eu-central-1\n"
_PROFILE = """
[profile {name}]
sso_session = corp
sso_account_id = 123456789011
sso_role_name = ReadOnly
region = eu-central-1
"""


def main() -> None:
    """Measure both files in turn, so that a machine whose speed drifts is fair to both."""
    with tempfile.TemporaryDirectory() as folder, Portal(auto_approve=True) as portal:
        environ = {"PATH": os.environ["PATH"], "HOME": folder, **portal.environment()}
        files = {}
        for count in (10, 10_000):
            files[count] = Path(folder) / f"config-{count}"
            names = [f"profile-{number:05d}" for number in range(count - 1)]
            files[count].write_text(_SESSION + "".join(_PROFILE.format(name=name) for name in [*names, "the-one"]))
        _run(environ, files[10], "login")
        times: dict[int, list[float]] = {count: [] for count in files}
        for _ in range(_RUNS):
            for count, file in files.items():
                started = time.perf_counter()
                _run(environ, file, "use", "the-one", "--shell", "sh", "--quiet")
                times[count].append((time.perf_counter() - started) * 1000)
    small, large = (statistics.median(times[count]) for count in files)
    added, ratio = large - small, large / small
    print(f"10 profiles: {small:.0f} ms; 10,000 profiles: {large:.0f} ms; {added:+.0f} ms, ratio {ratio:.2f}")


def _run(environ: dict[str, str], config: Path, *words: str) -> None:
    command = [sys.executable, "-m", "ssoenv", *words]
    subprocess.run(command, env={**environ, "AWS_CONFIG_FILE": str(config)}, capture_output=True, check=True)


if __name__ == "__main__":
    main()
