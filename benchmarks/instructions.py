"""What an attempt costs in instructions, feature by feature: no clock, and so no noise.

    python -m benchmarks.instructions

The variants of features.yaml add one thing each to a plain queue. The compiled engine plays each of them twice on one
tape under callgrind: first to draw it, then counted. Beside it the workloads of engines.py, and the same of the C
programs of ../shared/bench where they are (the loop with the drawing of chance, for W1 less the drawing). Machine code
is compiled for a plain processor here, for callgrind knows none of the widest registers.

Needs valgrind with its header, a C compiler and Numba; takes some minutes. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from benchmarks.engines import ALL, HERE, SHARED, compile_c, compiler, scenario_of
from callsim import engine
from callsim.demand import Tape
from callsim.randomness import Common
from callsim.scenario import Scenario, load

FEATURES = HERE / "features.yaml"
WORKLOADS = ("W1", "W2")
DAYS = 2
"""Of the workloads."""


class Counted(NamedTuple):
    """Instructions of a run, and the attempts in it."""

    name: str
    attempts: int
    instructions: int

    @property
    def each(self) -> float:
        return self.instructions / self.attempts


def scenarios() -> dict[str, Scenario]:
    """All that is counted, by name."""
    found = dict(load(FEATURES).variants)
    for workload in WORKLOADS:
        scenario = scenario_of(workload)
        days = min(scenario.calendar.days, DAYS)
        found[workload] = scenario.model_copy(update={"calendar": scenario.calendar.model_copy(update={"days": days})})
    return found


def play(library: Path) -> None:
    """Play every scenario, counted; prints the attempts of each."""
    watcher = ctypes.CDLL(str(library))
    engine.load()
    from callsim.engine import compiled

    for name, scenario in scenarios().items():
        common = Common(1, 0, room=ALL)
        for _ in compiled.stretches(scenario, Tape(scenario, 1, 0, common=common)):
            pass
        watcher.begin()
        attempts = sum(
            len(chunk.attempts) for chunk in compiled.stretches(scenario, Tape(scenario, 1, 0, common=common))
        )
        watcher.end(name.encode())
        print(f"{attempts} {name}", flush=True)


def counted(folder: Path) -> list[Counted]:
    """The scenarios on the compiled engine."""
    library = folder / "count.so"
    command = compiler()
    assert command is not None, "a C compiler is needed"
    subprocess.run([command, "-shared", "-fPIC", "-O1", "-o", library, HERE / "c" / "count.c"], check=True)
    environment = os.environ | {
        "NUMBA_CPU_NAME": "generic",
        "NUMBA_CACHE_DIR": str(folder),
        "OPENBLAS_NUM_THREADS": "1",
    }
    own = [sys.executable, "-m", "benchmarks.instructions", "--play", str(library)]
    # First without callgrind, under which compiling would take half an hour.
    subprocess.run(own, check=True, cwd=HERE.parent, env=environment, stdout=subprocess.DEVNULL)
    out = folder / "dump"
    watched = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", "--smc-check=all-non-file", *own]
    done = subprocess.run(
        watched,
        check=True,
        cwd=HERE.parent,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    attempts = {name: int(number) for number, name in (line.split(" ", 1) for line in done.stdout.splitlines())}
    return [Counted(name, attempts[name], number) for name, number in _dumps(folder, "dump.*") if name in attempts]


def _dumps(folder: Path, pattern: str) -> list[tuple[str, int]]:
    """What triggered each dump of callgrind, and the instructions in it."""
    found = []
    for path in sorted(folder.glob(pattern), key=lambda path: int(path.suffix[1:])):
        text = path.read_text(errors="replace")
        trigger = re.search(r"^desc: Trigger: Client Request: (.*)$", text, re.MULTILINE)
        total = re.search(r"^(?:summary|totals): (\d+)", text, re.MULTILINE)
        if trigger and total:
            found.append((trigger[1].strip(), int(total[1])))
    return found


def in_c(folder: Path) -> list[Counted]:
    """The C programs: the difference of a longer and a shorter run."""
    if not SHARED.is_dir():
        return []
    compile_c(SHARED / "w1.c", folder)
    compile_c(SHARED / "w2.c", folder)
    w1 = [_of_c(folder, "w1", "W1", mode, calls, 1) for mode in (0, 3) for calls in (50_000, 250_000)]
    w2 = [_of_c(folder, "w2", days, 1) for days in (2, 10)]
    loop = (w1[1][1] - w1[0][1]) - (w1[3][1] - w1[2][1])
    return [
        Counted("W1 in C", 200_000, loop),
        Counted("W2 in C, chance drawn as well", w2[1][0] - w2[0][0], w2[1][1] - w2[0][1]),
    ]


def _of_c(folder: Path, *command: object) -> tuple[int, int]:
    """(attempts, instructions) of a program."""
    program, *words = command
    watched = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder / 'c'}", folder / str(program), *words]
    done = subprocess.run(list(map(str, watched)), check=True, capture_output=True, text=True)
    attempts = re.search(r'"attempts":(\d+)', done.stdout)
    total = re.search(r"Collected : (\d+)", done.stderr)
    assert total is not None
    return int(attempts[1]) if attempts else 0, int(total[1])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.instructions")
    parser.add_argument("--play", type=Path, help=argparse.SUPPRESS)
    library = parser.parse_args().play
    if library is not None:
        play(library)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = [*counted(folder), *in_c(folder)]
    plain = next(one for one in found if one.name == "plain")
    print("| what is played | attempts | instructions each | more than plain |\n|---|---:|---:|---:|")
    for one in found:
        more = f"{one.each - plain.each:+.0f}" if one.name in load(FEATURES).variants else ""
        print(f"| {one.name} | {one.attempts} | {one.each:.0f} | {more if one is not plain else ''} |")


if __name__ == "__main__":
    main()
