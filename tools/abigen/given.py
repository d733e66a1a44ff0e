# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Tables of functions that we give to a plugin: what it calls, and how that reaches ours."""

from model import spell, split_parameters


def thunks(abi):
    """C for every struct of the file that is `given`."""
    out = []
    for struct in abi.structs.values():
        if struct.given:
            out += given(abi, struct)
    return out


def short(struct):
    return "ryft__given_" + struct.name[len("PJRT_"):]


def functions(struct):
    return [entry for entry in struct.fields() if entry.type.parameters is not None]


def parameters(entry):
    """[(type, name)] behind the first, which says whose the functions are."""
    out = []
    for text in split_parameters(entry.type.parameters)[1:]:
        kind, name = text.rsplit(" ", 1) if "*" not in text else (text[: text.rindex("*") + 1], text[text.rindex("*") + 1 :])
        out.append((spell(kind), name.strip()))
    return out


def given(abi, struct):
    name = short(struct)
    out = [
        "/* What a plugin is given: it calls back with the address of `raw`, and each function finds ours from there. */",
        f"typedef struct {name} {{",
        f"  {struct.name} raw; /* first */",
        "  void *self;",
    ]
    for entry in functions(struct):
        rest = "".join(f", {kind}{arg}" for kind, arg in parameters(entry))
        out.append(f"  void (*{entry.name})(void *self{rest});")
    out += [f"}} {name};", ""]
    for entry in functions(struct):
        out += thunk(abi, struct, entry)
    out += [
        "/* For those of our functions that are set. */",
        f"static inline void {name}_init({name} *out) {{",
        *(f"  out->raw.{e.name} = out->{e.name} == NULL ? NULL : {name}_{e.name};" for e in functions(struct)),
        "}",
        "",
    ]
    return out


def sized(abi, kind):
    """The struct behind a parameter, when it says its size: the plugin's may be shorter than ours."""
    target = abi.find("structs", kind.replace("*", "").strip())
    return target if target is not None and target.mode != "plain" else None


def thunk(abi, struct, entry):
    name = short(struct)
    listed = parameters(entry)
    declared = "".join(f", {kind}{arg}" for kind, arg in listed)
    out = [
        f"static inline void {name}_{entry.name}({struct.name} *data{declared}) {{",
        f"  {name} *ours = ({name} *)(void *)data;",
    ]
    passed, after = [], []
    for kind, arg in listed:
        target = sized(abi, kind)
        if target is None:
            passed.append(arg)
            continue
        out += [f"  {target.name} known_{arg};", f"  ryft__receive(&known_{arg}, sizeof known_{arg}, {arg});"]
        passed.append(f"&known_{arg}")
        after.append(f"  ryft__reply({arg}, &known_{arg}, sizeof known_{arg});")
    out.append(f"  ours->{entry.name}({', '.join(['ours->self', *passed])});")
    return out + after + ["}", ""]
