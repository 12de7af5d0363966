"""How fast the SimPy engine plays, as a multiple of the speed of the textbook program (textbook.py).

    python -m benchmarks.engines [--rounds 7] [--at-least 2.5]

Both programs play the workloads in turn, A B A B ..., each time in a fresh process; counted are seconds of processor
time. Only the ratios mean anything, and only pair by pair, for the machine's speed drifts. The engine's clock runs
from the scenario and a tape already drawn to the last row of the log; the textbook program draws as it goes.

Before any speed is shown, the results of the very runs that were timed are held against the exact values (M/M/n+G).
Exit code 1 where they do not agree, or where a ratio is below `--at-least`.
"""

from __future__ import annotations

import argparse
import gc
import json
import math
import subprocess
import sys
import time
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from statistics import mean, median, stdev
from typing import NamedTuple, TypeVar

import numpy as np
from scipy.special import stdtrit

from callsim import erlang
from callsim.calllog import Attempt, Chunk
from callsim.demand import AttemptDraws, CallerDraws, Day, Draws, Tape
from callsim.engine import reference
from callsim.scenario import Scenario, load
from callsim.scenario.timetable import DAY, WhileOpen

HERE = Path(__file__).parent
WORKLOADS = ("W1", "W1s")
PROGRAMS = ("textbook", "engine")
CONFIDENCE = 0.999

Block = TypeVar("Block", bound=Draws)


class Run(NamedTuple):
    """One run of a program: its speed, and what became of the callers."""

    callers: int
    seconds: float
    """Processor time."""
    abandoned: float
    wait: float
    """Mean wait of those answered, seconds."""
    within: float
    """Share of all callers answered within 20 s."""

    @property
    def speed(self) -> float:
        """Attempts per second; nobody redials here, so callers are attempts."""
        return self.callers / self.seconds


MEASURES = Run._fields[2:]


class DrawnTape(Tape):
    """A tape drawn from end to end beforehand, first attempts only: nobody redials in these workloads."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        super().__init__(scenario, seed, 0)
        # One day more than is counted: the calls of the last day end on the next.
        days = [super(DrawnTape, self).day(number) for number in range(int(scenario.calendar.end // DAY) + 1)]
        self._drawn = [
            (day, _drawn(CallerDraws(self, number, day, 0)), _drawn(AttemptDraws(self, number, day, 1)))
            for number, day in enumerate(days)
        ]

    def day(self, number: int) -> Day:
        return self._drawn[number][0]

    def callers(self, number: int, day: Day) -> CallerDraws:
        return self._drawn[number][1]

    def attempts(self, number: int, day: Day, attempt: int) -> AttemptDraws:
        assert attempt == 1
        return self._drawn[number][2]


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
    dialled = columns["dialled"]
    counted = (dialled >= scenario.calendar.warm_up) & (dialled < scenario.calendar.end)
    waits = (columns["answered"] - columns["asked"])[counted]
    answered = waits[~np.isnan(waits)]
    return Run(
        callers=len(rows),
        seconds=seconds,
        abandoned=1 - answered.size / waits.size,
        wait=float(answered.mean()),
        within=np.count_nonzero(answered <= _target(scenario)) / waits.size,
    )


def _target(scenario: Scenario) -> float:
    (queue,) = scenario.queues.values()
    assert queue.target is not None
    return queue.target[1]


def exact(workload: str) -> tuple[float, ...]:
    """The long-run values of MEASURES, as the scenario file implies them."""
    scenario = scenario_of(workload)
    (source,) = scenario.sources.values()
    (team,) = scenario.teams.values()
    assert source.callers is not None and source.callers.per == "hour"
    assert isinstance(team.agents, WhileOpen)
    answer = erlang.mmng(
        source.callers.number / 3600.0,
        source.talk.mean,
        agents=int(team.agents.value),
        patience=source.hangs_up_ringing,
        target=_target(scenario),
    )
    return answer.p_abandon, answer.mean_wait_answered_s, answer.within


def timed(program: str, workload: str, *, callers: int, seed: int) -> Run:
    """Run a program in a process of its own."""
    command = {
        "textbook": [str(HERE / "textbook.py"), workload, str(callers), str(seed)],
        "engine": ["-m", "benchmarks.engines", "--play", workload, "--seed", str(seed)],
    }[program]
    done = subprocess.run([sys.executable, *command], cwd=HERE.parent, check=True, stdout=subprocess.PIPE, text=True)
    return Run(**json.loads(done.stdout))


def interleaved(workload: str, rounds: int) -> dict[str, list[Run]]:
    """The runs of each program, taken in turn; both play as many callers as the scenario expects."""
    (source,) = scenario_of(workload).sources.values()
    assert source.callers is not None
    callers = round(source.callers.number * scenario_of(workload).calendar.end / 3600.0)
    runs: dict[str, list[Run]] = {program: [] for program in PROGRAMS}
    for seed in range(1, rounds + 1):
        for program in PROGRAMS:
            runs[program].append(timed(program, workload, callers=callers, seed=seed))
    return runs


def agrees(workload: str, runs: dict[str, list[Run]]) -> bool:
    """Print how the results lie against the exact values; whether each differs from them by no more than noise."""
    fine = True
    for program, of in runs.items():
        for name, truth in zip(MEASURES, exact(workload), strict=True):
            values = [getattr(run, name) for run in of]
            noise = stdtrit(len(values) - 1, (1 + CONFIDENCE) / 2) * stdev(values) / math.sqrt(len(values))
            good = abs(mean(values) - truth) <= noise
            fine &= good
            verdict = "agrees" if good else "DIFFERS"
            print(f"{workload:4} {program:9} {name:9} {mean(values):9.5f} +- {noise:.5f}  exact {truth:.5f}  {verdict}")
    return fine


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
        print(json.dumps(play(options.play, options.seed)._asdict()))
        return 0
    runs = {workload: interleaved(workload, options.rounds) for workload in options.workloads}
    agreeing = [agrees(workload, of) for workload, of in runs.items()]
    if not all(agreeing):
        print("The results differ from the exact values: speeds mean nothing.")
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
