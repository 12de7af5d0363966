"""Play the runs and print the table, or how long the runs must be."""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import groupby

from benchmarks.theory.broken import FAULTS, Fault
from benchmarks.theory.cases import case
from benchmarks.theory.families import FAMILIES
from benchmarks.theory.play import Sums, play
from benchmarks.theory.runs import PILOT_REPLICATIONS, PILOT_SEED, RUNS, Run
from benchmarks.theory.verdict import Finding, faults, findings
from callsim.engine import ENGINES


def _played(run: Run, pool: ProcessPoolExecutor, engine: str) -> list[Sums]:
    return list(pool.map(partial(play, run=run, engine=engine), range(run.replications), chunksize=2))


def _columns(runs: Sequence[Run]) -> list[str]:
    """What the cases of a family compare, each once."""
    return list(dict.fromkeys(measure.name for run in runs for measure in case(run.case, run.family).measures))


def _header(family: str, columns: Sequence[str]) -> str:
    names = ("case", "attempts", "of", *columns, "tape", "error / rule", "band")
    return f"\n{FAMILIES[family].title}\n\n| {' | '.join(names)} |\n|{' --- |' * len(names)}"


def _rows(found: Sequence[Finding], columns: Sequence[str], attempts: int) -> Iterator[str]:
    """Lines of the table, one for each view: z by measure, in brackets where the rule is relaxed."""
    compared = [one for one in found if one.measure.view != "tape"]
    tape = max(abs(one.z) for one in found if one.measure.view == "tape")
    ends = [f"{tape:.2f}", f"{max(one.precision for one in compared):.2f}", f"{found[0].limit:.2f}"]
    begins = [f"`{found[0].run.case}`", f"{attempts:,}"]
    for view, ones in groupby(compared, lambda one: one.measure.view):
        cells: dict[str, list[str]] = {}
        for one in ones:
            cells.setdefault(one.measure.name, []).append(f"({one.z:+.2f})" if one.is_relaxed else f"{one.z:+.2f}")
        scores = (", ".join(cells.get(column, ["–"])) for column in columns)
        yield f"| {' | '.join([*begins, view, *scores, *ends])} |"
        begins, ends = ["", ""], ["", "", ""]


def _table(runs: Sequence[Run], workers: int, engine: str) -> list[str]:
    """Play the runs and print lines for each as it ends; return what speaks against them."""
    against: list[str] = []
    scores: list[float] = []
    begun, attempts = time.monotonic(), 0
    with ProcessPoolExecutor(workers) as pool:
        for family, members in groupby(runs, lambda run: run.family):
            together = list(members)
            columns = _columns(together)
            print(_header(family, columns))
            for run in together:
                replications = _played(run, pool, engine)
                found = findings(run, replications)
                played = sum(one.attempts for one in replications)
                print("\n".join(_rows(found, columns, played)), flush=True)
                attempts += played
                against += faults(found)
                scores += [one.z for one in found]
    worst, spread = max(map(abs, scores)), math.sqrt(math.fsum(z * z for z in scores) / len(scores))
    print(f"\n{len(scores)} estimates from {attempts:,} attempts, ", end="")
    print(f"z at most {worst:.2f}, root mean square {spread:.2f}")
    print(f"{time.monotonic() - begun:.0f} s on {workers} processes", file=sys.stderr)
    return against


def _pilot(runs: Sequence[Run], workers: int, engine: str) -> None:
    """Print how many replications each run needs for the rule.

    It shows no estimate and no z: lengths must not depend on them.
    """
    with ProcessPoolExecutor(workers) as pool:
        for run in runs:
            trial = run._replace(seed=PILOT_SEED, replications=min(run.replications, PILOT_REPLICATIONS))
            found = findings(trial, _played(trial, pool, engine))
            needed = {str(one.measure): trial.replications * one.precision**2 for one in found}
            measure = max(needed, key=lambda name: needed[name])
            print(f"{run.name}: {needed[measure]:,.0f} for {measure}, {run.replications:,} set", flush=True)


def _caught(workers: int) -> list[str]:
    """Print by how much the short part notices each broken engine; return those that it does not notice."""
    unnoticed: list[str] = []
    print("| case | what is wrong | outside the band | of | worst | z |\n|" + " --- |" * 6)
    with ProcessPoolExecutor(workers) as pool:
        for fault, (run, replications) in zip(FAULTS, pool.map(Fault.play, FAULTS), strict=True):
            found = findings(run, replications)
            outside = [one for one in found if not one.is_inside]
            worst = max(found, key=lambda one: abs(one.z))
            z = f"{worst.z:+.1f}" if math.isfinite(worst.z) else "never so in a right engine"
            cells = [f"`{run.case}`", fault.what, str(len(outside)), str(len(found)), str(worst.measure), z]
            print(f"| {' | '.join(cells)} |", flush=True)
            unnoticed += [] if outside else [f"{fault} is not noticed"]
    return unnoticed


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.theory", description="Hold the engine to exact queueing theory.")
    parser.add_argument("--all", action="store_true", help="every case in full, not only the short part")
    parser.add_argument("--only", metavar="NAME", help="families and cases whose names begin so, in full")
    parser.add_argument("--pilot", action="store_true", help="only show how many replications the runs need")
    parser.add_argument("--broken", action="store_true", help="only show how broken engines are noticed")
    parser.add_argument("--engine", choices=ENGINES[1:], default="simpy", help="whose logs are the same")
    parser.add_argument("--workers", type=int, default=2, help="processes")
    options = parser.parse_args()
    if options.only:
        runs = [run for run in RUNS if run.case.startswith(options.only) or run.family.startswith(options.only)]
    else:
        runs = list(RUNS) if options.all else [run.shortened() for run in RUNS if run.short]
    if options.pilot:
        _pilot(runs, options.workers, options.engine)
        return 0
    against = _caught(options.workers) if options.broken else _table(runs, options.workers, options.engine)
    print("\n".join(against) or ("all noticed" if options.broken else "all inside the joint band"))
    return 1 if against else 0


if __name__ == "__main__":
    sys.exit(main())
