#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Writes the seeds of the fuzz targets: `make_corpus.py` makes tests/fuzz/corpus anew, `--verify` says
whether it is as it would be made. Files that fuzzing or people added, named found-*, are left alone and not
looked at. What a target takes its input for is said at the top of its source."""

import pathlib
import struct
import sys

HERE = pathlib.Path(__file__).resolve().parent
CORPUS = HERE / "corpus"

TYPES = (
    "invalid pred s8 s16 s32 s64 u8 u16 u32 u64 f16 f32 f64 bf16 c64 c128 f8e5m2 f8e4m3fn f8e4m3b11fnuz "
    "f8e5m2fnuz f8e4m3fnuz s4 u4 token s2 u2 f8e4m3 f8e3m4 f8e8m0fnu f4e2m1fn s1 u1 f6e2m3fn f6e3m2fn").split()


def npy(descr, shape, data, fortran="False", version=1, extra=""):
    text = f"{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {shape}, {extra}}}"
    prefix = 10 if version == 1 else 12
    text += " " * (-(prefix + len(text) + 1) % 64) + "\n"
    length = struct.pack("<H" if version == 1 else "<I", len(text))
    return b"\x93NUMPY" + bytes([version, 0]) + length + text.encode("latin-1") + data


def npy_seeds():
    yield "f4", npy("'<f4'", "(2, 3)", struct.pack("<6f", *range(6)))
    yield "f4_fortran", npy("'<f4'", "(2, 3)", struct.pack("<6f", *range(6)), fortran="True")
    yield "f8_big", npy("'>f8'", "(3,)", struct.pack(">3d", 1, 2.5, -3))
    yield "c16_big_fortran", npy("'>c16'", "(2, 2)", struct.pack(">8d", *range(8)), fortran="True")
    yield "c8", npy("'<c8'", "()", struct.pack("<2f", 1, -2))
    yield "bool", npy("'|b1'", "(4,)", b"\0\1\1\0")
    yield "i1", npy("'|i1'", "(4,)", b"\0\7\xf8\xff")
    yield "u1", npy("'|u1'", "(4,)", b"\0\1\2\3")
    yield "v1", npy("'|V1'", "(2, 2)", b"\0\1\x7f\x0f")
    yield "v2", npy("'<V2'", "(2,)", b"\x80\x3f\0\0")
    yield "v16", npy("'|V16'", "(1,)", bytes(16))
    yield "i8_version2", npy("'<i8'", "(1, 1, 1)", bytes(8), version=2)
    yield "u2_version3", npy('"<u2"', "(2L,)", bytes(4), version=3)
    yield "empty", npy("'<f4'", "(0, 9223372036854775807)", b"")
    yield "rank64", npy("'|u1'", "(" + "1, " * 64 + ")", b"\5")
    yield "rank65", npy("'|u1'", "(" + "1, " * 65 + ")", b"\5")
    yield "overflow", npy("'<f8'", "(4294967296, 4294967296)", b"")
    yield "overflow_bytes", npy("'<f8'", "(2305843009213693952,)", b"")
    yield "objects", npy("'|O'", "(1,)", b"\x80\4N.")
    yield "strings", npy("'<U4'", "(1,)", bytes(16))
    yield "structure", npy("[('a', '<f4')]", "(1,)", bytes(4))
    yield "twice", npy("'<f4'", "(1,)", bytes(4), extra="'shape': (1,), ")
    yield "trailing", npy("'<f4'", "(1,)", bytes(5))
    yield "missing", npy("'<f4'", "(1,)", bytes(3))
    yield "cut", npy("'<f4'", "(1,)", b"")[:40]
    yield "magic", b"\x93NUMPY"
    yield "nothing", b""


def value_seeds():
    texts = {
        "pred": ["true", "FALSE", "1", "2"],
        "s4": ["-8", "7", "8", "-0x8"],
        "u64": ["18446744073709551615", "18446744073709551616", "0xffffffffffffffff"],
        "s64": ["-9223372036854775808", "+9223372036854775807", "-9223372036854775809"],
        "f32": ["3.4028235e38", "3.4028236e38", "1e-45", "7e-46", "0x1.fffffep+127", "-nan", "+inf", ".5", "5.",
                "1.00000005960464477539062500000000000000000001"],
        "f64": ["1.7976931348623157e308", "1e309", "4.9e-324", "0x1p-1074", "infinity", "1e-999999999999", "0x",
                "9007199254740993", "0x1p+2000", "0x1.fffffffffffff8p+1023", "0." + "0" * 400 + "1e400"],
        "f16": ["65504", "65519.99", "65520", "5.960464477539063e-08", "2.98e-8"],
        "bf16": ["3.3895314e38", "1.00390625", "1.00390625000000000000000000000000000001"],
        "c64": ["1+2j", "-nan-infj", "2j", "1e5", "1+2", "j", "0x1p3-.5e1j"],
        "c128": ["-1.7976931348623157e308-1.7976931348623157e308j", "+0-0j"],
        "f8e8m0fnu": ["1", "0", "1.7e38", "-1", "nan", "5.8e-39"],
        "f8e4m3fn": ["448", "464", "465", "nan", "inf"],
        "f8e4m3fnuz": ["240", "-0", "nan"],
        "f4e2m1fn": ["6", "6.9", "7", "0.25", "nan"],
        "f6e3m2fn": ["28", "0.03125"],
        "token": ["1"],
    }
    for name, list_of in texts.items():
        for number, text in enumerate(list_of):
            yield f"{name}_{number}", bytes([TYPES.index(name)]) + text.encode()


def shape_seeds():
    def dims(*values):
        out = b""
        for value in values:
            out += bytes([value]) if 0 <= value < 0xf0 else b"\xf9" + struct.pack("<q", value)
        return out

    def picture(type_name, sizes, strides, order=()):
        return (bytes([TYPES.index(type_name), len(sizes)]) + dims(*sizes) + dims(*strides) + bytes(order))

    name = b"\3F32\x0b\0\0\0"
    yield "plain", name + picture("f32", (2, 3), (12, 4), (1,)) + picture("f32", (2, 3), (4, 8), (0,))
    yield "scalar", name + picture("s32", (), ()) + picture("token", (), ())
    yield "broadcast", name + picture("u8", (5, 7), (0, 1), (0,)) + picture("u8", (7, 5), (1, 7), (1,))
    yield "backwards", name + picture("s16", (4, 4), (-8, -2), (1,)) + picture("s16", (4, 4), (8, 2), (1,))
    yield "empty", name + picture("f64", (0, 1 << 62), (1, 1), (1,)) + picture("f64", (0,), (1,))
    yield "negative", name + picture("f64", (-1, 2), (1, 1), (1,)) + picture("f64", (2,), (1,))
    yield "overflow", name + picture("c128", (1 << 31, 1 << 31), (1 << 62, -1 << 63), (1,)) \
        + picture("c128", (), ())
    yield "too_many", name + picture("u8", (1 << 62, 4), (1, 1), (1,)) \
        + picture("u8", (1 << 32, 1 << 31), (1, 1), (1,))
    yield "rank12", b"\x0cf8e4m3b11fnuz"[:14] + b"\xff\xff\xff\xff" \
        + picture("s4", [2] * 12, [1] * 12, range(11))


def varint(value):
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7f | 0x80])
        value >>= 7
    return out + bytes([value])


def field(number, value):
    """A varint field for a number, a length-delimited one for bytes."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value & (1 << 64) - 1)
    return varint(number << 3 | 2) + varint(len(value)) + value


def proto_seeds():
    assignment = field(1, 2) + field(2, 1) + field(3, field(1, b"\0\1"))
    build = field(1, -1) + field(3, field(1, 4)) + field(4, 2) + field(5, 1) + field(6, 0)
    build += field(9, assignment)
    bases = {"empty": b"", "build": field(3, build), "counts": field(3, field(4, 2) + field(5, 3)),
             "override": field(7, field(1, b"xla_flag") + field(2, field(1, b"text"))),
             "unknown": field(999, 5) + field(1000, b"text"),
             "deep": field(1, field(2, field(2, field(2, b"\x0a\0")))), "cut": field(3, build)[:-2],
             "group": b"\x0b\x0c"}
    for name, base in bases.items():
        yield name, b"\n\0" + base
    lines = {
        "members": (b"", b"\x1f\2\3\1\2\1"),
        "ids": (b"", b"\x23\2\1\2\0\1"),
        "ids_twice": (b"", b"\x23\2\1\2\1\1"),
        "overrides": (b"!xla_a=text;!xla_b=#5;!xla_c=?1;!xla_d=~0.5;!xla_a=again", b"\0"),
        "fields": (b"executable_build_options.device_memory_size=1000000;"
                   b"executable_build_options.num_replicas=2", b"\0"),
        "repeated": (b"argument_layouts[0].dimensions[0]=5;argument_layouts[0].dimensions[1]=-1", b"\0"),
        "map": (b'env_option_overrides["xla_x"].bool_field=true;'
                b'env_option_overrides["xla_x"].string_field=b', b"\0"),
        "debug": (b"executable_build_options.debug_options.xla_dump_to=x;"
                  b'executable_build_options.debug_options.xla_backend_extra_options["a"]=b', b"\0"),
        "assignment": (b"executable_build_options.device_assignment."
                       b"computation_devices[0].replica_device_ids[0]=0;"
                       b"executable_build_options.device_assignment.replica_count=1;"
                       b"executable_build_options.device_assignment.computation_count=1", b"\0"),
        "bad": (b"nothing=1;executable_build_options=1;profile_version.x=1;argument_layouts[7].rank=1", b"\0"),
        "zero": (b"executable_build_options.num_partitions=0", b"\0"),
    }
    for name, (line, members) in lines.items():
        yield name, line + b"\n" + members


def hlo_shape(primitive, dims=(), elements=()):
    out = field(2, primitive) + field(3, b"".join(varint(d) for d in dims))
    return out + b"".join(field(4, element) for element in elements)


def hlo_module(parameters, result, names=(), aliases=b"", donors=b""):
    program = b"".join(field(1, p) for p in parameters) + field(2, result)
    program += b"".join(field(3, n) for n in names)
    return field(1, b"main") + field(4, program) + field(8, aliases) + field(18, donors)


def hlo_seeds():
    f32 = hlo_shape(11, (2, 3))
    pair = hlo_shape(13, (), (f32, hlo_shape(4)))
    alias = field(1, field(1, b"\1") + field(2, 0))
    donor = field(1, field(1, 1))
    yield "array", hlo_module([f32], f32, [b"x"])
    yield "tuple", hlo_module([f32, hlo_shape(21, (4,))], pair, [b"x", b"y\0z"], alias, donor)
    yield "tupled", hlo_module([pair], pair, [b"arg"],
                                field(1, field(1, b"\0") + field(2, 0) + field(3, b"\1")))
    yield "token", hlo_module([hlo_shape(17)], hlo_shape(99, (1 << 63,)))
    yield "bare", hlo_module([], hlo_shape(13))
    yield "unpacked", hlo_module([field(2, 11) + field(3, 5) + field(3, 6)], f32)
    yield "nested", hlo_module([hlo_shape(13, (), (pair, f32))], hlo_shape(13, (), (pair,)))
    yield "bad_alias", hlo_module([f32], f32, [], field(1, field(1, b"\5") + field(2, 7)))
    yield "next_alias", hlo_module([f32], pair, [], field(1, field(1, b"\1") + field(2, 1)))


def signature_seeds():
    for name, module in hlo_seeds():
        yield name, module
        yield name + "_config", field(1, module) + field(2, b"")


MLIR = b"""module @jit_f attributes {mhlo.num_replicas = 1 : i32} {
  // a comment with } and "quotes"
  func.func public @main(%arg0: tensor<2x3xf32> {tf.aliasing_output = 0 : i32}, %arg1: tensor<?xi32>)
      -> (tensor<2x3xf32>) {
    %0 = stablehlo.constant dense<"0x0000803F"> : tensor<1xf32>
    %1 = stablehlo.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
    %2 = stablehlo.add %arg0, %1 : tensor<2x3xf32>
    return %2 : tensor<2x3xf32>
  }
}
"""


def program_seeds():
    yield "text", MLIR
    yield "bare_text", b"func.func @main() -> tensor<f32> { " \
        b"%0 = stablehlo.constant dense<1.0> : tensor<f32> return %0 : tensor<f32> }"
    yield "no_body", b"module { func.func private @main(tensor<2xf32>) -> tensor<2xf32> }"
    yield "overflow", b"stablehlo.constant dense<0.0> : tensor<4294967296x4294967296xf32>"
    yield "absurd", b"%0 = stablehlo.iota dim = 0 : tensor<1099511627776xf32>"
    yield "nested", b"(" * 3000
    yield "mixed_nesting", b"module {" * 200 + b"[" * 200 + b"<" * 200
    yield "open_string", b'module { "text \\" goes on'
    yield "open_comment", b"// only a comment"
    yield "location", b'#loc1 = loc("f":1:2)\nmodule {} loc(#loc1)'
    yield "bytecode", b"ML\xefR\x0dStableHLO_v1.0.0\0\x01\x05\x01\x03\x03\x05"
    yield "bytecode_short", b"ML\xefR"
    yield "not_utf8", b"module \xff\xfe {}"
    yield "with_nul", b"module {}\0module"
    yield "blank", b" \n\t"
    yield "elf", b"\x7fELF\2\1\1"
    yield "nothing", b""
    yield "dims", b"  tensor<1x"
    yield "parens", b"  ((("
    yield "quotes", b'  ""\\"'
    yield "comments", b"  //\n"
    yield "mains", b"  @main("
    yield "typeless_tensors", b"  tensor<>"
    yield "generic_functions", b'  "func.func"()<>'
    yield "open_functions", b'  "func.func"(<>'
    yield "nested_complex", b"tensor<" + b"complex<" * 1000
    for name, module in hlo_seeds():
        yield "hlo_" + name, module
        yield "config_" + name, field(1, module) + field(2, b"\x08\x01")


def table_seeds():
    def api(size=b"\0", version=114, empty=()):
        return size + bytes([version, len(empty)]) + bytes(empty)

    yield "plain", b"\0" + api()
    yield "chain", b"\3" + b"\0\0\0" + b"\0\2\4" + api()
    yield "circle", b"\2" + b"\0\0" + b"\0" + b"\xd4" + api()
    yield "self", b"\1" + b"\0" + b"\xc9\5" + api()
    yield "long", b"\x50" + b"\0" * 80 + b"\0" * 80 + api()
    yield "small_node", b"\2" + b"\3\0" + b"\0\0" + api()
    yield "huge_node", b"\1" + b"\1" + b"\1\xf1" + api()
    yield "old", b"\0" + api(version=45)
    yield "too_old", b"\0" + api(version=12)
    yield "newer", b"\1\0\0" + api(size=b"\6\x40", version=200)
    yield "short", b"\0" + api(size=b"\5\0\2", version=60)
    yield "tiny", b"\0" + api(size=b"\7")
    yield "absurd", b"\0" + api(size=b"\1")
    yield "major", b"\0\0\xff\1\0"
    yield "empty_slots", b"\0" + api(empty=(0, 1, 2, 20, 100))


def print_seeds():
    for fn in range(0, 145, 9):
        yield f"fn_{fn}", bytes([fn]) + b"\0\4\x40" + bytes((i * 37 + fn) % 251 for i in range(160))


def named_value_seeds():
    def value(kind, content):
        """Fields in the struct's order: sizes, the length of the name, the type, the length of the value, then
        both texts or lists."""
        return bytes(16) + bytes(8) + b"\4" + bytes([kind]) + bytes(8) + content

    for count in (0, 1, 5, 24):
        for kind in range(6):
            yield f"kind_{kind}_{count}", bytes([count]) + value(kind, b"\3name" + bytes(range(60))) * count


def argument_seeds():
    lines = {
        "values": ["program", "--input=a.npy", "--input", "b", "--spmd", "--", "--input"],
        "client": ["--plugin", "cpu", "--option", "a=1", "--option=b=str:5", "--option", "c=true",
                   "--option=d=1.5",
                   "--option", "a=float:nan", "--option", "e=int:-9223372036854775808",
                   "--option", "f=bool:false"],
        "json": ["--json", "--timeout=1e10"],
        "timeout": ["--timeout", "0x1p3", "--verbose", "--quiet"],
        "help": ["x", "--help"],
        "slip": ["--inptu=3"],
        "slip_json": ["--plugn", "--json"],
        "lacks": ["--input"],
        "too_much": ["--spmd=1"],
        "short": ["-h"],
        "dash": ["-", "-x"],
        "bad_option": ["--option", "=x"],
        "bad_type": ["--option", "a=int:1.5"],
        "escape": ["--\x1b[2J\x7f=\t"],
        "bytes": ["--\u00e9\u2028", "--json"],
    }
    for name, list_of in lines.items():
        yield name, "\n".join(list_of).encode()
    yield "not_utf8", b"--\xff\xc0\x80\xed\xa0\x80=\n--json"


def spec_seeds():
    lines = ["f32[2,3]=1,2,3,4,5,6", "f32[]=1", "s4[2]=-8,7", "pred[3]=true,0,FALSE", "c64[2]=1+2j,-infj",
             "f32[0]=",
             "u8[4]=zeros", "bf16[2,2]=iota", "f64[3]=random", "s64[3]=random:18446744073709551615",
             "f32[4294967296,4294967296]=zeros", "f32[100000000000]=iota", "f32[2]=1", "f23[2]=1,2",
             "f32[2,]=1,2",
             "token[]=1", "f32[" + "1," * 64 + "1]=5", "F32[1]=@x\n\0\0\0\0", "pred[2]=@x\n\0\2"]
    for number, line in enumerate(lines):
        yield f"line_{number}", line.encode("latin-1")
    yield "npy", b"bf16[2]=@x\n" + npy("'<V2'", "(2,)", b"\x80\x3f\0\0")
    yield "npy_shape", b"f32[2]=@x\n" + npy("'<f4'", "(3,)", bytes(12))


SEEDS = {"npy": npy_seeds, "values": value_seeds, "shape": shape_seeds, "protos": proto_seeds,
         "signature": signature_seeds, "program": program_seeds, "table": table_seeds, "print": print_seeds,
         "named_values": named_value_seeds,
         "arguments": argument_seeds, "spec": spec_seeds}


def main():
    wanted = {CORPUS / target / name: data for target, seeds in SEEDS.items() for name, data in seeds()}
    there = {path for path in CORPUS.glob("*/*") if not path.name.startswith("found-")}
    if sys.argv[1:] == ["--verify"]:
        wrong = [path for path, data in wanted.items() if path not in there or path.read_bytes() != data]
        wrong += sorted(there - set(wanted))
        for path in wrong:
            print(f"{path}: not as made")
        return 1 if wrong else 0
    for path in there - set(wanted):
        path.unlink()
    for path, data in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
