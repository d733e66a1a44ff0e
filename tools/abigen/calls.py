# SPDX-License-Identifier: Apache-2.0 OR MIT
"""The typed callers: one static inline function per entry point."""

import re

from emit import banner, short
from given import thunks
from gates import join_conditions, newer_inputs, newest_gate


def function_id(abi, call):
    return "RYFT__FN_" + short(abi, call.name)


def guard_of(abi):
    return "RYFT_SRC_ABI_GEN_CALLS" + ("" if not abi.extension else "_" + abi.name.upper()) + "_H"


def write(abi, source):
    guard = guard_of(abi)
    out = banner([source])
    if abi.extension:
        out += [f"/* Callers of the {abi.title} extension's entry points; see calls.h. */"]
    else:
        out += [
            "/*",
            " * One caller per entry point. Each sets args->struct_size, answers UNIMPLEMENTED when the plugin lacks the",
            " * function or would overlook a newer field, traces when asked to, turns the plugin's error into ours, and",
            " * answers INTERNAL when the plugin did not make what it said it made. X_drop destroys what nobody wants.",
            " * Structs that args point to are the caller's to size: struct_size = X_STRUCT_SIZE. `where` names the public",
            " * function that is calling.",
            " */",
        ]
    out += [f"#ifndef {guard}", f"#define {guard}", ""]
    if abi.extension:
        out += ['#include "src/abi/gen/calls.h"',
                f'#include "ryft/abi/{abi.name}.h"', ""]
        out += extension_type(abi)
        for table in abi.tables:
            if table.reads:
                out += error_reader(abi, table)
    else:
        out += ['#include "src/abi/call.h"', ""]
    for call in abi.slots:
        out += void_caller(abi, call) if call.result == "void" else caller(abi, call)
        out += drop(abi, call)
    out += thunks(abi)
    out.append(f"#endif /* {guard} */")
    return "\n".join(out) + "\n"


def pointer_to(abi, table):
    """The field of an extension that leads to another table."""
    return next(f.name for f in abi.table.fields() if f.type.base == table.name and f.type.pointers == 1)


def reach(abi, table):
    """What holds our copy of a table in a caller."""
    if not abi.extension:
        return "t->api"
    return "x->api" if table is abi.table else "x->" + pointer_to(abi, table)


def extension_type(abi):
    name = f"ryft__ext_{abi.name}"
    others = [(table, pointer_to(abi, table)) for table in abi.tables[:-1]]
    return [
        "/* The plugin's extension, zero where it is shorter than ours. */",
        f"typedef struct {name} {{",
        f"  {abi.table.name} api;",
        *(f"  {table.name} {field}; /* what api.{field} points to */" for table, field in others),
        "  const ryft__table *table;",
        f"}} {name};",
        "",
        f"static inline void {name}_init({name} *out, const ryft__table *table,",
        f"{' ' * (len(name) + 25)}const PJRT_Extension_Base *found) {{",
        "  ryft__extension_copy(&out->api, sizeof out->api, found);",
        *(f"  ryft__table_copy(&out->{field}, sizeof out->{field}, out->api.{field});" for _, field in others),
        "  out->table = table;",
        "}",
        "",
    ]


def error_reader(abi, table):
    """Turns an error that is not PJRT's into ours: its own table says how to read it."""
    at, error = reach(abi, table), table.error
    by_field = {call.field: call for call in table.slots}
    slot = {key: f"{at}.{field}" for key, field in table.reads.items()}
    kind = {key: by_field[field] for key, field in table.reads.items()}

    def ask(key, name):
        return f"{slot[key]}(ryft__grow(&grown, x->table, {function_id(abi, kind[key])}, &{name}))"

    def args(key, name):
        size = "" if kind[key].args.mode == "plain" else f".struct_size = {kind[key].args.name}_STRUCT_SIZE, "
        return f"  {kind[key].args.name} {name} = {{{size}.error = error}};"

    return [
        f"RYFT__WATCHED_CALLER ryft_error *{reader_name(abi, table)}(",
        f"    const ryft__ext_{abi.name} *x, {error} *error, int fn, const char *where) {{",
        args("message", "text"),
        args("code", "number"),
        args("destroy", "end"),
        "  ryft__grown grown = {.args.original = NULL};",
        f"  if ({slot['message']} != NULL) {ask('message', 'text')};",
        "  ryft__grow_back(&grown);",
        f"  {error} *failed = {slot['code']} == NULL ? NULL : {ask('code', 'number')};",
        "  ryft__grow_back(&grown);",
        "  ryft_error *ours = ryft__other_error(number.code, text.message, text.message_size, fn, where);",
        f"  if ({slot['destroy']} == NULL) return ours;",
        f"  {ask('destroy', 'end')};",
        "  end.error = failed;",
        f"  if (failed != NULL) {ask('destroy', 'end')};",
        "  return ours;",
        "}",
        "",
    ]


def reader_name(abi, table):
    return f"ryft__{abi.name}_error" if len(abi.tables) == 2 else f"ryft__{abi.name}_{pointer_to(abi, table)}_error"


def answer(abi, call):
    """C that turns a call's `error` into ours."""
    fn = function_id(abi, call)
    if call.table.reads:
        return f"{reader_name(abi, call.table)}(x, error, {fn}, where)"
    return f"ryft__plugin_error(t, error, {fn}, where)"


def signature(abi, call, result):
    name = f"ryft__{call.name}"
    first = f"const ryft__ext_{abi.name} *x" if abi.extension else "const ryft__table *t"
    return [f"RYFT__CALLER {result}{name}(", f"    {first}, {call.args.name} *args, const char *where) {{"]


def opening(abi, call):
    """Finds the function and sets the size; what both shapes of caller start with."""
    out = ["  const ryft__table *t = x->table;"] if abi.extension else []
    out.append(f"  {call.name} *const call = {reach(abi, call.table)}.{call.field};")
    if call.args.mode != "plain":
        out.append(f"  args->struct_size = {call.args.name}_STRUCT_SIZE;")
    return out


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
        f"  if (RYFT__UNLIKELY(RYFT__WATCHED())) return {watched_name(call)}(call, {first(call)}, args, where);",
        f"  {call.table.error} *error = call(args);",
        *outcome(abi, call, "RYFT__LIKELY({})".format),
        "}",
        "",
    ]
    return watched_caller(abi, call) + out


def made(call):
    """The one thing that a call makes for its caller, which must be there when the call went well; or None. Where it
    makes several, or its row says `optional`, only the caller knows what is missing and what is to be destroyed."""
    owned = [field for field in call.args.fields() if field.direction == "out" and field.attributes.get("own")]
    if len(owned) != 1 or owned[0].attributes["own"] is not True or "optional" in owned[0].attributes:
        return None
    return owned[0] if owned[0].type.pointers == 1 else None


def noun(type_name):
    """PJRT_LoadedExecutable is a "loaded executable"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type_name.split("_", 1)[1]).replace("_", " ").lower()


def outcome(abi, call, likely=str):
    """Returns what the plugin's `error` means, and looks whether it gave what it had to."""
    field = made(call)
    if field is None:
        return [f"  return {likely('error == NULL')} ? NULL : {answer(abi, call)};"]
    missing = f'ryft__answer_missing({function_id(abi, call)}, "{noun(field.type.base)}", where)'
    return [f"  if (!{likely('error == NULL')}) return {answer(abi, call)};".replace("!error == NULL", "error != NULL"),
            f"  return {likely(f'args->{field.name} != NULL')} ? NULL : {missing};"]


def drop(abi, call):
    """Destroys a thing where there is nobody to tell of an error, and nothing more that could be done."""
    fields = call.args.fields()
    kind = call.name[:-len("_Destroy")]
    if not call.name.endswith("_Destroy") or call.result != "error" or call.table.reads:
        return []
    target = [field for field in fields if field.type.base == kind and field.type.pointers == 1]
    if len(target) != 1 or abi.extension:
        return []
    return [
        f"RYFT__CALLER void ryft__{kind}_drop(",
        f"    const ryft__table *t, {kind} *raw, const char *where) {{",
        f"  {call.args.name} args = {{.{target[0].name} = raw}};",
        f"  ryft_error *error = ryft__{call.name}(t, &args, where);",
        "  if (RYFT__UNLIKELY(error != NULL)) ryft_error_destroy(error);",
        "}",
        "",
    ]


def first(call):
    """What a watched caller needs to reach the plugin's tables."""
    return "x" if call.table.reads and call.result == "error" else "t"


def watched_name(call):
    return "ryft__watched_" + call.name


def watched_signature(abi, call, result):
    whole = first(call) == "x"
    kind = f"const ryft__ext_{abi.name} *x" if whole else "const ryft__table *t"
    return [
        f"RYFT__WATCHED_CALLER {result}{watched_name(call)}(",
        f"    {call.name} *call, {kind}, {call.args.name} *args, const char *where) {{",
        *(["  const ryft__table *t = x->table;"] if whole else []),
        "  ryft__span span;",
    ]


def watched_caller(abi, call):
    """The call itself while somebody watches, apart so that it takes no room in the caller."""
    fn = function_id(abi, call)
    other = bool(call.table.reads)
    after = ["  ryft_error *ours = error == NULL ? NULL : " + answer(abi, call) + ";",
             "  ryft__after_other(&span, ours);",
             "  return ours;"] if other else [
             "  ryft__after(&span, error);",
             *outcome(abi, call)]
    return watched_signature(abi, call, "RYFT_MUST_USE ryft_error *") + [
        f"  ryft_error *refused = ryft__before(&span, t, {fn}, args, where);",
        "  if (refused != NULL) return refused;",
        f"  {call.table.error} *error = call(span.given);",
        *after,
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
    return watched_signature(abi, call, "void ") + [
        f"  ryft__before_void(&span, t, {fn}, args, where);",
        "  call(span.given);",
        "  ryft__after(&span, NULL);",
        "}",
        "",
    ] + out
