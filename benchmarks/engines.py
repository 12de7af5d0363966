"""How fast the engines play, beside a textbook program in SimPy, the same in C, and Ciw.

    python -m benchmarks.engines [--rounds 7] [--programs textbook simpy compiled C Ciw] [--workloads W1 W1s W2]

First both engines play shortened workloads and have to write the same log to the last bit. Then the programs play the
workloads in turn, A B C A B C ..., each time in a fresh process; counted are seconds of processor time, per attempt.
Only ratios mean anything, and only pair by pair, for the machine's speed drifts. The results of the very runs that
were timed are held against the exact values (M/M/n+G), or where there are none against each other.

What is timed (CLOCKS): an engine alone from the scenario and a tape already drawn to the last row of the log; of the
compiled one also the loop alone (the calls of `play`) and the whole, from nothing drawn to the measures. Of C the
event loop, whose chance is drawn beforehand, and the whole. The C programs and Ciw's are those of ../shared/bench.

Exit code 1 where results disagree, or where a ratio is below what `--at-least` asks.
"""

from __future__ import annotations

import argparse
import gc
import json
import math
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from statistics import mean, median, variance
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from benchmarks.logs import DrawnTape, differs
from callsim import calllog, engine, erlang
from callsim.calllog import Attempt, Chunk
from callsim.demand import Floats, Tape
from callsim.engine import cache, machine, records, reference
from callsim.randomness import Common
from callsim.scenario import Scenario, load
from callsim.scenario.timetable import DAY, WhileOpen
from callsim.sums import Adding

HERE = Path(__file__).parent
SHARED = HERE.parent.parent / "shared" / "bench"
WORKLOADS = ("W1", "W1s", "W2")
PROGRAMS = ("textbook", "simpy", "compiled", "C", "Ciw")
CLOCKS = {
    "textbook": "textbook SimPy",
    "simpy": "SimPy engine alone",
    "compiled": "compiled engine alone",
    "compiled loop": "its loop alone",
    "compiled whole": "tape, engine, log, measures",
    "compiled played": "of these: tape and engine",
    "compiled measures": "of these: measures",
    "C loop": "C event loop",
    "C whole": "C, chance drawn as well",
    "Ciw": "Ciw",
}
"""What is timed, and how that is told."""
REPEATS = {"W1": 3, "W1s": 3, "W2": 6}
"""Replications of a run of the compiled engine, each about 0.05 s."""
SHORT = {"W1": 1, "W1s": 6, "W2": 1}
"""Days on which the logs of both engines are compared."""
IN_C = {"W1": 5_000_000, "W1s": 5_000_000, "W2": 200}
"""Calls of a run of the C program, or days."""
ALL = 1 << 40
"""Bytes of a tape that are kept for further variants, so many that it is all of them."""
CIW_CALLS = 60_000
CONFIDENCE = 0.999
"""That all measures of a workload agree, where the programs do."""


class Run(NamedTuple):
    """One run of a program: its speed, and what became of the callers."""

    attempts: int
    seconds: Mapping[str, float]
    """Processor time by clock."""
    measures: dict[str, list[float]]
    """One value for the run, or one for each of its days: of those dialled while counted, the share who abandon
    and that answered within 20 s; and the mean wait of those answered, seconds."""

    def speed(self, clock: str) -> float:
        """Attempts per second."""
        return self.attempts / self.seconds[clock]


class Ratio(NamedTuple):
    """How many times as fast one is as another."""

    clock: str
    of: str
    name: str = ""
    """By which `--at-least` asks for it; empty where nothing is asked."""
    on: tuple[str, ...] = WORKLOADS
    """The workloads on which it is asked."""


RATIOS = (
    Ratio("simpy", "textbook", "simpy"),
    Ratio("compiled", "simpy"),
    Ratio("compiled", "C loop", "engine", ("W1", "W2")),
    Ratio("compiled loop", "C loop"),
    Ratio("compiled whole", "C whole", "whole", ("W2",)),
    Ratio("Ciw", "textbook"),
)
AT_LEAST = {"simpy": 2.5, "engine": 0.6, "whole": 0.45}


class Watched:
    """A function that counts the processor time spent in it."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.seconds = 0.0

    def __call__(self, *given: Any, **named: Any) -> Any:
        started = time.process_time()
        found = self.function(*given, **named)
        self.seconds += time.process_time() - started
        return found


def scenario_of(workload: str) -> Scenario:
    return load(HERE / f"{workload.lower()}.yaml").variants["base"]


def same_logs(
    workload: str,
    first: Callable[[Scenario, Tape], Iterable[Chunk]],
    second: Callable[[Scenario, Tape], Iterable[Chunk]],
) -> bool:
    """Print whether two engines write the same log of the shortened workload."""
    scenario = scenario_of(workload)
    scenario = scenario.model_copy(update={"calendar": scenario.calendar.model_copy(update={"days": SHORT[workload]})})
    tape = Tape(scenario, 1, 0)
    found = differs(first(scenario, tape), second(scenario, tape))
    print(f"{workload:4} both engines write {f'DIFFERENT logs: {found}' if found else 'the same log to the last bit'}")
    return found is None


def play(program: str, workload: str, seed: int) -> Run:
    """Play a workload on an engine, timed."""
    scenario = scenario_of(workload)
    if program == "compiled":
        return play_compiled(scenario, seed, REPEATS[workload])
    tape = DrawnTape(scenario, seed)
    gc.collect()
    started = time.process_time()
    chunks = list(reference.simulate(scenario, tape))
    seconds = time.process_time() - started
    return _run(scenario, chunks, {"simpy": seconds})


def play_compiled(scenario: Scenario, seed: int, repeats: int) -> Run:
    """Several replications, after one that nobody times: the first finds neither code nor memory ready."""
    engine.load()
    code = machine.code()
    code.play = watched = Watched(code.play)
    runs = [_replication(scenario, 1000 * seed + number, watched) for number in range(repeats + 1)][1:]
    return Run(
        sum(run.attempts for run in runs),
        {clock: sum(run.seconds[clock] for run in runs) for clock in runs[0].seconds},
        {name: [value for run in runs for value in run.measures[name]] for name in runs[0].measures},
    )


def _replication(scenario: Scenario, seed: int, loop: Watched) -> Run:
    """The engine alone, then all that makes one replication a part of the result."""
    from callsim.engine import compiled

    common = Common(seed, 0, room=ALL)
    run = _run(scenario, list(compiled.simulate(scenario, Tape(scenario, seed, 0, common=common))), {})
    gc.collect()
    loop.seconds, started = 0.0, time.process_time()
    # As a further variant of the same callers plays: all is drawn.
    for _ in compiled.stretches(scenario, Tape(scenario, seed, 0, common=common)):
        pass
    alone, in_loop = time.process_time() - started, loop.seconds
    del common
    gc.collect()
    started, counted = time.process_time(), 0.0
    adding = Adding(scenario, in_machine_code=True)
    for stretch in compiled.stretches(scenario, Tape(scenario, seed, 0)):
        before = time.process_time()
        adding.add(calllog.tables(scenario, [stretch]))
        counted += time.process_time() - before
    before = time.process_time()
    adding.sums()
    ended = time.process_time()
    counted += ended - before
    whole = ended - started
    parts = {"compiled played": whole - counted, "compiled measures": counted}
    return run._replace(seconds={"compiled": alone, "compiled loop": in_loop, "compiled whole": whole, **parts})


def _run(scenario: Scenario, chunks: Sequence[Chunk], seconds: Mapping[str, float]) -> Run:
    columns = _columns(chunks)
    if len(scenario.sources) == 1:
        dialled = columns["dialled"]
        counted = (dialled >= scenario.calendar.warm_up) & (dialled < scenario.calendar.end)
        return Run(dialled.size, seconds, {name: [value] for name, value in _measures(columns, counted)})
    # The textbook program stops dialling at midnight. Here a few redial after it, to find nobody on duty.
    in_time = columns["dialled"] % DAY >= DAY / 2
    measures = {}
    for place, source in enumerate(scenario.sources):
        days = [in_time & (columns["source"] == place) & (columns["dialled"] // DAY == day) for day in _days(scenario)]
        measures[f"{source} attempts"] = [float(np.count_nonzero(day)) for day in days]
        for day in days:
            for name, value in _measures(columns, day):
                measures.setdefault(f"{source} {name}", []).append(value)
    return Run(int(np.count_nonzero(in_time)), seconds, measures | all_kinds(measures))


def _columns(chunks: Sequence[Chunk]) -> dict[str, Floats]:
    """The attempts of all days by column."""
    parts = [np.array(chunk.attempts, records.LOGS["attempt"]) for chunk in chunks]
    return {name: np.concatenate([part[name] for part in parts]) for name in Attempt._fields}


def all_kinds(measures: Mapping[str, list[float]]) -> dict[str, list[float]]:
    """The share of all attempts of a run that are abandoned: all that the C program tells of W2."""
    kinds = [name.removesuffix(" attempts") for name in measures if name.endswith(" attempts")]
    attempts, shares = ([measures[f"{kind} {of}"] for kind in kinds] for of in ("attempts", "abandoned"))
    return {"abandoned": [float(np.vdot(attempts, shares) / np.sum(attempts))]}


def _days(scenario: Scenario) -> range:
    return range(int(scenario.calendar.end // DAY))


def _measures(columns: dict[str, Floats], counted: NDArray[np.bool_]) -> Iterator[tuple[str, float]]:
    waits = (columns["answered"] - columns["asked"])[counted]
    answered = waits[~np.isnan(waits)]
    yield "abandoned", 1 - answered.size / waits.size
    yield "wait", float(answered.mean())
    yield "within", np.count_nonzero(answered <= 20.0) / waits.size


def exact(workload: str) -> dict[str, float]:
    """The long-run values of the measures, as the scenario file implies them; none for a whole centre."""
    scenario = scenario_of(workload)
    if len(scenario.sources) > 1:
        return {}
    (source,) = scenario.sources.values()
    (team,) = scenario.teams.values()
    assert source.callers is not None and source.callers.per == "hour"
    assert isinstance(team.agents, WhileOpen)
    answer = erlang.mmng(
        source.callers.number / 3600.0,
        source.talk.mean,
        agents=int(team.agents.value),
        patience=source.hangs_up_ringing,
        target=20.0,
    )
    return {"abandoned": answer.p_abandon, "wait": answer.mean_wait_answered_s, "within": answer.within}


def timed(program: str, workload: str, seed: int, folder: Path) -> Run:
    """Run a program in a process of its own; what is compiled for it stands in the folder."""
    if program == "textbook":
        found = told(sys.executable, *_textbook(workload), seed)
        attempts, seconds = found.pop("attempts" if "attempts" in found else "callers"), found.pop("seconds")
        measures = {name: of if isinstance(of, list) else [of] for name, of in found.items()}
        return Run(attempts, {"textbook": seconds}, measures | (all_kinds(measures) if workload == "W2" else {}))
    if program == "C":
        return _in_c(workload, seed, folder)
    if program == "Ciw":
        found = told(sys.executable, SHARED / "ciw_w1.py", workload, CIW_CALLS, seed)
        return Run(found["calls"], {"Ciw": found["sim_s"] + found["rec_s"]}, _shared_measures(found))
    found = told(sys.executable, "-m", "benchmarks.engines", "--play", program, "--workloads", workload, "--seed", seed)
    return Run(found["attempts"], found["seconds"], found["measures"])


def told(*command: object) -> dict[str, Any]:
    """The JSON that a program prints."""
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=HERE.parent, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout.replace("-nan", "NaN"))
    return found


def _textbook(workload: str) -> list[str]:
    """The command that plays as much as the scenario does on the average."""
    scenario = scenario_of(workload)
    if len(scenario.sources) > 1:
        return [str(HERE / "textbook_w2.py"), str(scenario.calendar.days)]
    (source,) = scenario.sources.values()
    assert source.callers is not None
    return [str(HERE / "textbook.py"), workload, str(round(source.callers.number * scenario.calendar.end / 3600.0))]


def _in_c(workload: str, seed: int, folder: Path) -> Run:
    if workload == "W2":
        found = told(folder / "w2", IN_C[workload], seed)
        seconds = {"C loop": found["sim_s"], "C whole": found["sim_s"] + found["gen_s"]}
        return Run(found["attempts"], seconds, {"abandoned": [found["ab"]]})
    # w1.c draws within its loop: mode 0 plays, mode 3 draws the same and does nothing else.
    found = told(folder / "w1", workload, 0, IN_C[workload], seed)
    drawing = told(folder / "w1", workload, 3, IN_C[workload], seed)["sim_s"]
    seconds = {"C loop": found["sim_s"] - drawing, "C whole": found["sim_s"]}
    return Run(found["calls"], seconds, _shared_measures(found))


def _shared_measures(found: Mapping[str, Any]) -> dict[str, list[float]]:
    return {"abandoned": [found["ab"]], "wait": [found["wait_ans_s"]], "within": [found["sl"]]}


def compiler() -> str | None:
    """A C compiler, if there is one."""
    return shutil.which("cc") or shutil.which("gcc")


def compile_c(source: Path, folder: Path) -> Path:
    """Compile a C program into a folder."""
    program = folder / source.stem
    command = compiler()
    assert command is not None
    subprocess.run([command, "-O3", "-o", str(program), str(source), "-lm"], check=True)
    return program


def lacks(program: str) -> str | None:
    """Why a program cannot be run here."""
    if program == "compiled" and cache.numba_version() is None:
        return "Numba is not installed"
    if program in {"C", "Ciw"} and not SHARED.is_dir():
        return "there is no ../shared/bench"
    if program == "C" and compiler() is None:
        return "there is no C compiler"
    if program == "Ciw" and find_spec("ciw") is None:
        return "not installed"
    return None


def interleaved(workload: str, programs: Sequence[str], *, rounds: int, folder: Path) -> dict[str, list[Run]]:
    """The runs of each program, taken in turn."""
    # Ciw's program has one kind of calls and one team.
    runs: dict[str, list[Run]] = {program: [] for program in programs if program != "Ciw" or workload != "W2"}
    for seed in range(1, rounds + 1):
        for program, of in runs.items():
            of.append(timed(program, workload, seed, folder))
    return runs


class Difference(NamedTuple):
    """Two values that ought to be equal but for chance."""

    of: str
    values: tuple[float, float]
    noise: float
    """By how much chance may move them apart."""

    @property
    def agrees(self) -> bool:
        return abs(self.values[0] - self.values[1]) <= self.noise


def differences(runs: dict[str, list[Run]], truths: dict[str, float]) -> list[Difference]:
    """The measures of each program against the exact values, or where there are none against the first's (Welch)."""
    samples = {
        program: {name: [value for run in of for value in run.measures[name]] for name in of[0].measures}
        for program, of in runs.items()
    }
    first = {name: [truth] for name, truth in truths.items()} or samples.pop(next(iter(samples)))
    pairs = [
        (f"{program:9} {name}", values, first[name])
        for program, of in samples.items()
        for name, values in of.items()
        if name in first
    ]
    return [
        Difference(of, (mean(values), mean(others)), noise(values, others, among=len(pairs)))
        for of, values, others in pairs
    ]


def noise(*samples: Sequence[float], among: int) -> float:
    """How far two means may lie apart where `among` such pairs are to agree all together; one value is exact."""
    squares = [(variance(of) / len(of), len(of) - 1) for of in samples if len(of) > 1]
    total = sum(square for square, _ in squares)
    freedom = total**2 / sum(square**2 / free for square, free in squares) if total else 1.0
    limit: float = stdtrit(freedom, 1 - (1 - CONFIDENCE) / (2 * among))
    return limit * math.sqrt(total)


def agrees(workload: str, runs: dict[str, list[Run]]) -> bool:
    """Print how the results lie; whether none differs by more than noise."""
    truths = exact(workload)
    found = differences(runs, truths)
    against = "exact" if truths else next(iter(runs))
    for one in found:
        value, other = one.values
        verdict = "agrees" if one.agrees else "DIFFERS"
        print(f"{workload:4} {one.of:27} {value:10.5f} +- {one.noise:.5f}  {against} {other:.5f}  {verdict}")
    return all(one.agrees for one in found)


def compare(workload: str, runs: Mapping[str, list[Run]], at_least: Mapping[str, float]) -> bool:
    """Print speeds and ratios; whether none is below what is asked."""
    by_clock = {clock: of for of in runs.values() for clock in of[0].seconds}
    for clock, title in CLOCKS.items():
        if clock in by_clock:
            speeds = [run.speed(clock) for run in by_clock[clock]]
            middle = median(speeds)
            spread = f"({min(speeds):,.0f} - {max(speeds):,.0f})"
            print(f"{workload:4} {title:28} {middle:11,.0f} attempts/s, {1e9 / middle:7,.0f} ns each  {spread}")
    good = True
    for one in RATIOS:
        if one.clock in by_clock and one.of in by_clock:
            found = ratios(one, by_clock)
            asked = at_least.get(one.name) if workload in one.on else None
            enough = asked is None or median(found) >= asked
            good &= enough
            told = "" if asked is None else f"  asked: {asked:g}{'' if enough else ', MISSED'}"
            of = f"{CLOCKS[one.clock]} / {CLOCKS[one.of]}"
            print(f"{workload:4} {of:53} {median(found):7.3f}  ({min(found):.3f} - {max(found):.3f}){told}")
    return good


def ratios(of: Ratio, by_clock: Mapping[str, Sequence[Run]]) -> list[float]:
    """The ratios of the speeds, round by round."""
    pairs = zip(by_clock[of.clock], by_clock[of.of], strict=True)
    return [ours.speed(of.clock) / theirs.speed(of.of) for ours, theirs in pairs]


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    if options.play:
        print(json.dumps(play(options.play, options.workloads[0], options.seed)._asdict()))
        return 0
    programs = [program for program in options.programs if not lacks(program)]
    for program in options.programs:
        if program not in programs:
            print(f"{program}: {lacks(program)}")
    if {"simpy", "compiled"} <= set(programs):
        from callsim.engine import compiled

        engine.load()
        same = [same_logs(workload, reference.simulate, compiled.simulate) for workload in options.workloads]
        if not all(same):
            return 1
    with tempfile.TemporaryDirectory() as folder:
        return _timed_all(programs, options, Path(folder))


def _timed_all(programs: Sequence[str], options: argparse.Namespace, folder: Path) -> int:
    if "C" in programs:
        for source in ("w1.c", "w2.c"):
            compile_c(SHARED / source, folder)
    runs = {
        workload: interleaved(workload, programs, rounds=options.rounds, folder=folder)
        for workload in options.workloads
    }
    agreeing = [agrees(workload, of) for workload, of in runs.items()]
    if not all(agreeing):
        print("The results differ: speeds mean nothing.")
        return 1
    at_least = AT_LEAST | dict(options.at_least)
    good = [compare(workload, of, at_least) for workload, of in runs.items()]
    return 0 if all(good) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engines", description=str(__doc__).split("\n")[0])
    parser.add_argument("--rounds", type=rounds_of, default=7, help="runs of each program (default 7, at least 5)")
    parser.add_argument("--programs", nargs="+", choices=PROGRAMS, default=PROGRAMS)
    parser.add_argument("--workloads", nargs="+", choices=WORKLOADS, default=WORKLOADS)
    asked = " ".join(f"{name}={least:g}" for name, least in AT_LEAST.items())
    parser.add_argument(
        "--at-least", nargs="+", type=_asked, default=[], help=f"smallest ratios that are good enough (default {asked})"
    )
    parser.add_argument("--play", choices=("simpy", "compiled"), help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, default=1, help=argparse.SUPPRESS)
    return parser


def _asked(text: str) -> tuple[str, float]:
    name, _, least = text.partition("=")
    if name not in AT_LEAST:
        raise argparse.ArgumentTypeError(f"expected {', '.join(AT_LEAST)} with a number, such as simpy=2.5")
    return name, float(least)


def rounds_of(text: str) -> int:
    rounds = int(text)
    if rounds < 5:
        raise argparse.ArgumentTypeError("the noise cannot be told from fewer than 5 rounds")
    return rounds


if __name__ == "__main__":
    sys.exit(main())
