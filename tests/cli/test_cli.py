# SPDX-License-Identifier: Apache-2.0 OR MIT
"""The command line's grammar, and what it says of plugins that are odd: no real one is needed."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import tool


class Grammar(unittest.TestCase):
    def test_cmd_version_and_help(self):
        version = tool.run("--version")
        self.assertEqual(version.returncode, 0)
        self.assertRegex(version.stdout, r"^ryft \d+\.\d+\.\d+ \(PJRT API 0\.\d+\)\n$")
        for arguments in (["--help"], ["help"], ["help", "devices"], ["devices", "--help"],
                          ["devices", "-h"], ["help", "plugin"], ["plugin", "--help"],
                          ["help", "plugin", "install"], ["plugin", "install", "--help"],
                          ["run", "--help"], ["run", "no-such-file", "--help"]):
            with self.subTest(arguments):
                finished = tool.run(*arguments)
                self.assertEqual((finished.returncode, finished.stderr), (0, ""))
                self.assertIn("ryft", finished.stdout)

    def test_cmd_run_threads_are_for_cpu_plugins(self):
        with tempfile.NamedTemporaryFile("w", suffix=".mlir") as program:
            program.write("module {}")
            program.flush()
            self.assert_usage(["run", program.name, "--plugin", tool.FAKE / "fake.so", "--threads=2"],
                              "--threads is for CPU plugins; this one is for fake")

    def test_cmd_a_group_lists_its_commands(self):
        text = tool.run("plugin", "--help").stdout
        for line in ("ryft plugin: the plugins on this machine\n", "\n  ryft plugin list [--json]\n",
                     "\n  ryft plugin install NAME [--version V] [--force]\n",
                     "\n  ryft plugin inspect NAME|PATH [--json]\n"):
            self.assertIn(line, text)
        self.assertNotIn("devices", text)
        self.assertEqual(tool.run("help", "plugin").stdout, text)
        self.assertEqual(tool.run("help", "plugin", "list").stdout, tool.run("plugin", "list", "--help").stdout)

    def assert_usage(self, arguments, *words):
        finished = tool.run(*arguments)
        self.assertEqual((finished.returncode, finished.stdout), (2, ""), arguments)
        self.assertEqual(finished.stderr.count("\n"), 1, finished.stderr)
        for word in words:
            self.assertIn(word, finished.stderr)

    def test_cmd_wrong_usage_is_status_2_and_names_the_remedy(self):
        for arguments, *words in (
                ([], "--help"),
                (["dvices"], "did you mean ryft devices?"),
                (["plugin"], "list, install or inspect? See ryft plugin --help"),
                (["plugn"], "did you mean ryft plugin?"),
                (["list"], "unknown command list"),
                (["plugin", "devices"], "unknown command plugin devices"),
                (["help", "plugin", "lst"], "did you mean ryft plugin list?"),
                (["plugin", "lst"], "did you mean ryft plugin list?"),
                (["--json", "devices"], "command comes first"),
                (["devices", "--jsn"], "did you mean --json?"),
                (["devices", "--xyzzy"], "ryft devices --help"),
                (["devices", "-x"], "two dashes"),
                (["devices", "--plugin"], "wants a value"),
                (["devices", "--plugin="], "name or a path"),
                (["devices", "--json=yes"], "takes no value"),
                (["devices", "--help=foo"], "--help takes no value"),
                (["devices", "--plugin", tool.FAKE / "fake.so", "--option", "cpu_device_count=1e9"],
                 "cpu_device_count=1,", "float 1e+09"),
                (["devices", "one"], "too many"),
                (["devices", "--", "--json"], "too many"),
                (["devices", "--option", "novalue"], "NAME=VALUE"),
                (["devices", "--option", "=5"], "NAME=VALUE"),
                (["devices", "--option", "a=int:x"], "a=int:x"),
                (["devices", "--option=a=bool:1"], "a=bool:1"),
                (["devices", "--option=a=float:1e99"], "a=float:1e99"),
                (["devices", "--timeout", "0"], "--timeout"),
                (["devices", "--timeout", "-1"], "--timeout"),
                (["devices", "--timeout", "nan"], "--timeout"),
                (["devices", "--timeout", "5s"], "5s"),
                (["devices", "--plugin", "cppu"], "did you mean cpu?"),
                (["devices", "--plugin", "/no/such/file"], "/no/such/file"),
                (["plugin", "inspect"], "which plugin"),
                (["plugin", "inspect", "a", "b"], "too many"),
                (["plugin", "install"], "which plugin"),
                (["plugin", "install", "cup"], "did you mean cpu?"),
                (["plugin", "install", "cpu", "--version=0"], "0.11.2"),
                (["help", "devies"], "did you mean ryft devices?")):
            with self.subTest(arguments):
                self.assert_usage(arguments, *words)

    def test_cmd_errors_are_json_on_request(self):
        for arguments in (["devices", "--timeout", "x", "--json"], ["devices", "--json", "--jsn"],
                          ["bogus", "--json"], ["--json"], ["--json", "devices"], ["plugin", "--json"]):
            with self.subTest(arguments):
                finished = tool.run(*arguments)
                error = tool.error_of(finished)
                self.assertEqual(finished.returncode, 2)
                self.assertEqual(list(error), ["code", "message", "where"])
                self.assertEqual(error["code"], "INVALID_ARGUMENT")

    def test_cmd_an_error_over_ryft_plugin_names_the_variable(self):
        for plugin in ("cppu", "metal", "/no/such/file"):
            with self.subTest(plugin):
                self.assertIn("RYFT_PLUGIN is set, but", tool.run("devices", RYFT_PLUGIN=plugin).stderr)
                told = tool.run("devices", "--plugin", plugin, RYFT_PLUGIN="cpu")
                self.assertEqual(told.returncode, 2)
                self.assertNotIn("RYFT_PLUGIN is set", told.stderr)

    def test_cmd_a_full_disk_behind_stdout_is_an_error(self):
        with open("/dev/full", "w") as full:
            finished = subprocess.run([tool.TOOL, "--help"], stdout=full, stderr=subprocess.PIPE,
                                      text=True, env=tool.environment())
        self.assertEqual(finished.returncode, 2)
        self.assertIn("No space left", finished.stderr)

    def test_cmd_a_closed_stdout_is_an_error_and_a_closed_pipe_is_not(self):
        closed = subprocess.run(["sh", "-c", '"$1" --help >&-', "sh", tool.TOOL], text=True,
                                capture_output=True, env=tool.environment())
        self.assertEqual(closed.returncode, 2)
        self.assertIn("cannot write to standard output", closed.stderr)
        reading, writing = os.pipe()
        os.close(reading)
        piped = subprocess.run([tool.TOOL, "plugin", "list"], stdout=writing, stderr=subprocess.PIPE,
                               text=True, env=tool.environment())
        os.close(writing)
        self.assertEqual((piped.returncode, piped.stderr), (0, ""))


class List(unittest.TestCase):
    KEYS = ["name", "version", "pjrt_api", "path", "source"]

    def test_cmd_plugin_list_installed_plugins_are_listed_newest_api_first(self):
        with tempfile.TemporaryDirectory() as data:
            plugins = pathlib.Path(data, "ryft", "plugins", "cpu")
            for version, name in (("0.0.1", "xla_cpu_pjrt.so"), ("0.11.2", "pjrt_c_api_cpu_plugin.so")):
                (plugins / version).mkdir(parents=True)
                (plugins / version / name).write_bytes(b"not loaded")
            found = json.loads(tool.run("plugin", "list", "--json", XDG_DATA_HOME=data).stdout)
            installed = [item for item in found if item["source"] == "installed"]
            self.assertEqual([list(item) for item in installed], [self.KEYS] * 2)
            self.assertEqual([(item["version"], item["pjrt_api"]) for item in installed],
                             [("0.11.2", "0.115"), ("0.0.1", "0.81")])
            text = tool.run("plugin", "list", XDG_DATA_HOME=data)
            self.assertIn(str(plugins / "0.0.1" / "xla_cpu_pjrt.so"), text.stdout)
            self.assertIn("can be installed", text.stdout)
            self.assertEqual(tool.run("plugin", "list", "--quiet", XDG_DATA_HOME=data).stdout, "")

    def test_cmd_plugin_list_a_file_given_in_the_environment_comes_first(self):
        with tempfile.TemporaryDirectory() as data:
            library = pathlib.Path(data, "mine.so")
            library.write_bytes(b"")
            found = json.loads(tool.run("plugin", "list", "--json", XDG_DATA_HOME=data,
                                        RYFT_PLUGIN_CPU=library).stdout)
            self.assertEqual((found[0]["path"], found[0]["source"], found[0]["pjrt_api"]),
                             (str(library), "environment", None))


class FakePlugin(unittest.TestCase):
    """What the tool says about plugins that are odd in one way each."""

    def inspect(self, name, *arguments, **changes):
        return tool.run("plugin", "inspect", tool.FAKE / (name + ".so"), *arguments, **changes)

    def test_cmd_plugin_inspect_has_its_keys(self):
        told = json.loads(self.inspect("fake_081", "--json").stdout)
        self.assertEqual(list(told), ["path", "pjrt_api", "vtable_bytes", "slots", "extensions", "attributes",
                                      "known_results"])
        self.assertEqual(told["pjrt_api"], "0.81")
        self.assertEqual(told["known_results"], [])
        self.assertNotIn("known wrong results", self.inspect("fake_081").stdout)
        self.assertEqual(list(told["slots"]), ["present", "absent"])
        self.assertEqual(told["slots"]["present"], 118)
        self.assertIn("PJRT_Client_Load", told["slots"]["absent"])

    def test_cmd_plugin_inspect_names_absent_slots_and_unknown_extensions(self):
        told = json.loads(self.inspect("fake_nulls", "--json").stdout)
        self.assertIn("PJRT_Event_Create", told["slots"]["absent"])
        self.assertIn("PJRT_Event_Create", self.inspect("fake_nulls").stdout)
        chain = json.loads(self.inspect("fake_ext_unknown", "--json").stdout)["extensions"]
        self.assertIn("unknown", [item["name"] for item in chain])
        self.assertEqual(list(chain[0]), ["type", "name", "bytes"])

    def test_cmd_plugin_inspect_plugins_that_cannot_be_used_are_refused(self):
        for name, status in (("fake_no_symbol", 2), ("fake_null_api", 2), ("fake_bad_major", 2),
                             ("fake_tiny", 2), ("fake_required_null", 2), ("fake_init_fails", 3)):
            with self.subTest(name):
                finished = self.inspect(name)
                self.assertEqual((finished.returncode, finished.stdout), (status, ""), finished.stderr)
                self.assertEqual(finished.stderr.count("\n"), 1, finished.stderr)
                if status == 2:
                    self.assertIn(name, finished.stderr)

    def test_cmd_devices_whose_error_it_is_does_not_depend_on_how_the_plugin_was_named(self):
        for name, status in (("fake_init_fails", 3), ("fake_required_null", 2)):
            with self.subTest(name):
                finished = tool.run("devices", RYFT_PLUGIN_CPU=tool.FAKE / (name + ".so"))
                self.assertEqual((finished.returncode, finished.stdout), (status, ""), finished.stderr)
                self.assertIn("RYFT_PLUGIN_CPU is set, but", finished.stderr)

    def test_cmd_plugin_inspect_an_endless_extension_chain_ends(self):
        told = json.loads(self.inspect("fake_ext_cycle", "--json").stdout)
        types = [item["type"] for item in told["extensions"]]
        self.assertEqual(len(types), len(set(types)))

    def test_cmd_devices_and_their_options(self):
        finished = tool.run("devices", "--plugin", tool.FAKE / "fake.so", "--json")
        told = json.loads(finished.stdout)
        self.assertEqual(list(told), ["platform", "platform_version", "pjrt_api", "devices"])
        self.assertEqual(list(told["devices"][0]),
                         ["id", "kind", "local_hardware_id", "process_index", "addressable", "memories", "attributes"])
        self.assertEqual(list(told["devices"][0]["memories"][0]), ["id", "kind"])
        text = tool.run("devices", RYFT_PLUGIN=tool.FAKE / "fake.so")
        self.assertEqual(text.returncode, 0, text.stderr)
        self.assertIn("device %d" % told["devices"][0]["id"], text.stdout)
        self.assertEqual(tool.run("devices", "--quiet", RYFT_PLUGIN=tool.FAKE / "fake.so").stdout, "")

    def test_cmd_plugin_inspect_a_name_means_the_newest_api(self):
        with tempfile.TemporaryDirectory() as data:
            plugins = pathlib.Path(data, "ryft", "plugins", "cpu")
            for version, name, fake in (("0.0.1", "xla_cpu_pjrt.so", "fake_081.so"),
                                        ("0.11.2", "pjrt_c_api_cpu_plugin.so", "fake.so")):
                (plugins / version).mkdir(parents=True)
                shutil.copy(str(tool.FAKE / fake), str(plugins / version / name))
            told = json.loads(tool.run("plugin", "inspect", "cpu", "--json", XDG_DATA_HOME=data).stdout)
            self.assertEqual(told["path"], os.path.realpath(plugins / "0.11.2" / "pjrt_c_api_cpu_plugin.so"))

    def test_cmd_devices_the_librarys_own_log_reaches_stderr(self):
        fake = tool.FAKE / "fake.so"
        settings = {"RYFT_PLUGIN_CPU": fake}
        self.assertEqual(tool.run("devices", **settings).stderr, "")
        log = tool.run("devices", RYFT_LOG="discover", RYFT_PLUGIN_PATH=fake, XDG_DATA_HOME="/nowhere")
        self.assertEqual(log.returncode, 0, log.stderr)
        self.assertIn("ryft: discover: cpu: RYFT_PLUGIN_CPU is not set", log.stderr)
        self.assertIn("%s: found (path)" % fake, log.stderr)
        trace = tool.run("devices", RYFT_TRACE="calls", **settings)
        self.assertIn("PJRT_Client_Create -> ok", trace.stderr)

    def test_cmd_devices_a_name_that_is_not_found_has_a_remedy(self):
        finished = tool.run("devices", "--plugin", "metal")
        self.assertEqual(finished.returncode, 2)
        self.assertEqual(finished.stderr.count("\n"), 1, finished.stderr)
        for word in ("RYFT_PLUGIN_METAL", "give the path"):
            self.assertIn(word, finished.stderr)


@unittest.skipUnless(shutil.which("man"), "no man")
class ManPage(unittest.TestCase):
    def test_cmd_manual_it_renders_and_names_every_command(self):
        page = pathlib.Path(os.environ["RYFT_SOURCE_DIR"], "docs", "man", "ryft.1")
        finished = subprocess.run(["man", "--warnings", "-l", str(page)], capture_output=True, text=True,
                                  env=tool.environment(MANWIDTH=100, LC_ALL="C.UTF-8"))
        self.assertEqual((finished.returncode, finished.stderr), (0, ""))
        for word in ("plugin install", "plugin list", "plugin inspect", "devices", "run", "RYFT_WHEELHOUSE"):
            self.assertIn(word, finished.stdout)


if __name__ == "__main__":
    unittest.main()
