#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""`ryft run` as scripts meet it: the binary, a real plugin, files, exit statuses.

RYFT_TEST_PLUGIN names the plugin and RYFT_TEST_PLUGIN_MINOR its API, such as 0.81; without them only what needs no
plugin is tested. Longer than 500 lines because all of it shares the few programs and helpers at its top.
"""
import json
import os
import resource
import shutil
import stat
import struct
import subprocess
import tempfile
import threading
import unittest

import tool

PLUGIN = os.environ.get("RYFT_TEST_PLUGIN", "")
MINOR = os.environ.get("RYFT_TEST_PLUGIN_MINOR", "")

ADD = """
module @add {
  func.func public @main(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
    %0 = stablehlo.add %a, %b : tensor<4xf32>
    return %0 : tensor<4xf32>
  }
}
"""

# Every device holds its own two numbers; all of them end with the sums.
ALL_REDUCE = """
module @all attributes {mhlo.num_partitions = 4 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%x: tensor<2xf32>) -> tensor<2xf32> {
    %0 = "stablehlo.all_reduce"(%x) <{
        channel_handle = #stablehlo.channel_handle<handle = 1, type = 1>,
        replica_groups = dense<[[0, 1, 2, 3]]> : tensor<1x4xi64>, use_global_device_ids}> ({
    ^bb0(%a: tensor<f32>, %b: tensor<f32>):
      %s = stablehlo.add %a, %b : tensor<f32>
      stablehlo.return %s : tensor<f32>
    }) : (tensor<2xf32>) -> tensor<2xf32>
    return %0 : tensor<2xf32>
  }
}
"""

# A sum over an array that lies in four pieces on four devices.
SHARDED_SUM = """
module @spmd attributes {mhlo.num_partitions = 4 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%x: tensor<8xf32> {mhlo.sharding = "{devices=[4]<=[4]}"})
      -> (tensor<f32> {mhlo.sharding = "{replicated}"}) {
    %c = stablehlo.constant dense<0.0> : tensor<f32>
    %0 = stablehlo.reduce(%x init: %c) applies stablehlo.add across dimensions = [0]
        : (tensor<8xf32>, tensor<f32>) -> tensor<f32>
    return %0 : tensor<f32>
  }
}
"""

TWO_RESULTS = """
module {
  func.func public @main(%x: tensor<2x3xf32>) -> (tensor<3x2xf32>, tensor<i1>) {
    %0 = stablehlo.transpose %x, dims = [1, 0] : (tensor<2x3xf32>) -> tensor<3x2xf32>
    %1 = stablehlo.constant dense<true> : tensor<i1>
    return %0, %1 : tensor<3x2xf32>, tensor<i1>
  }
}
"""

# The first parameter's memory becomes the result's.
DONATING = """
module {
  func.func public @main(%x: tensor<4xf32> {tf.aliasing_output = 0 : i32}) -> tensor<4xf32> {
    %0 = stablehlo.add %x, %x : tensor<4xf32>
    return %0 : tensor<4xf32>
  }
}
"""

# Counts by two and never meets -1. The result depends on it, so nobody may optimise it away.
FOREVER = """
module {
  func.func public @main(%x: tensor<i32>) -> tensor<i32> {
    %0 = stablehlo.while(%i = %x) : tensor<i32>
      cond {
        %c = stablehlo.constant dense<-1> : tensor<i32>
        %1 = stablehlo.compare NE, %i, %c : (tensor<i32>, tensor<i32>) -> tensor<i1>
        stablehlo.return %1 : tensor<i1>
      } do {
        %t = stablehlo.constant dense<2> : tensor<i32>
        %2 = stablehlo.add %i, %t : tensor<i32>
        stablehlo.return %2 : tensor<i32>
      }
    return %0 : tensor<i32>
  }
}
"""

# The type in SPECs, in MLIR, the descr of its .npy as written, and bytes of an element.
TYPES = [
    ("pred", "i1", "|b1", 1), ("s2", "i2", "|i1", 1), ("s4", "i4", "|i1", 1), ("s8", "i8", "|i1", 1),
    ("s16", "i16", "<i2", 2), ("s32", "i32", "<i4", 4), ("s64", "i64", "<i8", 8), ("u2", "ui2", "|u1", 1),
    ("u4", "ui4", "|u1", 1), ("u8", "ui8", "|u1", 1), ("u16", "ui16", "<u2", 2), ("u32", "ui32", "<u4", 4),
    ("u64", "ui64", "<u8", 8), ("f16", "f16", "<f2", 2), ("bf16", "bf16", "|V2", 2), ("f32", "f32", "<f4", 4),
    ("f64", "f64", "<f8", 8), ("c64", "complex<f32>", "<c8", 8), ("c128", "complex<f64>", "<c16", 16),
    ("f4e2m1fn", "f4E2M1FN", "|V1", 1), ("f6e2m3fn", "f6E2M3FN", "|V1", 1), ("f6e3m2fn", "f6E3M2FN", "|V1", 1),
    ("f8e3m4", "f8E3M4", "|V1", 1), ("f8e4m3", "f8E4M3", "|V1", 1), ("f8e4m3fn", "f8E4M3FN", "|V1", 1),
    ("f8e4m3b11fnuz", "f8E4M3B11FNUZ", "|V1", 1), ("f8e4m3fnuz", "f8E4M3FNUZ", "|V1", 1),
    ("f8e5m2", "f8E5M2", "|V1", 1), ("f8e5m2fnuz", "f8E5M2FNUZ", "|V1", 1), ("f8e8m0fnu", "f8E8M0FNU", "|V1", 1),
]


def all_codes(name, size):
    """Bytes that are elements of the type: every code of narrow ones, a mixture of bits of others."""
    bits = {"pred": 1, "s2": 2, "u2": 2, "s4": 4, "u4": 4, "f4e2m1fn": 4, "f6e2m3fn": 6, "f6e3m2fn": 6}.get(name)
    if bits is not None:
        top = 1 << (bits - 1)
        signed = name in ("s2", "s4")
        return bytes(((c - 2 * top) & 255 if signed and c & top else c) for c in range(1 << bits))
    if size == 1:
        return bytes(range(256))
    return bytes((i * 151 + i // 7) & 255 for i in range(64 * size))


def npy(descr, shape, data, fortran=False):
    text = "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }" % (descr, fortran, tuple(shape))
    text += " " * (-(10 + len(text) + 1) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode() + data


def f32(*values):
    return struct.pack("<%df" % len(values), *values)


def identity(mlir, count):
    return ("module { func.func public @main(%%x: tensor<%dx%s>) -> tensor<%dx%s> {"
            " return %%x : tensor<%dx%s> } }" % ((count, mlir) * 3))


class RunCase(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="ryft-run-")
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, data):
        with open(self.path(name), "wb") as file:
            file.write(data.encode() if isinstance(data, str) else data)
        return self.path(name)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def ryft(self, *arguments, environment=None, plugin=None, binary=False):
        command = [tool.TOOL, "run", "--plugin", plugin or PLUGIN, *arguments]
        return subprocess.run(command, capture_output=True, text=not binary, timeout=100, cwd=self.directory,
                              stdin=subprocess.DEVNULL, env=tool.environment(**(environment or {})))

    def good(self, *arguments, **how):
        done = self.ryft(*arguments, **how)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def results(self, *arguments, **how):
        return json.loads(self.good("--json", *arguments, **how))["results"]

    def refused(self, status, parts, *arguments, lines=1, **how):
        """One line on stderr (three where a program's text is shown), nothing on stdout, no new file."""
        before = sorted(os.listdir(self.directory))
        done = self.ryft(*arguments, **how)
        self.assertEqual(done.returncode, status, "%s: %s" % (arguments, done.stderr))
        self.assertEqual(done.stdout, "")
        self.assertEqual(done.stderr.count("\n"), lines, done.stderr)
        self.assertTrue(done.stderr.startswith("ryft run: "), done.stderr)
        for part in [parts] if isinstance(parts, str) else parts:
            self.assertIn(part, done.stderr)
        self.assertEqual(sorted(os.listdir(self.directory)), before)
        return done.stderr


class WithoutPlugin(RunCase):
    """What is wrong before a plugin is asked: the plugin named here does not exist, and must not be missed."""

    def setUp(self):
        super().setUp()
        self.add = self.write("add.mlir", ADD)

    def wrong(self, parts, *arguments):
        self.refused(2, parts, *arguments, plugin="/nowhere/plugin.so")

    def test_cmd_run_programs(self):
        self.wrong("which program?")
        self.wrong("missing.mlir: No such file", "missing.mlir")
        self.wrong("Is a directory", self.directory)
        self.wrong("empty", self.write("empty.mlir", ""))
        self.wrong("noise", self.write("noise.mlir", b"\xff\xfe\x00\x01\x02\xff\xff\xff"))
        self.wrong("one argument too many", "add.mlir", "other.mlir")

    def test_cmd_run_options(self):
        self.wrong("unknown option --inptu; did you mean --input?", "add.mlir", "--inptu", "x")
        self.wrong("--input wants a value", "add.mlir", "--input")
        self.wrong("--input wants a name", "add.mlir", "--input", "3:")
        for bad in ("0", "-1", "x", "1.5", "9999999999999999999999", ""):
            self.wrong("--replicas wants a number", "add.mlir", "--replicas=" + bad)
            self.wrong("--partitions wants a number", "add.mlir", "--partitions", bad)
            self.wrong("--repeat wants a number", "add.mlir", "--repeat=" + bad)
        self.wrong("too many devices", "add.mlir", "--replicas", "100000", "--partitions", "100000")
        self.wrong("there is 1 device", "add.mlir", "--input", "1:f32[]=1")
        self.wrong("there are 4 devices", "add.mlir", "--partitions=4", "--output", "4:x.npy")
        self.wrong("there is 1 device", "add.mlir", "--expect", "99999999999999999999:x.npy")
        for bad in ("", "exactly", "ulp:", "ulp:-1", "ulp:1.5", "abs:", "abs:-1", "abs:nan", "rel:1,", "rel:1,abs:",
                    "abs:1,rel:1", "rel:x"):
            self.wrong("--tolerance wants", "add.mlir", "--expect", "x.npy", "--tolerance=" + bad)
        self.wrong("--expect", "add.mlir", "--tolerance", "exact")
        for bad in ("", "x", "=1", ".=1", ".path"):
            self.wrong("--compile-option wants NAME=VALUE", "add.mlir", "--compile-option", bad)
        for bad in ("x=int:1.5", "x=float:y", "x=bool:1", "x=int:9999999999999999999"):
            self.wrong("is not what its prefix says", "add.mlir", "--compile-option", bad)
        self.wrong("missing.pb", "add.mlir", "--compile-options", "missing.pb")
        self.wrong("Is a directory", "add.mlir", "--compile-options", self.directory)
        done = self.ryft("add.mlir", "--json", "--output", "-", plugin="/nowhere/plugin.so")
        self.assertEqual(done.returncode, 2)
        self.assertIn("would mix", json.loads(done.stderr)["error"]["message"])

    def test_cmd_run_typed_inputs(self):
        for spec, part in [
            ("f32[4]=1,2,3", "f32[4] takes 4 values, 3 given"), ("f32[4]=1,2,3,4,5", "5 given"),
            ("f32[]=", "f32[] takes 1 value, 0 given"), ("f32[0]=1", "1 given"), ("f32[1]=,", "2 given"),
            ("f32[2]=1,,", "3 given"), ("f32[2]=1,", "'' is not a valid f32 value"),
            ("f32[1]=one", "'one' is not a valid f32 value"),
            ("f32[1]= 1", "not a valid f32 value"), ("f32[1]=1e39", "does not fit f32"),
            ("s8[1]=128", "128 does not fit s8"),
            ("u8[1]=-1", "does not fit u8"), ("pred[1]=2", "0, 1, true and false"),
            ("f8e4m3fn[1]=inf", "has no infinity"), ("f4e2m1fn[1]=nan", "has no nan"), ("f8e4m3fn[1]=465", "does not fit"),
            ("c64[1]=1+2", "not a valid c64 value"), ("f31[1]=1", "f31 is not an element type"),
            ("token[]=1", "token is not an element type"),
            ("f32[x]=1", "dimensions are numbers"), ("f32[-1]=1", "dimensions are numbers"),
            ("f32[1,]=1", "dimensions are numbers"), ("f32[99999999999999999999]=1", "too large"),
            ("f32[9223372036854775807,9223372036854775807]=zeros", "too many"),
            ("f32[4611686018427387904]=zeros", "too many"), ("f32[%s]=1" % ",".join("1" * 65), "64 dimensions"),
            ("f32[2]=random:x", "'x' is not a valid u64 value"), ("f32[2]=random:", "not a valid u64 value"),
            ("f32[2]=@missing", "missing: No such"),
            ("f32[2]=@" + self.directory, "Is a directory"),
        ]:
            self.wrong(part, "add.mlir", "--input", spec)

    def test_cmd_run_array_files(self):
        good = npy("<f4", [4], f32(1, 2, 3, 4))
        self.write("good.npy", good)
        self.wrong("missing.npy: No such file", "add.mlir", "--input", "missing.npy")
        self.wrong("Is a directory", "add.mlir", "--input", self.directory)
        self.wrong("not a .npy file", "add.mlir", "--input", self.write("text.npy", "hello, world"))
        self.wrong("not a .npy file", "add.mlir", "--input", self.write("empty.npy", ""))
        self.wrong("trailing data", "add.mlir", "--input", self.write("long.npy", good + b"x"))
        for cut in (3, 7, 9, 40, 127, len(good) - 1):
            self.wrong("cut.npy: ", "add.mlir", "--input", self.write("cut.npy", good[:cut]))
        self.wrong("Python objects", "add.mlir", "--input", self.write("o.npy", npy("|O", [4], b"x" * 32)))
        self.wrong("strings", "add.mlir", "--input", self.write("s.npy", npy("<U1", [4], b"x" * 16)))
        huge = npy("<f4", [1 << 62, 4], b"")
        self.wrong("overflows", "add.mlir", "--input", self.write("huge.npy", huge))
        self.wrong("raw.bin has 15 bytes, f32[4] takes 16", "add.mlir", "--input",
                   "f32[4]=@" + self.write("raw.bin", b"x" * 15))
        self.wrong("0x02; pred", "add.mlir", "--input", "pred[2]=@" + self.write("p.bin", b"\x01\x02"))
        self.wrong(["holds f32[4]", "f32[2,2] was asked for"], "add.mlir", "--input", "f32[2,2]=@good.npy")
        self.wrong("cannot be read as f64", "add.mlir", "--input", "f64[4]=@good.npy")
        self.wrong("not a .npy file", "add.mlir", "--expect", self.write("x.npy", "x"))

    def test_cmd_run_outputs(self):
        self.wrong("nodir/x.npy: No such file", "add.mlir", "--output", "nodir/x.npy")
        self.wrong("Is a directory", "add.mlir", "--output", self.directory)
        self.wrong("two results cannot both", "add.mlir", "--output", self.write("x.npy", b"old"), "--output", "./x.npy")
        self.assertEqual(self.read("x.npy"), b"old")
        os.mkdir(self.path("sub"))
        os.symlink("sub", self.path("link"))
        os.symlink("sub/new.npy", self.path("nowhere.npy"))
        for left, right in (("new.npy", "./new.npy"), ("new.npy", self.path("new.npy")), ("sub/new.npy", "link/new.npy"),
                            ("sub/../new.npy", "new.npy"), ("nowhere.npy", "sub/new.npy")):
            self.wrong("two results cannot both", "add.mlir", "--output", left, "--output", right)
        self.wrong("new/: No such file", "add.mlir", "--output", "new/")

    def test_cmd_run_what_never_ends(self):
        """Within memory that reading on would use up."""
        for device in ("/dev/zero", "/dev/full"):
            self.wrong(device + " is a device", device)
            self.wrong(device + " is a device", "add.mlir", "--input", device)
            self.wrong(device + " is a device", "add.mlir", "--expect", device)
            self.wrong("f32[1] takes 4", "add.mlir", "--input", "f32[1]=@" + device)
            self.wrong("too large", "add.mlir", "--compile-options", device)

    def test_cmd_run_what_is_named_in_messages(self):
        self.wrong("--input 99999999999999999999:f32[]=1: there", "add.mlir", "--input", "99999999999999999999:f32[]=1")
        for spec in ("-1:f32[]=1", "f32[] =1", " f32[2]=1,2"):
            self.wrong([spec, "No such file", "TYPE[DIMS]="], "add.mlir", "--input", spec)
        self.wrong("bad.pb: base is not a valid CompileOptionsProto", "add.mlir", "--compile-options",
                   self.write("bad.pb", npy("<f4", [1], f32(1))))

    def test_cmd_run_the_plugin_is_missed_at_last(self):
        self.refused(2, "/nowhere/plugin.so", "add.mlir", "--input", "f32[4]=zeros", plugin="/nowhere/plugin.so")


@unittest.skipUnless(PLUGIN, "no plugin")
class Results(RunCase):
    def test_cmd_run_addition(self):
        self.write("add.mlir", ADD)
        inputs = ["--input", "f32[4]=1,2,3,nan", "--input=f32[4]=0.5,0x1p4,-3,1"]
        self.assertEqual(self.good("add.mlir", *inputs), "result 0: f32[4] = [1.5, 18, 0, nan]\n")
        done = json.loads(self.good("add.mlir", "--json", "--repeat", "3", *inputs))
        self.assertEqual(done["results"], [{"device": 0, "index": 0, "type": "f32", "shape": [4],
                                            "values": [1.5, 18, 0, "nan"]}])
        self.assertGreater(done["compile_ms"], 0)
        self.assertEqual([list(run) for run in done["runs"]], [["execute_ms"]] * 3)
        self.assertEqual(self.good("add.mlir", "--quiet", *inputs), "")

    def test_cmd_run_addition_of_files(self):
        self.write("add.mlir", ADD)
        self.write("a.npy", npy("<f4", [4], f32(1, 2, 3, 4)))
        self.write("b.npy", npy(">f4", [4], struct.pack(">4f", 10, 20, 30, 40)))
        self.write("raw", f32(100, 200, 300, 400))
        self.good("add.mlir", "--input", "a.npy", "--input", "b.npy", "--output", "c.npy")
        self.assertEqual(self.read("c.npy"), npy("<f4", [4], f32(11, 22, 33, 44)))
        self.good("add.mlir", "--input", "F32[4]=@c.npy", "--input", "f32[4]=@raw", "--output", "c.npy")
        self.assertEqual(self.read("c.npy"), npy("<f4", [4], f32(111, 222, 333, 444)))
        self.write("0:f32[4]=x.npy", npy("<f4", [4], f32(1, 1, 1, 1)))
        self.good("add.mlir", "--input", "0:./0:f32[4]=x.npy", "--input", "f32[4]=iota", "--output", "0:d.npy")
        self.assertEqual(self.read("d.npy"), npy("<f4", [4], f32(1, 2, 3, 4)))

    def test_cmd_run_all_reduce_on_four_devices(self):
        self.write("all.mlir", ALL_REDUCE)
        inputs = []
        for device, value in enumerate(("1,2", "10,20", "100,200", "1000,2000")):
            inputs += ["--input", "%d:f32[2]=%s" % (device, value)]
        results = self.results("all.mlir", "--partitions", "4", "--spmd", *inputs)
        self.assertEqual([(r["device"], r["values"]) for r in results], [(d, [1111, 2222]) for d in range(4)])
        # One input for every device.
        results = self.results("all.mlir", "--partitions", "4", "--spmd", "--input", "f32[2]=1,2")
        self.assertEqual([r["values"] for r in results], [[4, 8]] * 4)
        self.good("all.mlir", "--partitions", "4", "--spmd", *inputs, "--output", "3:three.npy", "--output", "zero.npy")
        self.assertEqual(self.read("three.npy"), npy("<f4", [2], f32(1111, 2222)))
        self.assertEqual(self.read("zero.npy"), self.read("three.npy"))

    def test_cmd_run_more_replicas_than_the_plugin_has_by_itself(self):
        self.write("replicas.mlir", ALL_REDUCE.replace("num_partitions = 4", "num_partitions = 1")
                   .replace("mhlo.num_replicas = 1", "mhlo.num_replicas = 6").replace("[[0, 1, 2, 3]]", "[[0, 1, 2, 3, 4, 5]]")
                   .replace("1x4x", "1x6x")
                   .replace("channel_handle = #stablehlo.channel_handle<handle = 1, type = 1>,", "")
                   .replace(", use_global_device_ids", ""))
        results = self.results("replicas.mlir", "--replicas", "6", "--input", "f32[2]=1,2")
        self.assertEqual([r["values"] for r in results], [[6, 12]] * 6)

    def test_cmd_run_spmd_shows_shapes_after_partitioning(self):
        self.write("sum.mlir", SHARDED_SUM)
        inputs = []
        for device in range(4):
            inputs += ["--input", "%d:f32[2]=%d,%d" % (device, 2 * device + 1, 2 * device + 2)]
        results = self.results("sum.mlir", "--partitions", "4", "--spmd", *inputs)
        self.assertEqual([r["values"] for r in results], [[36]] * 4)
        self.refused(2, ["is f32[8]", "takes f32[2]", "of device 0"], "sum.mlir", "--partitions", "4", "--spmd",
                     "--input", "f32[8]=iota")
        self.refused(2, ["0 inputs of device 3", "takes 1: f32[2]"], "sum.mlir", "--partitions", "4", "--spmd",
                     *inputs[:6])

    def test_cmd_run_every_type_is_kept_to_the_bit(self):
        lacking = []
        for name, mlir, descr, size in TYPES:
            with self.subTest(name):
                data = all_codes(name, size)
                count = len(data) // size
                self.write("id.mlir", identity(mlir, count))
                file = npy(descr, [count], data)
                self.write("in.npy", file)
                done = self.ryft("id.mlir", "--input", "in.npy", "--output", "out.npy")
                if done.returncode == 3 and name.startswith("f6"):
                    lacking.append(name)
                    continue
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(self.read("out.npy"), file)
                # As raw bytes and, apart from NaNs, as values in text.
                self.write("raw", data)
                self.good("id.mlir", "--input", "%s[%d]=@raw" % (name, count), "--output", "out.npy")
                self.assertEqual(self.read("out.npy"), file)
                [result] = self.results("id.mlir", "--input", "in.npy")
                self.assertEqual((result["type"], result["shape"]), (name, [count]))
                text = ",".join(str(value).lower() for value in result["values"])
                self.good("id.mlir", "--input", "%s[%d]=%s" % (name, count, text), "--expect", "in.npy")
        self.assertEqual(lacking, ["f6e2m3fn", "f6e3m2fn"] if MINOR in ("0.81", "0.106") else [])

    def test_cmd_run_rules_for_values(self):
        self.write("id.mlir", identity("i32", 5))
        [iota] = self.results("id.mlir", "--input", "s32[5]=iota")
        self.assertEqual(iota["values"], [0, 1, 2, 3, 4])
        [zeros] = self.results("id.mlir", "--input", "s32[5]=zeros")
        self.assertEqual(zeros["values"], [0] * 5)
        seeds = [self.results("id.mlir", "--input", "s32[5]=random" + seed)[0]["values"] for seed in ("", ":0", ":7")]
        self.assertEqual(seeds[0], seeds[1])
        self.assertNotEqual(seeds[0], seeds[2])

    def test_cmd_run_numbers_that_json_cannot_say(self):
        self.write("id.mlir", identity("ui64", 3))
        [result] = self.results("id.mlir", "--input", "u64[3]=1,9223372036854775807,18446744073709551615")
        self.assertEqual(result["values"], [1, 9223372036854775807, "18446744073709551615"])
        self.write("id.mlir", identity("complex<f32>", 2))
        [result] = self.results("id.mlir", "--input", "c64[2]=1-2j,nan+infj")
        self.assertEqual(result["values"], ["1-2j", "nan+infj"])
        self.write("id.mlir", identity("f32", 3))
        [result] = self.results("id.mlir", "--input", "f32[3]=-inf,0.1,-0")
        self.assertEqual(str(result["values"]), "['-inf', 0.1, -0.0]")

    def test_cmd_run_scalars_and_empty_arrays(self):
        self.write("s.mlir", identity("f32", 1).replace("1xf32", "f32"))
        self.assertEqual(self.good("s.mlir", "--input", "f32[]=7"), "result 0: f32[] = 7\n")
        self.write("e.mlir", identity("f32", 0))
        self.assertEqual(self.good("e.mlir", "--input", "f32[0]="), "result 0: f32[0] = []\n")
        self.good("e.mlir", "--input", "f32[0]=zeros", "--output", "e.npy")
        self.assertEqual(self.read("e.npy"), npy("<f4", [0], b""))

    def test_cmd_run_printing(self):
        self.write("two.mlir", TWO_RESULTS)
        self.assertEqual(self.good("two.mlir", "--input", "f32[2,3]=iota"),
                         "result 0: f32[3,2] =\n[[0, 3],\n [1, 4],\n [2, 5]]\nresult 1: pred[] = true\n")
        self.write("id.mlir", identity("i32", 1000))
        self.assertEqual(self.good("id.mlir", "--input", "s32[1000]=iota"),
                         "result 0: s32[1000] = [0, 1, 2, ..., 997, 998, 999]\n")

    def test_cmd_run_repeated_runs_keep_their_inputs(self):
        self.write("donate.mlir", DONATING)
        for repeat in ("1", "4"):
            [result] = self.results("donate.mlir", "--input", "f32[4]=1,2,3,4", "--repeat", repeat)
            self.assertEqual(result["values"], [2, 4, 6, 8])
        self.assertRegex(self.good("donate.mlir", "--input", "f32[4]=zeros", "--repeat", "5"),
                         r"\n5 executions: fastest [0-9.]+ ms, median [0-9.]+ ms, slowest [0-9.]+ ms\n$")

    def test_cmd_run_compile_options(self):
        self.write("add.mlir", ADD)
        inputs = ["--input", "f32[4]=iota", "--input", "f32[4]=iota"]
        self.good("add.mlir", *inputs, "--compile-option", "xla_cpu_enable_fast_min_max=false",
                  "--compile-option", ".executable_build_options.num_replicas=1")
        self.write("options.pb", b"\x1a\x04\x20\x01\x28\x01")  # executable_build_options: one replica, one partition
        self.good("add.mlir", *inputs, "--compile-options", "options.pb")
        self.refused(2, "no_such_field", "add.mlir", *inputs, "--compile-option", ".no_such_field=1")
        self.refused(3, "xla_no_such_flag", "add.mlir", *inputs, "--compile-option", "xla_no_such_flag=true")
        self.write("bad.pb", b"\xff\xff\xff\xff")
        self.refused(2, "", "add.mlir", *inputs, "--compile-options", "bad.pb")


@unittest.skipUnless(PLUGIN, "no plugin")
class Comparing(RunCase):
    def setUp(self):
        super().setUp()
        self.write("id.mlir", identity("f32", 4))

    def run_against(self, values, *arguments):
        self.write("want.npy", npy("<f4", [4], f32(*values)))
        return self.ryft("id.mlir", "--input", "f32[4]=1,2,3,nan", "--expect", "want.npy", *arguments)

    def test_cmd_run_equal(self):
        done = self.run_against((1, 2, 3, float("nan")))
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_cmd_run_different(self):
        done = self.run_against((1, 2.5, 3.5, float("nan")))
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr.count("\n"), 1)
        for part in ("want.npy", "2 of 4 elements differ", "at [1]: 2 instead of 2.5", "tolerance exact"):
            self.assertIn(part, done.stderr)

    def test_cmd_run_differences_without_a_distance(self):
        self.write("want.npy", npy("<f4", [3], f32(0.0, float("inf"), 1)))
        self.write("three.mlir", identity("f32", 3))
        done = self.ryft("three.mlir", "--input", "f32[3]=-0,-inf,1", "--expect", "want.npy")
        self.assertEqual(done.returncode, 1)
        self.assertIn("2 of 3 elements differ (tolerance exact), the first at [0]: -0 instead of 0", done.stderr)

    def test_cmd_run_tolerances(self):
        near = (1, 2.0000002384185791015625, 3, float("nan"))
        for tolerance, status in (("exact", 1), ("ulp:0", 1), ("ulp:1", 0), ("abs:1e-7", 1), ("abs:1e-6", 0),
                                  ("rel:1e-8", 1), ("rel:1e-6", 0), ("rel:1e-8,abs:1e-6", 0)):
            done = self.run_against(near, "--tolerance", tolerance)
            self.assertEqual(done.returncode, status, (tolerance, done.stderr))

    def test_cmd_run_another_shape_or_type(self):
        self.write("want.npy", npy("<f4", [2, 2], f32(1, 2, 3, 4)))
        done = self.ryft("id.mlir", "--input", "f32[4]=iota", "--expect", "want.npy")
        self.assertEqual(done.returncode, 1)
        self.assertIn("it is f32[4] instead of f32[2,2]", done.stderr)
        self.write("want.npy", npy("<i4", [4], f32(0, 1, 2, 3)))
        self.assertEqual(self.ryft("id.mlir", "--input", "f32[4]=iota", "--expect", "want.npy").returncode, 1)

    def test_cmd_run_what_differs_is_written_all_the_same(self):
        done = self.run_against((0, 0, 0, 0), "--output", "got.npy", "--json")
        self.assertEqual(done.returncode, 1)
        self.assertIn("4 of 4", json.loads(done.stderr)["error"]["message"])
        self.assertEqual(json.loads(done.stdout)["results"][0]["values"], [1, 2, 3, "nan"])
        self.assertEqual(self.read("got.npy")[:-4], npy("<f4", [4], f32(1, 2, 3, 0))[:-4])


@unittest.skipUnless(PLUGIN, "no plugin")
class Mismatches(RunCase):
    def setUp(self):
        super().setUp()
        self.write("add.mlir", ADD)

    def test_cmd_run_counts(self):
        self.refused(2, ["1 input given", "takes 2: f32[4], f32[4]"], "add.mlir", "--input", "f32[4]=iota")
        self.refused(2, "3 inputs given", "add.mlir", *["--input", "f32[4]=iota"] * 3)
        self.refused(2, "0 inputs given", "add.mlir")

    def test_cmd_run_tuples(self):
        pair = "tuple<tensor<f32>, tensor<i32>>"
        self.write("pair.mlir", "module { func.func public @main(%%t: %s) -> tensor<f32> { %%0 = "
                   "stablehlo.get_tuple_element %%t[0] : (%s) -> tensor<f32> return %%0 : tensor<f32> } }" % (pair, pair))
        self.refused(2, "takes a tuple", "pair.mlir", "--input", "f32[]=1", "--input", "s32[]=2")

    @unittest.skipUnless(MINOR == "0.115", "it aborts with this plugin only")
    def test_cmd_run_empty_arrays_of_6_bits(self):
        self.write("none.mlir", identity("f6E2M3FN", 0))
        self.refused(2, "6-bit", "none.mlir", "--input", "f6e2m3fn[0]=")

    def test_cmd_run_types_and_shapes(self):
        for spec, shown in [("s32[4]=iota", "s32[4]"), ("f32[2,2]=iota", "f32[2,2]"), ("f32[3]=iota", "f32[3]"),
                            ("f64[4]=iota", "f64[4]"), ("bf16[8]=iota", "bf16[8]"), ("f32[]=1", "f32[]")]:
            self.refused(2, ["input 1", "is " + shown, "takes f32[4]"], "add.mlir", "--input", "f32[4]=iota",
                         "--input", spec, "--output", "never.npy")
        self.write("void.npy", npy("|V4", [4], b"x" * 16))
        self.refused(2, ["void.npy", "f32[4]"], "add.mlir", "--input", "void.npy", "--input", "f32[4]=iota")
        self.write("i.npy", npy("<i4", [4], b"x" * 16))
        self.refused(2, ["i.npy", "s32[4]", "f32[4]"], "add.mlir", "--input", "i.npy", "--input", "f32[4]=iota")

    def test_cmd_run_results(self):
        inputs = ["--input", "f32[4]=iota", "--input", "f32[4]=iota"]
        self.refused(2, ["--output two.npy", "only 1 result"], "add.mlir", *inputs, "--output", "one.npy",
                     "--output", "two.npy")
        self.write("want.npy", npy("<f4", [4], f32(0, 2, 4, 6)))
        self.refused(2, ["--expect want.npy", "only 1 result"], "add.mlir", *inputs, "--expect", "want.npy",
                     "--expect", "want.npy")

    def test_cmd_run_the_plugins_own_errors(self):
        self.write("wrong.mlir", ADD.replace("stablehlo.add", "stablehlo.no_such_thing"))
        error = self.refused(3, "no_such_thing", "wrong.mlir", "--output", "never.npy", lines=3)
        self.assertIn("PJRT_Client_Compile", error)
        self.write("cut.mlir", ADD[:90])
        self.assertIn(self.ryft("cut.mlir").returncode, (2, 3))

    def test_cmd_run_options_of_the_client(self):
        arguments = ["add.mlir", "--option", "no_such_option=1", *["--input", "f32[4]=iota"] * 2]
        if MINOR in ("0.81", "0.106"):
            self.good(*arguments)  # these builds pass over what they do not know
        else:
            self.refused(3, "no_such_option", *arguments)
        self.write("all.mlir", ALL_REDUCE)
        done = self.ryft("all.mlir", "--partitions", "4", "--option", "cpu_device_count=2", "--input", "f32[2]=iota")
        self.assertIn(done.returncode, (2, 3), done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1)


@unittest.skipUnless(PLUGIN, "no plugin")
class Files(RunCase):
    def setUp(self):
        super().setUp()
        self.write("id.mlir", identity("f32", 4))
        self.arguments = ["id.mlir", "--input", "f32[4]=1,2,3,4"]
        self.expected = npy("<f4", [4], f32(1, 2, 3, 4))

    def test_cmd_run_files_are_replaced_with_their_permissions(self):
        os.chmod(self.write("out.npy", b"old"), 0o640)
        self.good(*self.arguments, "--output", "out.npy")
        self.assertEqual(self.read("out.npy"), self.expected)
        self.assertEqual(stat.S_IMODE(os.stat(self.path("out.npy")).st_mode), 0o640)
        self.assertEqual(sorted(os.listdir(self.directory)), ["id.mlir", "out.npy"])

    def test_cmd_run_links_stay_links(self):
        self.write("real.npy", b"old")
        os.symlink("real.npy", self.path("link.npy"))
        self.good(*self.arguments, "--output", "link.npy")
        self.assertTrue(os.path.islink(self.path("link.npy")))
        self.assertEqual(self.read("real.npy"), self.expected)
        os.remove(self.path("real.npy"))
        self.good(*self.arguments, "--output", "link.npy")
        self.assertTrue(os.path.islink(self.path("link.npy")))
        self.assertEqual(self.read("real.npy"), self.expected)

    def test_cmd_run_standard_output(self):
        done = self.ryft(*self.arguments, "--output", "-", binary=True)
        self.assertEqual((done.returncode, done.stdout), (0, self.expected))

    def test_cmd_run_devices_and_pipes_are_written_through(self):
        self.good(*self.arguments, "--output", "/dev/null")
        self.assertTrue(stat.S_ISCHR(os.stat("/dev/null").st_mode))
        os.mkfifo(self.path("pipe"))
        got = []
        reader = threading.Thread(target=lambda: got.append(self.read("pipe")))
        reader.start()
        self.good(*self.arguments, "--output", "pipe")
        reader.join(20)
        self.assertEqual(got, [self.expected])
        self.assertTrue(stat.S_ISFIFO(os.stat(self.path("pipe")).st_mode))

    def test_cmd_run_nothing_appears_when_one_of_them_fails(self):
        self.write("two.mlir", TWO_RESULTS)
        self.write("old.npy", b"old")
        self.refused(2, "/dev/full", "two.mlir", "--input", "f32[2,3]=iota", "--output", "old.npy", "--output",
                     "/dev/full")
        self.assertEqual(self.read("old.npy"), b"old")

    def test_cmd_run_a_limit_on_file_sizes(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

        done = subprocess.run([tool.TOOL, "run", *self.arguments, "--plugin", PLUGIN, "--output", "out.npy"],
                              capture_output=True, text=True, cwd=self.directory, timeout=100, preexec_fn=limit,
                              env=tool.environment())
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("cannot write out.npy: File too large", done.stderr)
        self.assertEqual(os.listdir(self.directory), ["id.mlir"])

    def test_cmd_run_closed_descriptors(self):
        command = '"$@" --output out.npy --quiet '
        for closed, status in (("<&-", 0), (">&-", 0), ("2>&-", 0), ("<&- >&- 2>&-", 0)):
            done = subprocess.run(["sh", "-c", command + closed, "sh", tool.TOOL, "run", *self.arguments, "--plugin",
                                   PLUGIN], capture_output=True, text=True, cwd=self.directory, timeout=100,
                                  env=tool.environment())
            self.assertEqual((done.returncode, done.stderr), (status, ""), closed)
            self.assertEqual(self.read("out.npy"), self.expected)
            os.remove(self.path("out.npy"))
        done = subprocess.run(["sh", "-c", '"$@" >&-', "sh", tool.TOOL, "run", *self.arguments, "--plugin", PLUGIN],
                              stderr=subprocess.PIPE, text=True, cwd=self.directory, timeout=100,
                              env=tool.environment())
        self.assertEqual(done.returncode, 2)
        self.assertIn("cannot write to standard output", done.stderr)

    def test_cmd_run_a_result_that_nobody_waits_for_leaves_nothing(self):
        """The tool is killed outright while its results are being written: one of them goes to a full pipe."""
        try:
            os.close(os.open(self.directory, os.O_TMPFILE | os.O_WRONLY))
        except OSError:
            self.skipTest("this file system has no files without a name")
        os.mkfifo(self.path("pipe"))
        self.write("big.mlir", "module { func.func public @main(%x: tensor<1000000xf32>) -> (tensor<1000000xf32>, "
                   "tensor<1000000xf32>) { return %x, %x : tensor<1000000xf32>, tensor<1000000xf32> } }")
        before = sorted(os.listdir(self.directory))
        running = subprocess.Popen([tool.TOOL, "run", "big.mlir", "--input", "f32[1000000]=iota", "--quiet", "--output",
                                    "big.npy", "--output", "pipe", "--plugin", PLUGIN], cwd=self.directory,
                                   stderr=subprocess.PIPE, env=tool.environment())
        with open(self.path("pipe"), "rb") as reading:
            reading.read(1)
            running.kill()
            running.communicate(timeout=100)
            while reading.read(1 << 16):
                pass
        self.assertEqual(sorted(os.listdir(self.directory)), before)

    def test_cmd_run_a_full_disk_behind_standard_output(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([tool.TOOL, "run", *self.arguments, "--plugin", PLUGIN], stdout=full,
                                  stderr=subprocess.PIPE, text=True, cwd=self.directory, timeout=100,
                                  env=tool.environment())
        self.assertEqual(done.returncode, 2)
        self.assertIn("No space left", done.stderr)

    @unittest.skipIf(os.geteuid() == 0, "root may write anything")
    def test_cmd_run_files_that_must_not_be_written(self):
        os.chmod(self.write("out.npy", b"old"), 0o400)
        self.refused(2, "Permission denied", *self.arguments, "--output", "out.npy")


@unittest.skipUnless(PLUGIN, "no plugin")
class Ends(RunCase):
    """Programs that never end and plugins that die: a status, one line, no file, nobody left behind."""

    def test_cmd_run_a_program_that_never_ends(self):
        self.write("forever.mlir", FOREVER)
        self.refused(5, ["--timeout", "running"], "forever.mlir", "--input", "s32[]=0", "--timeout", "2", "--output",
                     "never.npy")

    def test_cmd_run_a_plugin_that_aborts(self):
        self.write("add.mlir", ADD)
        self.refused(4, ["plugin crashed", "starting the client"], "add.mlir", "--input", "f32[4]=iota", "--input",
                     "f32[4]=iota", "--output", "never.npy", environment={"XLA_FLAGS": "--xla_no_such_flag=1"})

    def test_cmd_run_no_plugin_at_all(self):
        self.write("add.mlir", ADD)
        not_one = self.write("not_one.so", b"\x7fELF nonsense")
        self.refused(2, "not_one.so", "add.mlir", "--input", "f32[4]=iota", "--input", "f32[4]=iota",
                     plugin=not_one)


if __name__ == "__main__":
    unittest.main()
