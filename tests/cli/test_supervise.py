# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Programs that take the plugin down: the tool stays up and says what happened."""

import os
import pathlib
import resource
import signal
import subprocess
import tempfile
import time
import unittest

import tool

PROGRAM = "module @fake {\n  // fake: (s32[2], s32[2]) -> (s32[2]) = %s\n  func.func public @main() {\n    return\n  }\n}\n"
INPUTS = ["--input", "s32[2]=1,2", "--input", "s32[2]=3,4"]


class Supervise(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # Where core files are allowed, one beside the program would be found.
        most = resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (most, most))

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def arguments(self, behaviour, *more):
        program = self.folder / "program.mlir"
        program.write_text(PROGRAM % behaviour)
        return ["run", program, "--plugin", tool.FAKE / "fake.so", *INPUTS, *more]

    def run_program(self, behaviour, *more):
        finished = tool.run(*self.arguments(behaviour, *more), cwd=self.folder)
        self.assertEqual([path.name for path in self.folder.iterdir()], ["program.mlir"])
        return finished

    def test_cmd_run_a_good_program(self):
        finished = self.run_program("add")
        self.assertEqual((finished.returncode, finished.stderr), (0, ""))
        self.assertIn("4, 6", finished.stdout)

    def test_cmd_run_crashes_say_how_and_while_doing_what(self):
        for behaviour, line in (("crash", "plugin crashed (SIGSEGV) while running"),
                                ("abort", "plugin crashed (SIGABRT) while running"),
                                ("compile_crash", "while compiling")):
            with self.subTest(behaviour):
                finished = self.run_program(behaviour)
                self.assertEqual((finished.returncode, finished.stdout), (4, ""))
                self.assertIn(line, finished.stderr)
                self.assertEqual(finished.stderr.count("\n"), 1, finished.stderr)
                error = tool.error_of(self.run_program(behaviour, "--json"))
                self.assertEqual((error["code"], error["where"]), ("ABORTED", ""))
                self.assertIn(line, error["message"])

    def test_cmd_run_the_plugins_errors_are_status_3(self):
        for behaviour in ("error(9)", "later(13)", "compile_error(3)"):
            with self.subTest(behaviour):
                finished = self.run_program(behaviour)
                self.assertEqual((finished.returncode, finished.stdout), (3, ""), finished.stderr)

    def test_cmd_run_what_never_ends_is_ended(self):
        for behaviour, phase in (("hang", "running"), ("compile_sleep(100000)", "compiling")):
            with self.subTest(behaviour):
                begin = time.monotonic()
                finished = self.run_program(behaviour, "--timeout=0.5")
                self.assertLess(time.monotonic() - begin, 10)
                self.assertEqual((finished.returncode, finished.stdout), (5, ""))
                self.assertIn("--timeout of 0.5 s passed while " + phase, finished.stderr)
                self.assertEqual(tool.processes_with(str(self.folder)), [])

    def test_cmd_run_what_prints_without_end_delays_nothing(self):
        # Processes that the program leaves behind print, too.
        for behaviour, arguments, status in (("babble add", [], 0), ("babble crash", [], 4),
                                             ("babble hang", ["--timeout=0.5"], 5)):
            with self.subTest(behaviour):
                begin = time.monotonic()
                self.assertEqual(self.run_program(behaviour, *arguments).returncode, status)
                self.assertLess(time.monotonic() - begin, 10)
                self.assertEqual(tool.processes_with(str(self.folder)), [])

    def test_cmd_run_what_prints_without_end_can_be_interrupted(self):
        process = tool.start(*self.arguments("babble hang"))
        tool.wait_for(lambda: len(tool.processes_with(str(self.folder))) == 6)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=10)
        self.assertEqual(process.returncode, 130)
        self.assertEqual(tool.processes_with(str(self.folder)), [])

    def test_cmd_run_interruption_is_130(self):
        process = tool.start(*self.arguments("hang"))
        tool.wait_for(lambda: len(tool.processes_with(str(self.folder))) == 2)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 130)
        self.assertIn("interrupted while", said)
        self.assertEqual(tool.processes_with(str(self.folder)), [])

    def stuck(self, *arguments):
        """The tool, before it supervises anything: it prints into a pipe that is full."""
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        os.set_blocking(writer, False)
        try:
            while True:
                os.write(writer, b"x" * 4096)
        except BlockingIOError:
            os.set_blocking(writer, True)
        process = subprocess.Popen([tool.TOOL, *arguments], env=tool.environment(), stdout=writer,
                                   stderr=subprocess.PIPE, text=True)
        os.close(writer)
        caught = pathlib.Path("/proc", str(process.pid), "status")
        caught_mask = lambda: int(caught.read_text().split("SigCgt:")[1].split()[0], 16)
        tool.wait_for(lambda: caught_mask() >> signal.SIGINT - 1 & 1)  # from its first step on
        return process

    def test_cmd_interruption_before_the_work_is_130_too(self):
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)):
            for arguments, said in ((["help"], "ryft: interrupted while starting\n"),
                                    (["plugin", "list", "--json"], "CANCELLED")):
                with self.subTest((number, arguments)):
                    process = self.stuck(*arguments)
                    process.send_signal(number)
                    _, line = process.communicate(timeout=30)
                    self.assertEqual(process.returncode, status)
                    self.assertIn(said, line)

    def test_cmd_ignored_signals_stay_ignored(self):
        handler = signal.signal(signal.SIGHUP, signal.SIG_IGN)
        try:
            process = self.stuck("help")
        finally:
            signal.signal(signal.SIGHUP, handler)
        process.send_signal(signal.SIGHUP)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        self.assertEqual(process.returncode, 130)

    def test_cmd_run_many_interruptions_are_130_too(self):
        for _ in range(20):
            process = tool.start(*self.arguments("hang"))
            tool.wait_for(lambda: len(tool.processes_with(str(self.folder))) == 2)
            while process.poll() is None:
                process.send_signal(signal.SIGINT)
            process.communicate(timeout=30)
            self.assertEqual(process.returncode, 130)

    def test_cmd_run_a_child_killed_from_outside_may_be_out_of_memory(self):
        process = tool.start(*self.arguments("hang"))
        tool.wait_for(lambda: len(tool.processes_with(str(self.folder))) == 2)
        time.sleep(0.2)  # until it runs, so that the phase is sure
        child, = [pid for pid in tool.processes_with(str(self.folder)) if pid != process.pid]
        tool.os.kill(child, signal.SIGKILL)
        _, said = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 4)
        self.assertIn("plugin was killed (SIGKILL, possibly out of memory) while", said)


if __name__ == "__main__":
    unittest.main()
