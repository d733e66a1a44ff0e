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


def module(body, result="%x", attributes=""):
    return ("module @m%s {\n  func.func @main(%%x: tensor<4xf32>) -> tensor<4xf32> {\n    %s\n"
            "    return %s : tensor<4xf32>\n  }\n}\n" % (attributes, body, result))


class Refused(test_run.RunCase):
    """Programs that a plugin refuses: one line says why and what to do."""

    def told(self, parts, text, *arguments, status=3, never=()):
        said = self.refused(status, parts, self.write("p.mlir", text), "--input", "f32[4]=iota", *arguments)
        for word in ("<unknown>", "RET_CHECK", "current operation", ".cc:", "-:", *never):
            self.assertNotIn(word, said)
        return said

    def test_no_main(self):
        text = module("").replace("@main", "@forward")
        self.told("the module has no function @main, with which programs begin; it has @forward: rename", text)
        text = "module {%s}" % "".join("func.func @f%d() { return }\n" % i for i in range(7))
        self.told("it has @f0, @f1, @f2, @f3, @f4 and 2 more", text)

    def test_constants_that_are_not_there(self):
        for name in ("dense_resource<__elided__>", "dense<__elided__>"):
            with self.subTest(name):
                text = module("%0 = stablehlo.constant " + name + " : tensor<4xf32>", "%0")
                self.told(["p.mlir:3: ", "left out (__elided__)", "large_elements_limit=None"], text)
        blob = "{-# dialect_resources: { builtin: { w: \"0x040000000000803F000000400000404000008040\" } } #-}"
        text = module("%0 = stablehlo.constant dense_resource<w> : tensor<4xf32>", "%0") + blob
        self.told(["p.mlir:3: ", "dense_resource<w>; write the value as dense<...>"], text)

    def test_partitions_and_partitioners(self):
        off = "--compile-option=.executable_build_options.use_shardy_partitioner=false"
        for more in ((off,), ("--partitions=1", off), ("--spmd", off)):
            with self.subTest(more):
                program = self.write("p.mlir", Told.MANUAL)
                said = self.refused(3, ["Shardy dialect (sdy)", "--shardy", "--partitions"], program, *more)
                self.assertNotIn("RET_CHECK", said)

    def test_bounded_parameters(self):
        bounded = "tensor<?xf32, #stablehlo.bounds<4>>"
        text = module("%0 = stablehlo.add %x, %x : tensor<4xf32>", "%0").replace("tensor<4xf32>", bounded)
        self.told(["p.mlir:2: ", "bounded dynamic size", "stablehlo.set_dimension_size"], text)

    def test_custom_calls(self):
        for more in ("", " {api_version = 4 : i32}"):
            with self.subTest(more):
                text = module("%%0 = stablehlo.custom_call @my_target(%%x)%s : (tensor<4xf32>) -> tensor<4xf32>" % more, "%0")
                self.told(["p.mlir:3: ", "custom call my_target; register a handler"], text)

    def test_hlo_without_a_program_shape(self):
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../data/program/add.hlo"), "rb") as file:
            whole = file.read()
        kept, at = b"", 0
        while at < len(whole):
            start, number = at, whole[at] >> 3  # all fields of a module up to the shape are bytes or numbers below 16
            kind, (size, at) = whole[at] & 7, varint(whole, at + 1)
            at += size if kind == 2 else 0
            kept += b"" if number == 4 else whole[start:at]
        self.assertLess(len(kept), len(whole))
        self.refused(3, "has no program shape (host_program_shape, field 4", self.write("p.hlo", kept))

    def test_formats(self):
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../data/program/add.hlo"), "rb") as file:
            whole = file.read()
        size = bytes([len(whole) & 127 | 128, len(whole) >> 7]) if len(whole) > 127 else bytes([len(whole)])
        self.refused(3, ["format hlo_with_config; give StableHLO, or the HloModuleProto by itself"],
                     self.write("p.pb", b"\x0a" + size + whole))


def varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 127) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 128:
            return value, at


class Places(test_run.RunCase):
    """A parse error names file, line and column, and shows the line with a caret."""

    def shown(self, text, *arguments):
        done = self.ryft(self.write("p.mlir", text), *arguments)
        self.assertEqual((done.returncode, done.stdout), (3, ""), done.stderr)
        return done.stderr.split("\n")

    def test_cmd_run_a_parse_error_shows_its_place(self):
        for body, column, what in (("%0 = stablehlo.add %x, %y : tensor<4xf32>", 28, "undeclared SSA value"),
                                   ("\t%0 = stablehlo.add %x, %y : tensor<4xf32>", 29, "undeclared SSA value"),
                                   ("%0 = nonsense", 10, "nonsense")):
            with self.subTest(body):
                lines = self.shown(module(body))
                self.assertEqual(len(lines), 4, lines)
                self.assertTrue(lines[0].startswith("ryft run: %s:3:%d: " % (self.path("p.mlir"), column)), lines)
                self.assertIn(what, lines[0])
                for word in ("<unknown>", "error:", "forward incompatibility", "knows StableHLO"):
                    self.assertNotIn(word, lines[0])
                self.assertEqual(lines[1], "      " + body)
                self.assertEqual(lines[2].replace("\t", " "), " " * (column + 1) + "^")
                self.assertEqual("\t" in lines[2], "\t" in body)

    def test_cmd_run_notes_stay_on_the_line(self):
        lines = self.shown(module("%0 = stablehlo.add %x, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<3xf32>", "%0"))
        self.assertIn("; line 3, column 5: prior use here", lines[0])
        self.assertEqual(len(lines), 4, lines)

    def test_cmd_run_a_newer_stablehlo_is_named_where_it_may_be_the_cause(self):
        for text in (module("%0 = stablehlo.frobnicate %x : tensor<4xf32>"),
                     module("%0 = stablehlo.add %x, %x {a = #stablehlo.newattr<3>} : tensor<4xf32>"),
                     module("").replace("tensor<4xf32>)", "!stablehlo.newtype<3>)")):
            self.assertRegex(self.shown(text)[0], r"; the plugin knows StableHLO up to \d+\.\d+\.\d+ \[")

    def test_cmd_run_only_a_part_of_a_long_line_is_shown(self):
        constants = ["%%c%d = stablehlo.constant dense<1.0> : tensor<4xf32> " % i for i in range(1000)]
        wrong = "%0 = stablehlo.add %x, %y : tensor<4xf32> "
        lines = self.shown(module("".join([*constants[:500], wrong, *constants[500:]])))
        self.assertTrue(all(len(line) < 250 for line in lines), lines)
        self.assertTrue(lines[1].startswith("  …") and lines[1].endswith("…"), lines)
        self.assertEqual(lines[1][lines[2].index("^"):][:2], "%y")

    def test_cmd_run_what_a_terminal_would_obey_is_not_shown(self):
        # What begins with such a character is no text to the reader.
        lines = self.shown(module("// long\n" * 1000 + "%0 = stablehlo.add %x, %y : tensor<4xf32> // \x1b[31m\x07 äöü"))
        self.assertNotIn("\x1b", "".join(lines))
        self.assertIn("?[31m? äöü", lines[1])

    def test_cmd_run_a_guard_names_the_file(self):
        self.refused(2, "p.mlir:2: a function has no body",
                     self.write("p.mlir", "module {\n func.func private @main()\n}"))

    def test_cmd_run_json_has_the_place_and_nothing_else(self):
        program = self.write("p.mlir", module("%0 = stablehlo.add %x, %y : tensor<4xf32>"))
        done = self.ryft(program, "--json")
        self.assertTrue(tool.error_of(done)["message"].startswith(program + ":3:28: "), done.stderr)

    def test_cmd_run_verbose_has_the_plugins_own_words(self):
        program = self.write("p.mlir", module("").replace("@main", "@forward"))
        said = self.ryft(program, "--verbose").stderr
        self.assertIn("it has @forward", said)
        self.assertIn("\nthe plugin said: -:1:1: error: conversion requires module", said)


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
