# SPDX-License-Identifier: Apache-2.0 OR MIT
"""The commands that ask a plugin about itself, on the real CPU plugin that RYFT_TEST_PLUGIN names.

RYFT_TEST_PLUGIN_MINOR is its API, such as 0.81.
"""

import json
import os
import pathlib
import re
import shlex
import unittest

import tool

PLUGIN = os.environ["RYFT_TEST_PLUGIN"]
API = os.environ["RYFT_TEST_PLUGIN_MINOR"]
MINOR = int(API.split(".")[1])


class RealPlugin(unittest.TestCase):
    def devices(self, *arguments, **changes):
        return tool.run("devices", *arguments, RYFT_PLUGIN_CPU=PLUGIN, **changes)

    def test_cmd_devices_has_its_keys(self):
        finished = self.devices("--option", "cpu_device_count=2", "--json")
        self.assertEqual(finished.stderr, "")
        told = json.loads(finished.stdout)
        self.assertEqual((told["platform"], told["pjrt_api"]), ("cpu", API))
        self.assertEqual([device["id"] for device in told["devices"]], [0, 1])
        self.assertTrue(all(device["addressable"] for device in told["devices"]))

    def test_cmd_plugin_inspect_tells_versions(self):
        told = json.loads(tool.run("plugin", "inspect", "cpu", "--json", RYFT_PLUGIN_CPU=PLUGIN).stdout)
        self.assertEqual((told["path"], told["pjrt_api"]), (os.path.realpath(PLUGIN), API))
        self.assertEqual(len(told["attributes"]["stablehlo_current_version"]), 3)
        text = tool.run("plugin", "inspect", PLUGIN).stdout
        self.assertRegex(text, r"StableHLO +\d+\.\d+\.\d+ to \d+\.\d+\.\d+\n")

    def test_cmd_run_the_additions_in_the_papers_work(self):
        source = pathlib.Path(os.environ["RYFT_SOURCE_DIR"])
        for paper in ("README.md", "docs/man/ryft.1"):
            with self.subTest(paper):
                text = (source / paper).read_text().replace("\\-", "-")
                line, = re.findall(r"^ryft (run examples/add\.mlir .*)$", text, re.MULTILINE)
                finished = tool.run(*shlex.split(line), cwd=source, RYFT_PLUGIN_CPU=PLUGIN)
                self.assertEqual((finished.returncode, finished.stderr), (0, ""))
                self.assertIn("s32[2,1]", finished.stdout)

    def test_cmd_devices_the_librarys_own_log_reaches_stderr(self):
        self.assertIn("PJRT_Client_Create -> ok", self.devices(RYFT_TRACE="calls").stderr)

    def test_cmd_devices_the_plugins_own_error_is_status_3(self):
        finished = self.devices("--option", "no_such_option=1")
        if MINOR <= 106:  # these ignore options that they do not know
            self.assertEqual((finished.returncode, finished.stderr), (0, ""))
            return
        self.assertEqual(finished.returncode, 3)
        self.assertIn("no_such_option", finished.stderr)
        error = tool.error_of(self.devices("--option", "no_such_option=1", "--json"))
        self.assertEqual(error["code"], "INVALID_ARGUMENT")
        self.assertIn("PJRT_Client_Create", error["where"])

    def test_cmd_devices_what_is_known_to_crash_is_refused(self):
        for value in ("0", "-1", "str:4"):
            with self.subTest(value):
                finished = self.devices("--option", "cpu_device_count=" + value)
                self.assertEqual(finished.returncode, 2, finished.stderr)
                self.assertIn("cpu_device_count", finished.stderr)

    def test_cmd_devices_options_have_the_type_of_their_look(self):
        told = json.loads(self.devices("--option=cpu_device_count=3", "--option", "cpu_device_count=int:1",
                                       "--json").stdout)
        self.assertEqual(len(told["devices"]), 1)
        finished = self.devices("--option=asynchronous=true")
        if MINOR <= 106:  # these ignore it, so the library refuses it
            self.assertIn(f"PJRT {API} ignore the option asynchronous, which was added in 0.107", finished.stderr)
        else:
            self.assertEqual((finished.returncode, finished.stderr), (0, ""))

    def test_cmd_devices_a_plugin_that_ends_the_process_is_status_4(self):
        finished = self.devices(XLA_FLAGS="--no_such_flag")
        self.assertEqual((finished.returncode, finished.stdout), (4, ""))
        self.assertEqual(finished.stderr.count("\n"), 1, finished.stderr)
        self.assertIn("plugin crashed (", finished.stderr)
        self.assertIn("while starting the client", finished.stderr)
        self.assertIn("--no_such_flag", finished.stderr)

    def test_cmd_devices_verbose_lets_the_plugin_talk(self):
        finished = self.devices("--verbose", XLA_FLAGS="--no_such_flag")
        self.assertEqual(finished.returncode, 4)
        self.assertGreater(finished.stderr.count("\n"), 1)

    def test_cmd_devices_timeout(self):
        finished = self.devices("--timeout", "0.001", "--json")
        self.assertEqual(finished.returncode, 5)
        self.assertEqual(tool.error_of(finished)["code"], "DEADLINE_EXCEEDED")


if __name__ == "__main__":
    unittest.main()
