# SPDX-License-Identifier: Apache-2.0 OR MIT
"""The typed callers: one static inline function per entry point."""

from emit import banner, short
from gates import join_conditions, newer_inputs, newest_gate


def function_id(abi, call):
    return "RYFT__FN_" + short(abi, call.name)


def guard_of(abi):
    return "RYFT_SRC_ABI_GEN_CALLS" + ("" if not abi.extension else "_" + abi.name.upper()) + "_H"


def write(abi, source):
    guard = guard_of(abi)
    out = banner([source])
    if abi.extension:
        out += [f"/* Callers of the {abi.prefix[5:]} extension's entry points; see calls.h. */"]
    else:
        out += [
            "/*",
            " * One caller per entry point. Each sets args->struct_size, answers UNIMPLEMENTED when the plugin lacks the",
            " * function or would overlook a newer field, traces when asked to, and turns the plugin's error into ours.",
            " * Structs that args point to are the caller's to size: struct_size = X_STRUCT_SIZE. `where` names the public",
            " * function that is calling.",
            " */",
        ]
    out += [f"#ifndef {guard}", f"#define {guard}", ""]
    if abi.extension:
        out += ['#include "src/abi/gen/calls.h"',
                f'#include "ryft/abi/{abi.name}.h"', ""]
        out += extension_type(abi)
    else:
        out += ['#include "src/abi/call.h"', ""]
    for call in abi.slots:
        out += void_caller(abi, call) if call.result == "void" else caller(abi, call)
    out.append(f"#endif /* {guard} */")
    return "\n".join(out) + "\n"


def extension_type(abi):
    name = f"ryft__ext_{abi.name}"
    return [
        "/* The plugin's extension, zero where it is shorter than ours. */",
        f"typedef struct {name} {{",
        f"  {abi.table.name} api;",
        "  const ryft__table *table;",
        f"}} {name};",
        "",
        f"static inline void {name}_init({name} *out, const ryft__table *table,",
        f"{' ' * (len(name) + 25)}const PJRT_Extension_Base *found) {{",
        "  ryft__extension_copy(&out->api, sizeof out->api, found);",
        "  out->table = table;",
        "}",
        "",
    ]


def signature(abi, call, result):
    name = f"ryft__{call.name}"
    first = f"const ryft__ext_{abi.name} *x" if abi.extension else "const ryft__table *t"
    return [f"RYFT__CALLER {result}{name}(", f"    {first}, {call.args.name} *args, const char *where) {{"]


def opening(abi, call):
    """Finds the function and sets the size; what both shapes of caller start with."""
    table = "x->api" if abi.extension else "t->api"
    out = ["  const ryft__table *t = x->table;"] if abi.extension else []
    return out + [
        f"  {call.name} *const call = {table}.{call.name};",
        f"  args->struct_size = {call.args.name}_STRUCT_SIZE;",
    ]


def caller(abi, call):
    fn = function_id(abi, call)
    out = signature(abi, call, "RYFT_MUST_USE ryft_error *")
    out += opening(abi, call)
    out.append(f"  if (RYFT__UNLIKELY(call == NULL)) return ryft__slot_missing(t, {fn}, where);")
    newest = newest_gate(abi, call.args)
    if newest:
        inputs = newer_inputs(abi, call.args, "args")
        out += [
            f"  if (RYFT__UNLIKELY(t->minor < {newest})) {{" if inputs is None else
            f"  if (RYFT__UNLIKELY(t->minor < {newest}) &&\n      ({join_conditions(inputs)})) {{",
            f"    ryft_error *gate = ryft__field_gate(t, {fn}, args, where);",
            "    if (gate != NULL) return gate;",
            "  }",
        ]
    out += [
        f"  if (RYFT__UNLIKELY(RYFT__WATCHED())) return {watched_name(call)}(call, t, args, where);",
        "  PJRT_Error *error = call(args);",
        f"  return RYFT__LIKELY(error == NULL) ? NULL : ryft__plugin_error(t, error, {fn}, where);",
        "}",
        "",
    ]
    return watched_caller(abi, call) + out


def watched_name(call):
    return "ryft__watched_" + call.name


def watched_signature(call, result):
    return [
        f"RYFT__WATCHED_CALLER {result}{watched_name(call)}(",
        f"    {call.name} *call, const ryft__table *t, {call.args.name} *args, const char *where) {{",
        "  ryft__span span;",
    ]


def watched_caller(abi, call):
    """The call itself while somebody watches, apart so that it takes no room in the caller."""
    fn = function_id(abi, call)
    return watched_signature(call, "RYFT_MUST_USE ryft_error *") + [
        f"  ryft_error *refused = ryft__before(&span, t, {fn}, args, where);",
        "  if (refused != NULL) return refused;",
        "  PJRT_Error *error = call(args);",
        "  ryft__after(&span, error);",
        f"  return error == NULL ? NULL : ryft__plugin_error(t, error, {fn}, where);",
        "}",
        "",
    ]


def void_caller(abi, call):
    """Cannot fail: does nothing when the slot is empty, and is let through in a fork's child."""
    fn = function_id(abi, call)
    out = signature(abi, call, "void ")
    out += opening(abi, call)
    out += [
        "  if (RYFT__UNLIKELY(call == NULL)) return;",
        "  if (RYFT__UNLIKELY(RYFT__WATCHED())) {",
        f"    {watched_name(call)}(call, t, args, where);",
        "  } else {",
        "    call(args);",
        "  }",
        "}",
        "",
    ]
    return watched_signature(call, "void ") + [
        f"  ryft__before_void(&span, t, {fn}, args, where);",
        "  call(args);",
        "  ryft__after(&span, NULL);",
        "}",
        "",
    ] + out
