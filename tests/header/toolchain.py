# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Compilers, the strictest flags, and the public headers, for tests that compile things."""

import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
INCLUDE = os.environ.get("RYFT_INCLUDE_DIR", os.path.join(ROOT, "include"))
sys.path.insert(0, os.path.join(ROOT, "tools", "tidy"))

STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-pedantic-errors", "-Wconversion", "-Wsign-conversion", "-Wshadow",
          "-Wundef", "-Wformat=2", "-Wcast-qual", "-Wvla", "-Wimplicit-fallthrough", "-Werror"]
STRICT_C = ["-std=c11", *STRICT, "-Wstrict-prototypes", "-Wmissing-prototypes", "-Wc++-compat"]
STRICT_CXX = ["-std=c++11", *STRICT, "-Wold-style-cast", "-Wzero-as-null-pointer-constant"]


def _present(*names):
    return [name for name in names if name and shutil.which(name)]


C = _present("gcc", "clang-14") or _present(os.environ.get("CC"), "cc")
CXX = _present("g++", "clang++-14") or _present(os.environ.get("CXX"), "c++")


def headers(*folders):
    """Public headers as they are included, "ryft/buffer.h"; folders: "", "io", "abi" and so on, or all."""
    base = os.path.join(INCLUDE, "ryft")
    folders = folders or ["", *(name for name in os.listdir(base) if os.path.isdir(os.path.join(base, name)))]
    return sorted(os.path.join("ryft", folder, name) for folder in folders
                  for name in os.listdir(os.path.join(base, folder)) if name.endswith(".h"))


def read(header):
    with open(os.path.join(INCLUDE, header), encoding="utf-8") as file:
        return file.read()


def compile_text(compiler, flags, text):
    """(whether it compiled, what the compiler said). As far as assembly: GCC warns of unused results late."""
    language = "c++" if "++" in compiler else "c"
    command = [compiler, "-S", "-o", os.devnull, "-x", language, "-I", INCLUDE, *flags, "-"]
    environment = {**os.environ, "LC_ALL": "C"}
    answer = subprocess.run(command, input=text, capture_output=True, text=True, env=environment)
    return answer.returncode == 0, answer.stderr


def build_and_run(sources, flags=()):
    """Builds {file name: (compiler, flags, text)} into one program and gives (status, what it printed)."""
    with tempfile.TemporaryDirectory() as folder:
        objects = []
        for name, (compiler, own, text) in sources.items():
            path = os.path.join(folder, name)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            objects.append(path + ".o")
            subprocess.run([compiler, "-c", "-I", INCLUDE, *own, path, "-o", path + ".o"], check=True)
        program = os.path.join(folder, "program")
        linker = next((entry[0] for entry in sources.values() if "++" in entry[0]), C[0])
        subprocess.run([linker, *objects, *flags, "-o", program], check=True)
        answer = subprocess.run([program], capture_output=True, text=True)
        return answer.returncode, answer.stdout
