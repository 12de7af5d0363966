"""How fast the SimPy engine plays, as a multiple of the speed of a textbook program (textbook.py, textbook_w2.py).

    python -m benchmarks.engines [--rounds 7] [--at-least 2.5]

Both programs play the workloads in turn, A B A B ..., each time in a fresh process; counted are seconds of processor
time. Only the ratios mean anything, and only pair by pair, for the machine's speed drifts. The engine's clock runs
from the scenario and a tape already drawn to the last row of the log.

Before any speed is shown, the results of the very runs that were timed are held against the exact values (M/M/n+G),
or where there are none against each other. Exit code 1 where they do not agree, or where a ratio is below
`--at-least`.
"""

from __future__ import annotations

import argparse
import gc
import json
import math
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from statistics import mean, median, variance
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from callsim import erlang
from callsim.calllog import Attempt, Chunk
from callsim.demand import AttemptDraws, CallerDraws, Day, Draws, Floats, Tape
from callsim.engine import reference
from callsim.scenario import Scenario, load
from callsim.scenario.timetable import DAY, WhileOpen

HERE = Path(__file__).parent
WORKLOADS = ("W1", "W1s", "W2")
PROGRAMS = ("textbook", "engine")
CONFIDENCE = 0.999
"""That all measures of a workload agree, where the programs do."""

Block = TypeVar("Block", bound=Draws)


class Run(NamedTuple):
    """One run of a program: its speed, and what became of the callers."""

    attempts: int
    seconds: float
    """Processor time."""
    measures: dict[str, list[float]]
    """One value for the run, or one for each of its days: of those dialled while counted, the share who abandon
    and that answered within 20 s; and the mean wait of those answered, seconds."""

    @property
    def speed(self) -> float:
        """Attempts per second."""
        return self.attempts / self.seconds


class DrawnTape(Tape):
    """A tape drawn from end to end beforehand, with all attempts that the scenario allows."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        super().__init__(scenario, seed, 0)
        redials = [source.redial.at_most if source.redial else 0 for source in scenario.sources.values()]
        attempts = range(1, max(of for of in redials if of is not None) + 2)
        # One day more than is counted: the calls of the last day end on the next.
        days = [super(DrawnTape, self).day(number) for number in range(int(scenario.calendar.end // DAY) + 1)]
        self._days = days
        self._callers = [_drawn(CallerDraws(self, number, day, 0)) for number, day in enumerate(days)]
        self._attempts = [
            [_drawn(AttemptDraws(self, number, day, attempt)) for attempt in attempts]
            for number, day in enumerate(days)
        ]

    def day(self, number: int) -> Day:
        return self._days[number]

    def callers(self, number: int, day: Day, leg: int = 0) -> CallerDraws:
        assert not leg, "nobody is put through in these workloads"
        return self._callers[number]

    def attempts(self, number: int, day: Day, attempt: int, leg: int = 0) -> AttemptDraws:
        assert not leg, "every agent answers in these workloads"
        return self._attempts[number][attempt - 1]


def _drawn(block: Block) -> Block:
    """The block with every column drawn, whether it will be needed or not."""
    for name, part in vars(type(block)).items():
        if isinstance(part, cached_property):
            getattr(block, name)
    return block


def scenario_of(workload: str) -> Scenario:
    return load(HERE / f"{workload.lower()}.yaml").variants["base"]


def play(workload: str, seed: int) -> Run:
    """Play a workload on the engine, timed."""
    scenario = scenario_of(workload)
    tape = DrawnTape(scenario, seed)
    gc.collect()
    started = time.process_time()
    chunks = list(reference.simulate(scenario, tape))
    seconds = time.process_time() - started
    return _run(scenario, chunks, seconds)


def _run(scenario: Scenario, chunks: Sequence[Chunk], seconds: float) -> Run:
    rows = [row for chunk in chunks for row in chunk.attempts]
    columns = dict(zip(Attempt._fields, np.array(rows).T, strict=True))
    if len(scenario.sources) == 1:
        dialled = columns["dialled"]
        counted = (dialled >= scenario.calendar.warm_up) & (dialled < scenario.calendar.end)
        return Run(len(rows), seconds, {name: [value] for name, value in _measures(columns, counted)})
    # The textbook program stops dialling at midnight. Here a few redial after it, to find nobody on duty.
    in_time = columns["dialled"] % DAY >= DAY / 2
    measures = {}
    for place, source in enumerate(scenario.sources):
        days = [in_time & (columns["source"] == place) & (columns["dialled"] // DAY == day) for day in _days(scenario)]
        measures[f"{source} attempts"] = [float(np.count_nonzero(day)) for day in days]
        for day in days:
            for name, value in _measures(columns, day):
                measures.setdefault(f"{source} {name}", []).append(value)
    return Run(int(np.count_nonzero(in_time)), seconds, measures)


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


def timed(program: str, workload: str, seed: int) -> Run:
    """Run a program in a process of its own."""
    command = _textbook(workload) if program == "textbook" else ["-m", "benchmarks.engines", "--play", workload]
    command += [str(seed)] if program == "textbook" else ["--seed", str(seed)]
    done = subprocess.run([sys.executable, *command], cwd=HERE.parent, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    attempts = found.pop("attempts" if "attempts" in found else "callers")
    seconds = found.pop("seconds")
    return Run(attempts, seconds, {name: of if isinstance(of, list) else [of] for name, of in found.items()})


def _textbook(workload: str) -> list[str]:
    """The command that plays as much as the scenario does on the average."""
    scenario = scenario_of(workload)
    if len(scenario.sources) > 1:
        return [str(HERE / "textbook_w2.py"), str(scenario.calendar.days)]
    (source,) = scenario.sources.values()
    assert source.callers is not None
    return [str(HERE / "textbook.py"), workload, str(round(source.callers.number * scenario.calendar.end / 3600.0))]


def interleaved(workload: str, rounds: int) -> dict[str, list[Run]]:
    """The runs of each program, taken in turn."""
    runs: dict[str, list[Run]] = {program: [] for program in PROGRAMS}
    for seed in range(1, rounds + 1):
        for program in PROGRAMS:
            runs[program].append(timed(program, workload, seed))
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
    """The measures of each program against the exact values, or where there are none against each other (Welch)."""
    samples = {
        program: {name: [value for run in of for value in run.measures[name]] for name in of[0].measures}
        for program, of in runs.items()
    }
    if truths:
        pairs = [
            (f"{program:9} {name:9}", samples[program][name], [truth])
            for program in samples
            for name, truth in truths.items()
        ]
    else:
        pairs = [(name, samples["engine"][name], samples["textbook"][name]) for name in samples["engine"]]
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
    against = "exact" if truths else "textbook"
    for one in found:
        value, other = one.values
        verdict = "agrees" if one.agrees else "DIFFERS"
        print(f"{workload:4} {one.of:19} {value:10.5f} +- {one.noise:.5f}  {against} {other:.5f}  {verdict}")
    return all(one.agrees for one in found)


def compare(workload: str, runs: dict[str, list[Run]]) -> float:
    """Print the speeds; return the median of the ratios, pair by pair."""
    for program, of in runs.items():
        speeds = [run.speed for run in of]
        print(f"{workload:4} {program:9} {median(speeds):9,.0f} attempts/s  ({min(speeds):,.0f} - {max(speeds):,.0f})")
    ratios = [ours.speed / theirs.speed for theirs, ours in zip(runs["textbook"], runs["engine"], strict=True)]
    print(f"{workload:4} ratio     {median(ratios):9.2f}              ({min(ratios):.2f} - {max(ratios):.2f})")
    return median(ratios)


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    if options.play:
        run = play(options.play, options.seed)
        print(json.dumps({"attempts": run.attempts, "seconds": run.seconds} | run.measures))
        return 0
    runs = {workload: interleaved(workload, options.rounds) for workload in options.workloads}
    agreeing = [agrees(workload, of) for workload, of in runs.items()]
    if not all(agreeing):
        print("The results differ: speeds mean nothing.")
        return 1
    ratios = [compare(workload, of) for workload, of in runs.items()]
    return 0 if min(ratios) >= options.at_least else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engines", description=str(__doc__).split("\n")[0])
    parser.add_argument("--rounds", type=_rounds, default=7, help="runs of each program (default 7, at least 5)")
    parser.add_argument("--workloads", nargs="+", choices=WORKLOADS, default=WORKLOADS)
    parser.add_argument("--at-least", type=float, default=2.5, help="smallest ratio that is good enough (default 2.5)")
    parser.add_argument("--play", choices=WORKLOADS, help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, default=1, help=argparse.SUPPRESS)
    return parser


def _rounds(text: str) -> int:
    rounds = int(text)
    if rounds < 5:
        raise argparse.ArgumentTypeError("the noise cannot be told from fewer than 5 rounds")
    return rounds


if __name__ == "__main__":
    sys.exit(main())
