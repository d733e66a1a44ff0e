#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Stands in for Python where RYFT_PYTHON names it: answers `-m pip download` as FAKE_PIP says, without a network."""

import os
import pathlib
import subprocess
import sys
import time
import zipfile


def download(arguments):
    directory = pathlib.Path(arguments[arguments.index("--dest") + 1])
    requirement = pathlib.Path(arguments[arguments.index("--requirement") + 1]).read_text()
    package, version = requirement.split(" ")[0].split("==")
    if not requirement.split(" ")[1].startswith("--hash=sha256:") or "--require-hashes" not in arguments:
        sys.exit("the requirement carries no hash")
    wheel = directory / "{}-{}-py3-none-any.whl".format(package.replace("-", "_"), version)
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(os.environ["FAKE_LIBRARY"], "the library of " + version)
        archive.writestr("else.py", "not wanted")


def main(arguments):
    if arguments[:3] != ["-m", "pip", "download"]:
        sys.exit(subprocess.call([sys.executable, *arguments]))
    pathlib.Path(os.environ["FAKE_ASKED"]).write_text("\n".join(arguments))
    behaviour = os.environ["FAKE_PIP"]
    if behaviour == "hang":
        pathlib.Path(os.environ["FAKE_STARTED"]).touch()
        subprocess.call(["sleep", os.environ["FAKE_SECONDS"]])
    elif behaviour == "slow":
        time.sleep(0.3)
    elif behaviour.startswith("say:"):
        sys.exit(behaviour[4:])
    download(arguments)


main(sys.argv[1:])
