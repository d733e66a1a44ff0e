# SPDX-License-Identifier: Apache-2.0 OR MIT
"""The rule about NULL at the top of ryft/base.h as tests in C: each pointer of each public function is NULL once.

What may be NULL is read from the function's comment: "@param x ... may be NULL", "or NULL", "NULL: ...", "`x` may be
NULL", "Either output may be NULL"; all options may be, and what callbacks are given. The rest must be refused, by
name, with outputs emptied; or, where no error can be returned, be answered by 0, NULL, "" or an empty list.

What else the calls are given stands in tests/declared/decisions.py, type by type.
"""

import re

import api

_SIMPLE = re.compile(r"(?:unsigned |struct )?\w+$")
_MAY = r"(?:may be NULL|or NULL\b|NULL: |NULL for )"
CALLBACKS = ("(*)", "ryft_write", "ryft_event_callback", "ryft_drop")  # pointers by another name


class Undecided(Exception):
    pass


def bare(kind):
    """The type without const and its last asterisk: what a pointer points to."""
    return re.sub(r"\bconst ", "", kind).removesuffix("*").strip()


def is_pointer(parameter):
    return parameter.type.endswith("*") or parameter.type in CALLBACKS


def is_output(parameter):
    """Where one value is written to."""
    return (parameter.type.endswith("*") and not re.match(r"const [\w ]+\*$", parameter.type)
            and re.match(r"out(_|$)|done$", parameter.name) and parameter.type not in ("void *", "char *"))


def may_be_null(function, parameter, decisions):
    """Says the comment, or the type."""
    text, name = function.comment, parameter.name
    place = f"{function.name}.{name}"
    if place in decisions.NULLABLE or bare(parameter.type).endswith("_options"):
        return True
    if parameter.type == "void *" and name in ("arg", "owner", "user"):
        return True
    about = re.search(rf"@param {name} (.*?)(?=@param|Owns[:,]|$)", text)
    return bool(about and re.search(_MAY, about.group(1)) or re.search(rf"`{name}` may be NULL", text)
                or name.startswith("out_") and "Either output may be NULL" in text)


class Call:
    """One call with `text` for one parameter: what stands before it, what is checked and given back behind it."""

    def __init__(self, function, special, text, decisions, structs):
        self.function, self.decisions, self.structs = function, decisions, structs
        self.before, self.cleared, self.after, self.outputs = [], [], [], []
        given = [text if parameter is special else self.argument(parameter) for parameter in function.parameters]
        self.text = f"{function.name}({', '.join(given)})"

    def argument(self, parameter):
        output = is_output(parameter) and not self.decided(parameter)
        return self.output(parameter) if output else self.value(parameter)

    def decided(self, parameter):
        return self.decisions.GIVEN.get(f"{self.function.name}.{parameter.name}")

    def value(self, parameter):
        kind = parameter.type if not parameter.type.endswith("*") else bare(parameter.type) + " *"
        for found in (self.decided(parameter), self.decisions.NAMED.get(parameter.name), self.decisions.TYPED.get(kind)):
            if found:
                return found
        if is_pointer(parameter) and may_be_null(self.function, parameter, self.decisions):
            return "NULL"
        raise Undecided(f"{self.function.name}: what to give for `{parameter.type} {parameter.name}` in tests of NULL is "
                        "not known: add a line to tests/declared/decisions.py")

    def output(self, parameter):
        name, kind = parameter.name, parameter.type.removesuffix("*").strip()
        if kind.endswith("*") or kind in ("bool", "size_t"):
            self.outputs.append(name)
        if kind.endswith("*"):
            self.before.append(f"{kind}{name} = POISON;")
            self.cleared.append(f"assert_no_text({name});" if kind == "const char *" else f"assert_null({name});")
            self.after += self.give_back(kind, name)
        elif kind in self.structs:
            self.before.append(f"{kind} {name} = RYFT_DEFAULTS({kind});")
        elif kind == "bool":
            self.before.append(f"bool {name} = true;")
            self.cleared.append(f"assert_false({name});")
        elif kind == "size_t":
            self.before.append(f"size_t {name} = 7;")
            self.cleared.append(f"assert_int_not_equal({name}, 7);")
        else:
            self.before.append(f"{kind} {name};")
        return f"&{name}"

    @staticmethod
    def give_back(kind, name):
        if kind in ("void *", "char *"):
            return [f"ryft_host_free({name});"]
        return [] if kind.startswith("const ") else [f"{kind.removesuffix(' *')}_destroy({name});"]


def answers_nothing(function, call, decisions):
    """The check that a function's value is that of no object."""
    returns = function.returns
    if returns == "void":
        return f"{call};"
    if returns == "const char *":
        return f'assert_string_equal({call}, "");'
    if returns.endswith("*"):
        return f"assert_null({call});"
    return f"assert_true({call}{decisions.EMPTY.get(returns, '')} == 0);"


def block(function, parameter, decisions, structs):
    """The lines of one call with NULL for the parameter."""
    call = Call(function, parameter, "NULL", decisions, structs)
    if function.returns != api.FALLIBLE:
        nothing = parameter is function.parameters[0] and not is_output(parameter) and parameter.type != "const char *"
        return call.before + [answers_nothing(function, call.text, decisions) if nothing else f"(void){call.text};"]
    if may_be_null(function, parameter, decisions):
        return call.before + [f'taken("{parameter.name}", {call.text});'] + call.after
    cleared = [] if is_output(parameter) else call.cleared
    return call.before + [f'refused("{parameter.name}", {call.text});'] + cleared


def tests(library, decisions, root=api.ROOT):
    """The source of the tests of a library's functions."""
    functions = [each for each in api.functions(library, root) if any(map(is_pointer, each.parameters))]
    structs = {each.name for each in api.structs(library, root)}
    text = '/* GENERATED by tools/apilists. */\n#include "declared/nulls.h"\n'
    text += "".join(f'#include "{header}"\n' for header in api.headers(library, root))
    for function in functions:
        text += f"\nstatic void null_{function.name}(void **state) {{\n  scene *s = *state;\n  (void)s;\n"
        for parameter in filter(is_pointer, function.parameters):
            lines = block(function, parameter, decisions, structs)
            text += "  {\n" + "".join(f"    {line}\n" for line in lines) + "  }\n"
        text += "}\n"
    text += "\nconst struct CMUnitTest null_tests[] = {\n"
    text += "".join(f"    cmocka_unit_test(null_{function.name}),\n" for function in functions)
    return text + "};\nconst size_t null_test_count = sizeof null_tests / sizeof null_tests[0];\n"
