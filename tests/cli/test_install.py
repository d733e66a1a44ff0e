# SPDX-License-Identifier: Apache-2.0 OR MIT
"""`ryft plugin install`, and what supervision promises whatever the work is: nothing stays, no orphan, the status."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest
import zipfile

import tool

VERSION = "0.0.1"
LIBRARY = "xla_plugins/xla_cpu_pjrt/xla_cpu_pjrt.so"
WHEEL = "xla_cpu_pjrt-0.0.1-py3-none-any.whl"
SECONDS = "9%09d" % os.getpid()  # a sleep that no other process does


class Install(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.data = self.folder / "data"
        self.target = self.data / "ryft" / "plugins" / "cpu" / VERSION / "xla_cpu_pjrt.so"
        python = self.folder / "python"
        script = pathlib.Path(__file__).with_name("fake_pip.py")
        python.write_text('#!/bin/sh\nexec "{}" "{}" "$@"\n'.format(sys.executable, script))
        python.chmod(0o755)
        self.settings = {"XDG_DATA_HOME": self.data, "RYFT_PYTHON": python, "FAKE_LIBRARY": LIBRARY,
                         "FAKE_PIP": "good", "FAKE_STARTED": self.folder / "started", "FAKE_ASKED": self.folder / "asked",
                         "FAKE_SECONDS": SECONDS}

    def install(self, *arguments, **changes):
        settings = {**self.settings, **changes}
        return tool.run("plugin", "install", "cpu", "--version", VERSION, *arguments, **settings)

    def asked(self):
        """What pip was last called with."""
        return (self.folder / "asked").read_text().split("\n")

    def assert_nothing_stays(self):
        files = [path for path in self.data.rglob("*") if not path.is_dir() or path.name.startswith(".")]
        self.assertEqual(files, [])

    def assert_only_the_library(self):
        files = sorted(path for path in self.data.rglob("*") if not path.is_dir() or path.name.startswith("."))
        self.assertEqual(files, [self.target.with_name("installed"), self.target])

    def assert_refused(self, finished, *words):
        self.assertEqual((finished.returncode, finished.stdout), (2, ""), finished.stderr)
        self.assertEqual(finished.stderr.count("\n"), 1, finished.stderr)
        for word in words:
            self.assertIn(word, finished.stderr)
        self.assert_nothing_stays()

    def test_cmd_plugin_install_only_the_library_is_kept(self):
        finished = self.install("--json")
        self.assertEqual(finished.returncode, 0, finished.stderr)
        told = json.loads(finished.stdout)
        self.assertEqual((told["name"], told["version"], told["pjrt_api"], told["path"]),
                         ("cpu", VERSION, "0.81", str(self.target)))
        self.assertEqual(self.target.read_text(), "the library of " + VERSION)
        self.assert_only_the_library()

    def test_cmd_plugin_install_a_second_install_does_nothing(self):
        self.assertEqual(self.install().returncode, 0)
        before = self.target.stat().st_mtime_ns
        again = self.install(FAKE_PIP="say:not to be called")
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertIn("already installed", again.stdout)
        self.assertEqual(self.target.stat().st_mtime_ns, before)

    def test_cmd_plugin_install_a_damaged_library_is_replaced(self):
        self.assertEqual(self.install().returncode, 0)
        record = self.target.with_name("installed")
        for recorded in (True, False):
            with self.subTest(recorded):
                self.target.write_text("junk")
                if not recorded:
                    record.unlink()
                broken = tool.run("devices", "--plugin", "cpu", **self.settings)
                self.assertEqual(broken.returncode, 2)
                self.assertIn("reinstall it: ryft plugin install cpu --version " + VERSION, broken.stderr)
                again = self.install()
                self.assertEqual(again.returncode, 0, again.stderr)
                self.assertNotIn("already", again.stdout)
                self.assertEqual(self.target.read_text(), "the library of " + VERSION)
        self.assert_only_the_library()

    def test_cmd_plugin_install_force_replaces_what_only_looks_whole(self):
        self.assertEqual(self.install().returncode, 0)
        whole = self.target.read_text()
        self.target.write_text("?" * len(whole))
        self.assertIn("already installed", self.install(FAKE_PIP="say:not to be called").stdout)
        self.assertNotIn("already", self.install("--force").stdout)
        self.assertEqual(self.target.read_text(), whole)
        self.assert_only_the_library()

    def test_cmd_plugin_install_a_whole_library_without_a_record_stays(self):
        self.target.parent.mkdir(parents=True)
        library = pathlib.Path(sys.executable).read_bytes()
        self.target.write_bytes(library)
        self.assertIn("already installed", self.install(FAKE_PIP="say:not to be called").stdout)
        self.target.write_bytes(library[:-4096])
        self.assertNotIn("already installed", self.install().stdout)
        self.assertEqual(self.target.read_text(), "the library of " + VERSION)

    def test_cmd_plugin_install_two_installs_at_once(self):
        both = [tool.start("plugin", "install", "cpu", "--version", VERSION, **{**self.settings, "FAKE_PIP": "slow"})
                for _ in range(2)]
        answers = [process.communicate(timeout=60) for process in both]
        self.assertEqual([process.returncode for process in both], [0, 0], answers)
        self.assert_only_the_library()
        self.assertEqual(self.target.read_text(), "the library of " + VERSION)

    def test_cmd_plugin_install_files_where_the_user_is_are_not_taken_for_pythons(self):
        (self.folder / "zipfile.py").write_text("raise SystemExit('hijacked')\n")
        finished = tool.run("plugin", "install", "cpu", "--version", VERSION, cwd=self.folder, **self.settings)
        self.assertEqual(finished.returncode, 0, finished.stderr)

    def test_cmd_plugin_install_asks_for_the_wheel_of_one_python_by_its_tag(self):
        finished = tool.run("plugin", "install", "tpu", "--json",
                            **{**self.settings, "FAKE_LIBRARY": "libtpu/libtpu.so", "FAKE_PIP": "say:asked"})
        self.assertEqual(finished.returncode, 2)
        asked = self.asked()
        for flag in ("--python-version=3.12", "--implementation=cp", "--abi=cp312",
                     "--platform=manylinux_2_31_x86_64", "--only-binary=:all:"):
            self.assertIn(flag, asked)
        self.install(FAKE_PIP="say:asked")
        self.assertNotIn("--python-version", " ".join(self.asked()))

    def test_cmd_plugin_install_takes_the_wheel_with_the_right_tag(self):
        wheels = self.folder / "wheels"
        wheels.mkdir()
        other = wheels / "libtpu-0.0.52-cp311-cp311-manylinux_2_31_x86_64.whl"
        other.write_bytes(b"another Python's")
        self.settings["RYFT_WHEELHOUSE"] = wheels
        tool.run("plugin", "install", "tpu", **{**self.settings, "FAKE_PIP": "say:asked"})
        self.assertNotIn("--no-index", self.asked())
        other.rename(wheels / "libtpu-0.0.52-cp312-cp312-manylinux_2_31_x86_64.whl")
        tool.run("plugin", "install", "tpu", **{**self.settings, "FAKE_PIP": "say:asked"})
        self.assertIn("--no-index", self.asked())

    def test_cmd_plugin_install_a_wheel_without_the_library_is_refused(self):
        self.assert_refused(self.install(FAKE_LIBRARY="another.so"), LIBRARY)

    def test_cmd_plugin_install_what_pip_says_becomes_one_line(self):
        gone = ("ERROR: Could not find a version that satisfies the requirement xla-cpu-pjrt==0.0.1\n"
                "ERROR: No matching distribution found for xla-cpu-pjrt==0.0.1")
        for said, *words in (
                ("/usr/bin/python3: No module named pip", "pip is missing", "apt install python3-pip"),
                (gone, "xla-cpu-pjrt 0.0.1", "RYFT_WHEELHOUSE"),
                ("WARNING: Retrying: NewConnectionError('x')\n" + gone, "cannot reach", "RYFT_WHEELHOUSE"),
                ("ERROR: HTTPSConnectionPool(host='x'): Read timed out.", "cannot reach", "timed out"),
                ("WARNING: 'Temporary failure in name resolution'\n" + gone, "cannot reach", "name resolution"),
                ("WARNING: 'Cannot connect to proxy.' ProxyError\n" + gone, "cannot reach", "ProxyError"),
                (gone.replace("0.0.1\n", "0.0.1 (from versions: none)\n"), "the index cannot be reached"),
                ("ERROR: [Errno 28] No space left on device", "no space left"),
                ("ERROR: the moon is full\nmore", "the moon is full")):
            with self.subTest(said):
                self.assert_refused(self.install(FAKE_PIP="say:" + said), *words)

    def test_cmd_plugin_install_no_python(self):
        self.assert_refused(self.install(RYFT_PYTHON="/no/such/python"), "/no/such/python", "RYFT_PYTHON")

    def test_cmd_plugin_install_a_missing_wheelhouse_is_named(self):
        wheel = self.folder / "a file"
        wheel.touch()
        for path in ("/no/such/wheels", wheel):
            self.assert_refused(self.install(RYFT_WHEELHOUSE=path), str(path), "RYFT_WHEELHOUSE")

    def test_cmd_plugin_install_a_directory_that_cannot_be_written(self):
        self.data.write_text("a file in the way")
        finished = self.install()
        self.assertEqual(finished.returncode, 2)
        self.assertIn(str(self.data), finished.stderr)

    def test_cmd_plugin_install_a_wrong_hash_is_refused_by_pip_itself(self):
        if subprocess.run(["python3", "-m", "pip", "--version"], capture_output=True).returncode != 0:
            self.skipTest("python3 has no pip")
        wheels = self.folder / "wheels"
        wheels.mkdir()
        with zipfile.ZipFile(wheels / WHEEL, "w") as archive:
            archive.writestr(LIBRARY, "not what the catalogue means")
            archive.writestr("xla_cpu_pjrt-0.0.1.dist-info/METADATA",
                             "Metadata-Version: 2.1\nName: xla-cpu-pjrt\nVersion: 0.0.1\n")
            archive.writestr("xla_cpu_pjrt-0.0.1.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
            archive.writestr("xla_cpu_pjrt-0.0.1.dist-info/RECORD", "")
        finished = self.install(RYFT_PYTHON="python3", RYFT_WHEELHOUSE=wheels)
        self.assert_refused(finished, WHEEL, "sha256")

    def start_hanging(self, *arguments):
        process = tool.start("plugin", "install", "cpu", "--version", VERSION, *arguments,
                             **{**self.settings, "FAKE_PIP": "hang"})
        tool.wait_for(lambda: (self.folder / "started").exists() and tool.processes_with(SECONDS))
        return process

    def test_cmd_plugin_install_interruption_leaves_neither_files_nor_processes(self):
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)):
            with self.subTest(number):
                process = self.start_hanging("--json")
                process.send_signal(number)
                _, said = process.communicate(timeout=30)
                self.assertEqual(process.returncode, status)
                self.assertEqual(json.loads(said)["error"]["code"], "CANCELLED")
                self.assertEqual(tool.processes_with(SECONDS), [])
                self.assert_nothing_stays()
                (self.folder / "started").unlink()

    def test_cmd_plugin_install_timeout_leaves_neither_files_nor_processes(self):
        process = self.start_hanging("--timeout", "2.5")
        _, said = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 5)
        self.assertIn("--timeout of 2.5 s passed while downloading the wheel", said)
        self.assertEqual(tool.processes_with(SECONDS), [])
        self.assert_nothing_stays()

    def test_cmd_plugin_install_the_work_dies_with_its_supervisor(self):
        process = self.start_hanging()
        children = [pid for pid in tool.processes_with(os.path.basename(tool.TOOL)) if pid != process.pid and
                    pathlib.Path("/proc", str(pid), "stat").read_text().rsplit(")")[1].split()[1] == str(process.pid)]
        sleepers = tool.processes_with(SECONDS)
        pips = [pid for pid in tool.processes_with(str(self.folder)) if pid not in (process.pid, *children)]
        self.assertEqual((len(children), len(pips)), (1, 1))
        process.kill()
        process.communicate(timeout=30)
        tool.wait_for(lambda: not any(pathlib.Path("/proc", str(pid)).exists() for pid in children + pips + sleepers))
        self.assertEqual(len(list(self.target.parent.parent.glob(".install-*"))), 1)
        finished = self.install()  # and the directory, until the next install
        self.assertEqual(finished.returncode, 0, finished.stderr)
        self.assert_only_the_library()

    def test_cmd_plugin_install_leaves_the_directory_of_another_install_alone(self):
        process = self.start_hanging()
        self.assertEqual(self.install().returncode, 0)
        self.assertEqual(len(list(self.target.parent.parent.glob(".install-*"))), 1)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        self.assert_only_the_library()


if __name__ == "__main__":
    unittest.main()
