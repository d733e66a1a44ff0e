# SPDX-License-Identifier: Apache-2.0 OR MIT
"""What goes wrong in foreseeable ways is told with its cause and its remedy, in the words of no plugin."""

import os
import resource
import subprocess
import time

import test_run
import tool


def limited(what, limit, *arguments):
    """The tool with a limit on a resource of its own."""
    return subprocess.run([tool.TOOL, *arguments], env=tool.environment(), capture_output=True, text=True, timeout=100,
                          preexec_fn=lambda: resource.setrlimit(what, (limit, limit)))


class Memory(test_run.RunCase):
    """A limit on memory is told as such: reinstalling the library would not help."""

    def setUp(self):
        super().setUp()
        if limited(resource.RLIMIT_AS, 100 << 20, "--version").returncode != 0:
            self.skipTest("this build needs more memory than it is given here")

    def test_a_library_that_does_not_fit_names_the_limit(self):
        for mebibytes in (60, 100):
            with self.subTest(mebibytes):
                done = limited(resource.RLIMIT_AS, mebibytes << 20, "devices", "--plugin", test_run.PLUGIN)
                self.assertEqual((done.returncode, done.stdout, done.stderr.count("\n")), (2, "", 1), done.stderr)
                self.assertIn("limited to %d MiB of memory" % mebibytes, done.stderr)
                self.assertIn("ulimit -v", done.stderr)
                self.assertNotIn("reinstall", done.stderr)
        done = limited(resource.RLIMIT_AS, 100 << 20, "devices", "--plugin", test_run.PLUGIN, "--json")
        self.assertEqual(tool.error_of(done)["code"], "RESOURCE_EXHAUSTED")

    def test_a_crash_under_a_limit_names_it(self):
        crash = self.write("crash.mlir", test_run.ADD)
        done = limited(resource.RLIMIT_AS, 200 << 20, "run", "--plugin", test_run.PLUGIN, crash)
        self.assertEqual((done.returncode, done.stderr.count("\n")), (4, 1), done.stderr)
        self.assertIn("memory is limited to 200 MiB (ulimit -v)", done.stderr)


class Threads(test_run.RunCase):
    def threads(self, *arguments, **variables):
        """How many threads a run has that does not end: as many as there are for a while."""
        program = self.write("forever.mlir", test_run.FOREVER)
        process = tool.start("run", "--plugin", test_run.PLUGIN, program, "--input", "s32[]=0", *arguments, **variables)
        try:
            count, since = 0, time.monotonic()
            while count < 3 or time.monotonic() - since < 0.5:
                self.assertIsNone(process.poll())
                now = max([len(os.listdir("/proc/%d/task" % pid)) for pid in tool.processes_with(program)] or [0])
                if now != count:
                    count, since = now, time.monotonic()
                time.sleep(0.02)
            return count
        finally:
            process.terminate()
            process.communicate()

    def test_threads_are_as_many_as_asked_for(self):
        one = self.threads("--threads", "1", PJRT_NPROC=7, NPROC=7)
        self.assertEqual(self.threads("--threads=5"), one + 8)  # two pools
        self.assertEqual(self.threads("--threads=1", "--replicas=3"), one + 4)  # a thread for each device
        # What the variables do by themselves.
        self.assertEqual(self.threads("--option", "cpu_device_count=1", PJRT_NPROC=1, NPROC=7), one)
        self.assertEqual(self.threads("--option", "cpu_device_count=1", NPROC=5), one + 8)

    def test_threads_wrong_counts(self):
        for bad in ("0", "-1", "x", "4097", ""):
            self.refused(2, "--threads wants a number from 1 to 4096", "x.mlir", "--threads=" + bad)
