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


class Told(test_run.RunCase):
    """What the program says of itself need not be said again."""

    MANUAL = """
module @m attributes {mhlo.num_partitions = 4 : i32, mhlo.num_replicas = 1 : i32} {
  sdy.mesh @mesh = <["x"=4]>
  func.func public @main(%a: tensor<8xf32> {sdy.sharding = #sdy.sharding<@mesh, [{"x"}]>})
      -> (tensor<8xf32> {sdy.sharding = #sdy.sharding<@mesh, [{"x"}]>}) {
    %0 = sdy.manual_computation(%a) in_shardings=[<@mesh, [{"x"}]>] out_shardings=[<@mesh, [{"x"}]>]
        manual_axes={"x"} (%b: tensor<2xf32>) {
      %1 = stablehlo.add %b, %b : tensor<2xf32>
      sdy.return %1 : tensor<2xf32>
    } : (tensor<8xf32>) -> tensor<8xf32>
    return %0 : tensor<8xf32>
  }
}
"""
    PIECES = [word for d in range(4) for word in ("--input", "%d:f32[2]=%d,1" % (d, d))]
    DOUBLED = [[2 * d, 2] for d in range(4)]

    def values(self, text, *arguments):
        return [result["values"] for result in self.results(self.write("p.mlir", text), *arguments)]

    def test_cmd_run_the_program_says_how_many_devices_and_which_partitioner(self):
        for more in ((), ("--spmd",), ("--shardy",), ("--partitions=4",), ("--replicas=1", "--spmd", "--shardy")):
            with self.subTest(more):
                self.assertEqual(self.values(self.MANUAL, *self.PIECES, *more), self.DOUBLED)
        self.assertEqual(self.values(test_run.SHARDED_SUM, *self.PIECES), [[10]] * 4)
        self.assertEqual(self.values(test_run.ALL_REDUCE, *self.PIECES), [[6, 4]] * 4)

    def test_cmd_run_more_devices_than_a_client_has_by_itself(self):
        text = test_run.ADD.replace("@add {", "@add attributes {mhlo.num_replicas = 6 : i32} {")
        self.assertEqual(self.values(text, "--input", "f32[4]=iota", "--input", "f32[4]=iota"), [[0, 2, 4, 6]] * 6)

    def test_cmd_run_what_the_options_say_comes_first(self):
        program = self.write("add.mlir", test_run.ADD.replace("@add {", "@add attributes {mhlo.num_replicas = 4 : i32} {"))
        inputs = ["--input", "f32[4]=iota", "--input", "f32[4]=iota"]
        for more, count in (((), 4), (("--replicas=1",), 1), (("--replicas=2",), 2),
                            (("--compile-option", ".executable_build_options.num_replicas=3"), 3)):
            with self.subTest(more):
                self.assertEqual(len(self.results(program, *inputs, *more)), count)
        self.refused(2, "there are 4 devices, numbered from 0", program, "--output", "4:x.npy")
        self.refused(2, "there is 1 device, numbered from 0", program, "--replicas=1", "--input", "1:f32[]=1")
        absurd = self.write("absurd.mlir", "module attributes {mhlo.num_replicas = 99999999999 : i32} {}")
        self.refused(2, "at most 2^20", absurd, "--option", "cpu_device_count=1")


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
