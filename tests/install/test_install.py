# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Installs the build that RYFT_BUILD_DIR names, moves it elsewhere, and uses it as a stranger would."""

import glob
import os
import shlex
import shutil
import subprocess
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ["RYFT_BUILD_DIR"]
CC = os.environ.get("CC", "cc")
CONSUMER = os.path.join(HERE, "consumer")
FLAGS = os.environ.get("RYFT_CONSUMER_FLAGS", "").split()


def run(*command, **options):
    answer = subprocess.run(command, capture_output=True, text=True, **options)
    if answer.returncode != 0:
        raise AssertionError(f"{' '.join(command)}\n{answer.stdout}{answer.stderr}")
    return answer.stdout


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        first = os.path.join(folder.name, "first")
        cls.elsewhere = os.path.join(folder.name, "elsewhere")
        cls.prefix = os.path.join(folder.name, "moved to", "here")
        run("cmake", "--install", BUILD, "--prefix", first)
        os.makedirs(cls.elsewhere)
        os.makedirs(os.path.dirname(cls.prefix))
        os.rename(first, cls.prefix)
        library = glob.glob(os.path.join(cls.prefix, "**", "libryft.so"), recursive=True)[0]
        cls.libraries = os.path.dirname(library)
        cls.environment = {"PATH": os.environ["PATH"], "HOME": cls.elsewhere,
                           "PKG_CONFIG_PATH": os.path.join(cls.libraries, "pkgconfig")}

    def pkg_config(self, *arguments):
        text = run("pkg-config", *arguments, env=self.environment)
        return shlex.split(text)

    def test_files(self):
        for path in ("include/ryft/ryft.h", "include/ryft/io/npy.h", "include/ryft/abi/pjrt.h"):
            self.assertTrue(os.path.isfile(os.path.join(self.prefix, path)), path)
        headers = run("find", os.path.join(self.prefix, "include"), "-type", "f", "!", "-name", "*.h")
        self.assertEqual(headers, "")
        for name in ("libryft.so.0", "libryft.a", "libryft-io.so.0", "libryft-io.a"):
            self.assertTrue(os.path.isfile(os.path.join(self.libraries, name)), name)

    def test_nothing_names_the_source_or_the_build(self):
        source = os.path.normpath(os.path.join(HERE, "..", ".."))
        for path in glob.glob(os.path.join(self.libraries, "**", "*"), recursive=True):
            if path.endswith((".cmake", ".pc")):
                with open(path, encoding="utf-8") as file:
                    text = file.read()
                self.assertNotIn(source, text, path)
                self.assertNotIn(BUILD, text, path)

    def test_find_package(self):
        build = os.path.join(self.elsewhere, "cmake")
        run("cmake", "-S", CONSUMER, "-B", build, f"-DCMAKE_PREFIX_PATH={self.prefix}",
            f"-DCMAKE_C_COMPILER={CC}", f"-DCMAKE_C_FLAGS={' '.join(FLAGS)}", env=self.environment)
        run("cmake", "--build", build, env=self.environment)
        for program in ("shared", "static"):
            self.assertIn("NOT_FOUND 0.5 0", run(os.path.join(build, program), env=self.environment))
        needed = run("readelf", "-d", os.path.join(build, "static"))
        self.assertNotIn("libryft", needed)
        self.assertIn("libryft.so.0", run("readelf", "-d", os.path.join(build, "shared")))

    def test_find_package_refuses_another_minor(self):
        folder = os.path.join(self.elsewhere, "newer")
        shutil.copytree(CONSUMER, folder)
        with open(os.path.join(folder, "CMakeLists.txt"), encoding="utf-8") as file:
            text = file.read()
        with open(os.path.join(folder, "CMakeLists.txt"), "w", encoding="utf-8") as file:
            file.write(text.replace("ryft 0.1 ", "ryft 0.99 "))
        with self.assertRaisesRegex(AssertionError, "ryft"):
            run("cmake", "-S", folder, "-B", os.path.join(folder, "build"),
                f"-DCMAKE_PREFIX_PATH={self.prefix}", env=self.environment)

    def test_pkg_config_shared(self):
        program = os.path.join(self.elsewhere, "by-pkg-config")
        run(CC, *FLAGS, os.path.join(CONSUMER, "consumer.c"), "-o", program,
            *self.pkg_config("--cflags", "--libs", "ryft-io"))
        answer = run(program, env={**self.environment, "LD_LIBRARY_PATH": self.libraries})
        self.assertIn("NOT_FOUND 0.5 0", answer)

    def test_pkg_config_static(self):
        program = os.path.join(self.elsewhere, "by-pkg-config-static")
        words = self.pkg_config("--static", "--cflags", "--libs", "ryft-io")
        ours = {"-lryft": "-l:libryft.a", "-lryft-io": "-l:libryft-io.a"}
        words = [ours.get(word, word) for word in words]
        run(CC, *FLAGS, os.path.join(CONSUMER, "consumer.c"), "-o", program, *words)
        self.assertNotIn("libryft", run("readelf", "-d", program))
        self.assertIn("NOT_FOUND 0.5 0", run(program, env=self.environment))

    @unittest.skipUnless(os.environ.get("RYFT_BUILD_CLI") == "ON", "built without the command line")
    def test_command_line_runs_from_anywhere(self):
        program = os.path.join(self.prefix, "bin", "ryft")
        self.assertRegex(run(program, "--version", cwd=self.elsewhere, env={}), r"\b0\.1\.0\b")


if __name__ == "__main__":
    unittest.main()
