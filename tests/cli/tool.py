# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Running the command line tool in tests. RYFT_CLI names it, RYFT_FAKE_DIR has the fake plugins."""

import json
import os
import pathlib
import subprocess
import time

TOOL = os.environ["RYFT_CLI"]
FAKE = pathlib.Path(os.environ.get("RYFT_FAKE_DIR", "."))

# What the person who runs the tests has set must not decide what they find.
OURS = ("RYFT_PLUGIN", "RYFT_WHEELHOUSE", "RYFT_PYTHON", "RYFT_TRACE", "RYFT_LOG", "XLA_FLAGS")


def environment(**changes):
    result = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    # A crash of the fake plugin is the plugin's, not the sanitizer's to report.
    no_handlers = ":handle_segv=0:handle_abort=0:handle_sigfpe=0:handle_sigill=0:handle_sigbus=0"
    result["ASAN_OPTIONS"] = result.get("ASAN_OPTIONS", "") + no_handlers
    result.update({name: str(value) for name, value in changes.items()})
    return result


def run(*arguments, cwd=None, input=None, timeout=120, **changes):
    return subprocess.run([TOOL, *map(str, arguments)], env=environment(**changes), cwd=cwd,
                          input=input, capture_output=True, text=True, timeout=timeout)


def start(*arguments, **changes):
    return subprocess.Popen([TOOL, *map(str, arguments)], env=environment(**changes), text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def error_of(finished):
    """The error that --json puts on stderr, which holds nothing else."""
    return json.loads(finished.stderr)["error"]


def processes_with(word):
    """The processes that have `word` on their command line, zombies apart."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if word in (entry / "cmdline").read_bytes().decode(errors="replace"):
                found.append(int(entry.name))
        except OSError:
            pass
    return found


def wait_for(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("waited in vain")
        time.sleep(0.02)
