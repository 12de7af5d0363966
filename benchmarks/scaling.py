"""What an attempt costs in centres of every size, beside a C program at the same size (c/mmnm.c).

    python -m benchmarks.scaling [--rounds 7] [--curves agents waiting queues teams] [--within 25]

Four curves: 10 to 3,000 agents at one load for each; 1 to 200 callers waiting; 1 to 30 queues that one team serves, and
1 to 30 queues with a team of ten for each. Callers, talks and patience are exponential, every agent has a hundred
callers a day, and small centres play more days, so that nothing else grows. Timed are the compiled engine's loop alone
(the calls of `play`) and the C program's, in turn, seconds of processor time, after a first day that fills the
centre and the memory. What became of the callers in the very runs that were timed is held against Erlang A.

Prints a Markdown table. Exit code 1 where results disagree, or where on a curve a ratio to C is farther than
`--within` percent from their median: then something grows with the size in one of the two and not in the other.
"""

from __future__ import annotations

import argparse
import gc
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from statistics import median
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq

from benchmarks.engines import HERE, Run, Watched, compile_c, compiler, differences, rounds_of, told
from callsim import engine, erlang
from callsim.demand import Tape
from callsim.engine import machine
from callsim.engine.records import LOGS
from callsim.scenario import Scenario, load
from callsim.scenario.timetable import DAY

PER_AGENT = 100
"""Callers a day."""
AGENT_DAYS = 3000
"""Of a run, so many that are timed; but two days at least."""
IMPATIENCE = 3.0
"""Mean talk as a multiple of the mean patience, where nothing else decides that."""


class Size(NamedTuple):
    """A centre: agents and queues, one team for all queues or one for each."""

    curve: str
    agents: int
    queues: int = 1
    teams: int = 1
    load: float = 1.0
    """Callers' talk as a share of what the agents can do."""
    waiting: float | None = None
    """Mean number of those waiting that the patience is chosen for."""

    @property
    def per_day(self) -> int:
        return PER_AGENT * self.agents

    @property
    def days(self) -> int:
        return 1 + max(2, AGENT_DAYS // self.agents)

    @property
    def talk(self) -> float:
        """Mean, seconds."""
        return self.load * DAY / PER_AGENT

    @property
    def patience(self) -> float:
        """Mean, seconds."""
        return self.talk / IMPATIENCE if self.waiting is None else _patience(self, self.waiting)

    @property
    def title(self) -> str:
        return f"{self.curve} {self.agents} {self.queues}"

    def exact(self, patience: float | None = None) -> erlang.Queueing:
        """The long run of each team and its queues (Erlang A)."""
        return erlang.mmnm(
            self.per_day / DAY / self.teams,
            self.talk,
            agents=self.agents // self.teams,
            mean_patience=self.patience if patience is None else patience,
            target=20.0,
        )


@cache
def _patience(size: Size, waiting: float) -> float:
    """The mean patience with which so many wait in the mean, in all queues together."""

    def surplus(patience: float) -> float:
        return size.teams * size.exact(patience).mean_queue - waiting

    found: float = brentq(surplus, 0.01, 100.0 * size.talk, rtol=1e-6)
    return found


CURVES = {
    "agents": tuple(Size("agents", agents) for agents in (10, 30, 100, 300, 1000, 3000)),
    "waiting": tuple(Size("waiting", 100, load=1.2, waiting=waiting) for waiting in (1, 5, 20, 50, 200)),
    "queues": tuple(Size("queues", 300, queues, load=1.05, waiting=60) for queues in (1, 3, 10, 30)),
    "teams": tuple(Size("teams", 10 * queues, queues, queues) for queues in (1, 3, 10, 30)),
}
ABOUT = {
    "agents": "more agents, one queue",
    "waiting": "more waiting, 100 agents",
    "queues": "more queues of one team",
    "teams": "more queues with a team of ten each",
}


class Timed(NamedTuple):
    """The runs at one size, pair by pair."""

    size: Size
    compiled: list[Run]
    c: list[Run]

    @property
    def ratio(self) -> float:
        """The compiled loop's speed as a multiple of C's."""
        pairs = zip(self.compiled, self.c, strict=True)
        return median(ours.speed("compiled loop") / theirs.speed("C loop") for ours, theirs in pairs)


def scenario_of(size: Size, folder: Path) -> Scenario:
    """The centre as a scenario, a source for each queue."""
    queues = [f"q{number}" for number in range(size.queues)]
    per_queue, patience, talk = size.per_day / 24.0 / size.queues, size.patience, size.talk
    serves = [queues] if size.teams == 1 else [[queue] for queue in queues]
    lines = [
        f"name: {size.title}",
        f"calendar: {{start: 2026-03-02, days: {size.days}, open: always}}",
        "sources:",
        *(
            f"  {queue}: {{callers: {per_queue:.6f} per hour, goes_to: queue {queue},"
            f" hangs_up_ringing: exponential {patience:.6f} s, talk: exponential {talk:.6f} s}}"
            for queue in queues
        ),
        "queues:",
        *(f"  {queue}: {{target: 80% in 20 s}}" for queue in queues),
        "teams:",
        *(
            f"  t{number}: {{serves: [[{', '.join(of)}]], agents: {size.agents // size.teams}}}"
            for number, of in enumerate(serves)
        ),
    ]
    path = folder / "scenario.yaml"
    path.write_text("\n".join(lines) + "\n")
    return load(path).variants["base"]


def play(size: Size, scenario: Scenario, seed: int, loop: Watched) -> Run:
    """Play a centre on the compiled engine; what is drawn is drawn outside the loop."""
    from callsim.engine import compiled

    gc.collect()
    attempts = abandoned = 0
    for number, chunk in enumerate(compiled.stretches(scenario, Tape(scenario, seed, 0))):
        rows = np.array(chunk.attempts, LOGS["attempt"])
        if not number or rows["dialled"].max(initial=0.0) < DAY:
            loop.seconds = 0.0
            continue
        rows = rows[(rows["dialled"] >= DAY) & (rows["dialled"] < size.days * DAY)]
        attempts += rows.size
        abandoned += int(np.count_nonzero(np.isnan(rows["answered"])))
    return Run(attempts, {"compiled loop": loop.seconds}, {size.title: [abandoned / attempts]})


def play_in_c(size: Size, program: Path, seed: int) -> Run:
    found = told(program, size.agents, size.queues, size.teams, size.talk, size.patience, size.per_day, size.days, seed)
    return Run(found["attempts"], {"C loop": found["seconds"]}, {size.title: [found["abandoned"]]})


def timed(sizes: Sequence[Size], rounds: int) -> list[Timed]:
    """Play all sizes in turn, one after another, each by both programs; a first round is not counted."""
    engine.load()
    code = machine.code()
    original = code.play
    code.play = loop = Watched(original)
    found = [Timed(size, [], []) for size in sizes]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        program = compile_c(HERE / "c" / "mmnm.c", folder)
        scenarios = [scenario_of(size, folder) for size in sizes]
        for seed in range(rounds + 1):
            for one, scenario in zip(found, scenarios, strict=True):
                pair = play(one.size, scenario, seed, loop), play_in_c(one.size, program, seed)
                if seed:
                    one.compiled.append(pair[0])
                    one.c.append(pair[1])
    code.play = original
    return found


def agree(found: Sequence[Timed]) -> bool:
    """Whether both programs meet Erlang A at every size; what does not is printed."""
    runs = {"compiled": [_all_sizes(of) for of in zip(*(one.compiled for one in found), strict=True)]}
    runs["C"] = [_all_sizes(of) for of in zip(*(one.c for one in found), strict=True)]
    truths = {one.size.title: one.size.exact().p_abandon for one in found}
    wrong = [one for one in differences(runs, truths) if not one.agrees]
    for one in wrong:
        print(f"{one.of}: {one.values[0]:.5f} +- {one.noise:.5f} abandoned, exact {one.values[1]:.5f}  DIFFERS")
    return not wrong


def _all_sizes(runs: Sequence[Run]) -> Run:
    """What was found in one round at all sizes."""
    measures: dict[str, list[float]] = {}
    for run in runs:
        measures |= run.measures
    return runs[0]._replace(measures=measures)


def table(found: Sequence[Timed]) -> str:
    """The curves as a Markdown table."""
    lines = [
        "| | agents | queues | teams | waiting | compiled, ns per attempt | C, ns per attempt | ratio |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    curve = ""
    for one in found:
        size = one.size
        about = ABOUT[size.curve] if size.curve != curve else ""
        curve = size.curve
        waiting = size.teams * size.exact().mean_queue
        cells = [
            about,
            f"{size.agents:,}",
            size.queues,
            size.teams,
            f"{waiting:.1f}",
            *_lengths(one),
            f"{one.ratio:.2f}",
        ]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def _lengths(one: Timed) -> list[str]:
    """Nanoseconds of an attempt, median."""
    clocks: Mapping[str, list[Run]] = {"compiled loop": one.compiled, "C loop": one.c}
    return [f"{1e9 / median(run.speed(clock) for run in runs):,.0f}" for clock, runs in clocks.items()]


def off(ratios: Sequence[float]) -> float:
    """How far the ratio that is farthest from their median is off, as a share of that."""
    return max(abs(ratio / median(ratios) - 1.0) for ratio in ratios)


def constant(found: Sequence[Timed], within: float) -> bool:
    """Print for each curve how far its ratios lie apart; whether none is farther off than the limit."""
    good = True
    for curve in dict.fromkeys(one.size.curve for one in found):
        ratios = [one.ratio for one in found if one.size.curve == curve]
        enough = off(ratios) <= within
        good &= enough
        print(
            f"{ABOUT[curve]}: {min(ratios):.2f} to {max(ratios):.2f}, up to {off(ratios):.0%} off their median,"
            f" largest / smallest {max(ratios) / min(ratios):.2f}:"
            f" {'constant' if enough else 'NOT constant'} within {within:.0%}"
        )
    return good


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    if compiler() is None:
        print("There is no C compiler: nothing to hold the engine against.")
        return 1
    found = timed([size for curve in options.curves for size in CURVES[curve]], options.rounds)
    if not agree(found):
        print("The results differ: speeds mean nothing.")
        return 1
    print(table(found), end="\n\n")
    return 0 if constant(found, options.within / 100.0) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling", description=str(__doc__).split("\n")[0])
    parser.add_argument("--rounds", type=rounds_of, default=7, help="runs at each size (default 7, at least 5)")
    parser.add_argument("--curves", nargs="+", choices=tuple(CURVES), default=tuple(CURVES))
    parser.add_argument("--within", type=float, default=25.0, help="percent that ratios may be off (default 25)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
