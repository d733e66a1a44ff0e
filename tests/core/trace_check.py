# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Looks at a trace that test_trace_real.c made: trace_check.py calls|args|times FILE or
trace_check.py json FILE SIZE... with the sizes of the programs that were compiled."""

import json
import re
import sys

NUMBER = re.compile(r"ryft (\d+) (PJRT_\w+)(.*)")
RUNS = 6  # two threads, three each
THREADS = 3  # and the one that made the client


def lines(path):
    """[(thread, function, rest)]"""
    with open(path, encoding="utf-8") as file:
        found = [NUMBER.fullmatch(line.rstrip("\n")) for line in file]
    assert found and None not in found, "a line of another form"
    return [(int(match[1]), match[2], match[3]) for match in found]


def check_complete(calls):
    """`calls` as [(thread, function)]: what the program did, on the threads that did it."""
    threads = {thread for thread, _ in calls}
    assert len(threads) == THREADS, threads
    names = [name for _, name in calls]
    assert names[0] == "PJRT_Plugin_Initialize", names[0]
    assert names.count("PJRT_Client_Create") == 1
    assert names.count("PJRT_Client_Compile") == 2
    assert names.count("PJRT_LoadedExecutable_Execute") == RUNS
    assert names.count("PJRT_Client_BufferFromHostBuffer") == 2 * RUNS
    assert names[-1] == "PJRT_Client_Destroy", names[-1]
    maker = calls[0][0]
    assert all(thread != maker for thread, name in calls if name == "PJRT_LoadedExecutable_Execute")


def check_calls(path):
    found = lines(path)
    for _, name, rest in found:
        assert rest == " -> ok" or rest.startswith(" -> error: "), (name, rest)
    refused = [name for _, name, rest in found if rest.startswith(" -> error: ")]
    assert "PJRT_Client_Compile" in refused, refused
    check_complete([(thread, name) for thread, name, _ in found])


def check_args(path):
    """A line before each call, with what goes in, and one after it, with what came out."""
    under_way, done, uploads = {}, [], 0
    for thread, name, rest in lines(path):
        if rest.startswith("("):
            assert re.search(r"\) in \w+$", rest) or rest.endswith("..."), rest
            assert under_way.setdefault(thread, []) is not None
            under_way[thread].append(name)
            if name == "PJRT_Client_BufferFromHostBuffer" and "dims=[4]" in rest and "type=" in rest:
                uploads += 1
            continue
        assert rest.startswith(" -> "), rest
        assert under_way[thread].pop() == name, "a call ended that did not begin"
        done.append((thread, name))
        if name == "PJRT_Client_Create" and rest.startswith(" -> ok"):
            assert re.search(r" client=0x[0-9a-f]+", rest), rest
    assert uploads == 2 * RUNS, uploads
    assert not any(under_way.values()), under_way
    check_complete(done)


def check_times(path):
    found = lines(path)
    for _, name, rest in found:
        assert re.fullmatch(r" -> .* \d+\.\d{3} us", rest), (name, rest)
    check_complete([(thread, name) for thread, name, _ in found])
    compiling = [float(rest.split()[-2]) for _, name, rest in found if name == "PJRT_Client_Compile"]
    assert max(compiling) > 100, compiling  # microseconds


def check_track(events):
    """Spans of one thread follow one another or lie inside one another."""
    ends = []
    for event in sorted(events, key=lambda each: (each["ts"], -each["dur"])):
        while ends and ends[-1] <= event["ts"]:
            ends.pop()
        end = event["ts"] + event["dur"]
        assert not ends or end <= ends[-1] + 0.001, event
        ends.append(end)


def check_titles(titles, threads):
    """One name for the process, first of all, and one for each thread."""
    assert [each["name"] for each in titles] == ["process_name"] + ["thread_name"] * len(threads), titles
    assert {(each["pid"], each["tid"]) for each in titles[1:]} == threads, titles
    assert all(each["args"]["name"].startswith("test_trace_real") for each in titles), titles


def check_json(path, program_sizes):
    with open(path, encoding="utf-8") as file:
        everything = json.load(file)
    titles = [event for event in everything if event["ph"] == "M"]
    events = [event for event in everything if event["ph"] != "M"]
    assert everything[0] is titles[0], everything[0]
    check_titles(titles, {(event["pid"], event["tid"]) for event in events})
    tracks = {}
    for event in events:
        assert event["ph"] == "X" and event["cat"] == "pjrt", event
        assert event["name"].startswith("PJRT_") and event["dur"] >= 0 <= event["ts"], event
        assert event["args"]["where"].startswith("ryft_"), event
        tracks.setdefault((event["pid"], event["tid"]), []).append(event)
    assert len({pid for pid, _ in tracks}) == 1
    for track in tracks.values():
        check_track(track)
    by_end = sorted(events, key=lambda each: each["ts"] + each["dur"])
    check_complete([(event["tid"], event["name"]) for event in by_end])
    uploads = [event for event in events if event["name"] == "PJRT_Client_BufferFromHostBuffer"]
    for event in uploads:
        assert event["args"]["in"]["dims"] == [4], event
        assert event["args"]["in"]["type"] == "PJRT_Buffer_Type_F32", event
    runs = [event for event in events if event["name"] == "PJRT_LoadedExecutable_Execute"]
    assert all(event["args"]["in"]["num_args"] == 2 and event["args"]["in"]["num_devices"] == 1 for event in runs)
    compiles = [event["args"] for event in events if event["name"] == "PJRT_Client_Compile"]
    assert compiles[0]["result"] == "ok" and compiles[1]["result"].startswith("error: "), compiles
    assert [each["in"]["program"]["code_size"] for each in compiles] == program_sizes, compiles


CHECKS = {"calls": check_calls, "args": check_args, "times": check_times, "json": check_json}

if __name__ == "__main__":
    sizes = [int(size) for size in sys.argv[3:]]
    CHECKS[sys.argv[1]](sys.argv[2], *([sizes] if sizes else []))
