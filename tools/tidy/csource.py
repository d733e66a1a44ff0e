# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Just enough reading of C for house rules: comments, strings, functions and public declarations."""

import re

_TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)
_DIRECTIVE = re.compile(r"^[ \t]*#(?:\\\n|[^\n])*", re.MULTILINE)
_NAME = re.compile(r"\b(ryft_\w+)\s*\(")
_FUNCTION = re.compile(r"\b(\w+)\s*\([^;{}]*\)\s*$", re.DOTALL)


def _blank(text):
    return re.sub(r"[^\n]", " ", text)


def without_comments(text):
    """The same text, lines and columns, with comments and the insides of strings blanked."""

    def replace(match):
        token = match.group()
        if token[0] in "\"'":
            return token[0] + _blank(token[1:-1]) + token[-1]
        return _blank(token)

    return _TOKEN.sub(replace, text)


def without_directives(text):
    """Preprocessor lines blanked, continuation lines included."""
    return _DIRECTIVE.sub(lambda match: _blank(match.group()), text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def includes(text):
    """[(line, "path")] of every #include in quotes."""
    return [(number, match.group(1)) for number, line in enumerate(text.split("\n"), 1)
            if (match := re.match(r'\s*#\s*include\s+"([^"]+)"', line))]


def functions(text):
    """[(name, first line, lines)] of every function with a body. A brace within `extern "C"` does not count."""
    code = without_directives(without_comments(text))
    found, depth, start, opened = [], 0, 0, None
    for match in re.finditer(r"[{};]", code):
        at, mark = match.start(), match.group()
        if mark == "{":
            head = code[start:at]
            if depth == 0 and re.search(r'extern\s+"\s*"\s*$', head):
                start = at + 1
                continue
            if depth == 0:
                name = _FUNCTION.search(head)
                opened = (name.group(1), start + len(head) - len(head.lstrip())) if name else None
            depth += 1
        elif mark == "}":
            depth = max(depth - 1, 0)
            if depth == 0:
                if opened:
                    first = line_of(code, opened[1])
                    found.append((opened[0], first, line_of(code, at) - first + 1))
                opened, start = None, at + 1
        elif depth == 0:
            start = at + 1
    return found


def declarations(text):
    """[(name, line, comment)] of every RYFT_API declaration, with the comment that ends right before it."""
    code = without_directives(without_comments(text))
    tokens = _TOKEN.finditer(text)
    comments = {match.end(): match.group() for match in tokens if match.group().startswith("/*")}
    found = []
    for match in re.finditer(r"\bRYFT_API\b[^;]*;", code):
        name = _NAME.search(match.group())
        before = len(text[: match.start()].rstrip())
        found.append((name.group(1) if name else "?", line_of(code, match.start()), comments.get(before, "")))
    return found


def sized_structs(text):
    """[(name, [(type, field)])] of every struct that starts with `size_t struct_size`."""
    code = without_directives(without_comments(text))
    found = []
    for match in re.finditer(r"typedef\s+struct\s+\w+\s*\{([^{}]*)\}\s*(\w+)\s*;", code):
        fields = [_field(part) for part in match.group(1).split(";") if part.strip()]
        if fields and fields[0] == ("size_t", "struct_size"):
            found.append((match.group(2), fields))
    return found


def _field(declaration):
    pointer = re.search(r"\(\s*\*\s*(\w+)\s*\)\s*\(", declaration)
    if pointer:
        return ("function", pointer.group(1))
    match = re.match(r"\s*(.*?)\s*\b(\w+)\s*(?:\[[^\]]*\])?\s*$", declaration, re.DOTALL)
    return (" ".join(match.group(1).split()), match.group(2))
