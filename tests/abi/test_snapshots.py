# SPDX-License-Identifier: Apache-2.0 OR MIT
"""The registry, laid out as of each minor of which a frozen list exists, must be that list."""

import csv
import glob
import os
import sys
import unittest

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(ROOT, "tools", "abigen"))

import layout  # noqa: E402
import registry  # noqa: E402


def load():
    def read(path, needs=None):
        return registry.load(os.path.join(ROOT, path), path, needs)

    core = read("abi/pjrt.abi")
    paths = sorted(glob.glob(os.path.join(ROOT, "abi/ext/*.abi")))
    extensions = {os.path.basename(path)[:-4]: read(os.path.relpath(path, ROOT), core) for path in paths}
    return core, extensions, read("abi/ffi.abi")


class Snapshot:
    def __init__(self, path):
        self.structs, self.fields, self.slots, self.enums, self.macros = {}, {}, {}, {}, {}
        with open(path, encoding="utf-8") as file:
            lines = [line for line in file if not line.startswith("#")]
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            kind, owner, name = row["kind"], row["owner"], row["name"]
            if kind == "structure":
                self.structs[owner] = (int(row["size"]), int(row["value"]) if row["value"] else None)
            elif kind == "field" and name:
                self.fields.setdefault(owner, {})[name] = (int(row["offset"]), int(row["size"]))
            elif kind == "slot":
                self.slots.setdefault(owner, []).append(name)
            elif kind == "enumerator":
                self.enums.setdefault(owner, {})[name] = int(row["value"])
            elif kind == "macro":
                self.macros[owner] = int(row["value"])


def is_there(thing_since, minor):
    return thing_since is None or thing_since.high <= minor


class Snapshots(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.core, cls.extensions, cls.ffi = load()
        cls.layouts = cls.extensions["layouts"]
        paths = sorted(glob.glob(os.path.join(ROOT, "abi/snapshots/*.tsv")))
        cls.snapshots = [Snapshot(path) for path in paths]
        paths = glob.glob(os.path.join(ROOT, "abi/snapshots/ext/*.tsv"))
        cls.of_extensions = {os.path.basename(path)[:-4]: Snapshot(path) for path in paths}

    def cases(self):
        """(abi, the minor its rows count in, snapshot) for everything a snapshot covers."""
        for snapshot in self.snapshots:
            minor = snapshot.macros["PJRT_API_MINOR"]
            yield self.core, minor, snapshot
            if "PJRT_Layouts_Extension" in snapshot.structs:
                yield self.layouts, minor, snapshot
            if "XLA_FFI_API_MINOR" in snapshot.macros:
                yield self.ffi, snapshot.macros["XLA_FFI_API_MINOR"], snapshot
        for name, snapshot in self.of_extensions.items():
            yield self.extensions[name], snapshot.macros["PJRT_API_MINOR"], snapshot

    def test_plg_18_there_are_snapshots(self):
        self.assertGreaterEqual(len(self.snapshots), 4)

    def test_plg_18_every_extension_has_a_snapshot_of_all_that_it_declares(self):
        self.assertEqual(set(self.of_extensions), set(self.extensions))
        for name, snapshot in self.of_extensions.items():
            with self.subTest(extension=name):
                self.assertEqual(set(snapshot.structs), set(self.extensions[name].structs))
                self.assertEqual(set(snapshot.enums), set(self.extensions[name].enums))

    def test_plg_18_extensions_have_their_true_sizes(self):
        tables = {"layouts": 80, "ffi": 48, "profiler": 40, "xla_transform": 56}
        for name, size in tables.items():
            with self.subTest(extension=name):
                abi = self.extensions[name]
                self.assertEqual(layout.Layout(abi, abi.table).struct_size, size)
        register = self.extensions["ffi"].structs["PJRT_FFI_Register_Handler_Args"]
        self.assertNotIn("extension_start", [entry.name for entry in register.fields()])

    def test_plg_18_structs_have_the_sizes_and_offsets_of_their_minor(self):
        for abi, minor, snapshot in self.cases():
            for struct in abi.structs.values():
                with self.subTest(struct=struct.name, minor=minor):
                    if not is_there(struct.since, minor):
                        self.assertNotIn(struct.name, snapshot.structs)
                        continue
                    placed = layout.Layout(abi, struct, minor)
                    sizeof, struct_size = snapshot.structs[struct.name]
                    self.assertEqual(placed.sizeof, sizeof)
                    if struct_size is not None:
                        self.assertEqual(placed.struct_size, struct_size)
                    ours = {name: (at, placed.sizes[name]) for name, at in placed.offsets.items()}
                    self.assertEqual(ours, snapshot.fields[struct.name])

    def test_plg_18_no_struct_of_the_snapshot_is_missing(self):
        for snapshot in self.snapshots:
            known = set(self.core.structs) | set(self.layouts.structs) | set(self.ffi.structs)
            self.assertEqual(set(snapshot.structs) - known, set())

    def test_plg_18_slots_are_in_the_order_of_their_minor(self):
        for abi, minor, snapshot in self.cases():
            for table in abi.tables:
                ours = [call.field for call in table.slots if is_there(call.since, minor)]
                theirs = [name for name in snapshot.slots.get(table.name, []) if name != "base"]
                with self.subTest(table=table.name, minor=minor):
                    self.assertEqual(ours, theirs)

    def test_plg_18_enums_have_the_values_of_their_minor(self):
        for abi, minor, snapshot in self.cases():
            for enum in abi.enums.values():
                with self.subTest(enum=enum.name, minor=minor):
                    ours = {name: number for name, number, since in enum.values if is_there(since, minor)}
                    self.assertEqual(ours, snapshot.enums.get(enum.name, {}))

    def test_plg_18_every_since_is_between_two_snapshots_or_exact(self):
        """An interval that contains a snapshot could have been narrowed by it."""
        minors = [snapshot.macros["PJRT_API_MINOR"] for snapshot in self.snapshots]
        for struct in self.core.structs.values():
            for entry in struct.fields():
                if entry.since:
                    inside = [minor for minor in minors if entry.since.low <= minor < entry.since.high]
                    self.assertEqual(inside, [], entry.where)


if __name__ == "__main__":
    unittest.main()
