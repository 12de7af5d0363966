"""Variants of one file or several on the same callers: the cheapest, how sure that is, and what would flip it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from callsim.decisions import Decision, decide
from callsim.flips import Flip, Lever, flip, flips, of_volume, rivals_of
from callsim.joining import Joined, join
from callsim.replicate import Result, run_scenarios
from callsim.scenario import Study, unsaid_in
from callsim.scenario.weak import Weak, that_matter, weak_inputs
from callsim.tariffs import MissingRate
from callsim.whatif import with_volume

FACTORS = ((0.5, 2.0), (0.25, 4.0))
"""Times the callers at which everything is played again: the second pair where nothing flips within the first."""
REFINED = 2
"""Runs more where the answer seems to flip."""
CLOSE = 0.02
"""Factors nearer to each other than this are not played both."""
FEWEST, MOST = 10, 20
"""Replications of such a run: a fifth of the others within these bounds."""

Progress = Callable[[int, int], None]


class Comparison(NamedTuple):
    """What a comparison came to."""

    result: Result
    """Of all variants, the baseline first."""
    differing: tuple[str, ...]
    """What is not the same about their callers."""
    decision: Decision
    flips: tuple[Flip, ...]
    """That on which the answer depends most first; none where there is no total cost, or nothing to tell apart."""
    weak: tuple[Weak, ...]
    """Guesses, as the files call them, on which results can depend."""
    unsaid: tuple[str, ...]
    """What is taken for granted on weak evidence, or none."""

    @property
    def baseline(self) -> str:
        """What the others are compared with."""
        return self.result.variants[0].name

    @property
    def best(self) -> str:
        """The first of the ranking; of those that are the same the baseline."""
        first, *_ = self.decision.ranked
        same = [one.name for one in self.decision.ranked if one.is_same]
        return self.baseline if self.baseline in same else first.name


def compare(
    studies: Sequence[Study],
    replications: int = 30,
    *,
    seed: int = 1,
    variants: Sequence[str] = (),
    against: str | None = None,
    settings: Sequence[str] = (),
    engine: str = "auto",
    volumes: bool = True,
    progress: Progress | None = None,
) -> Comparison:
    """Play all variants of some studies, or the named ones, on the same callers, and say which is the cheapest.

    Counts and amounts are for a month of 365/12 days. The baseline is `against`, else the first. Without `volumes`
    nothing is played at other numbers of callers. `settings` are those that the studies were loaded with: what they
    replace is no longer called weak. Raises CallsimError where the studies cannot be compared.
    """
    joined = join(studies, variants=variants, against=against)
    return compare_joined(
        joined, replications, seed=seed, settings=settings, engine=engine, volumes=volumes, progress=progress
    )


def compare_joined(
    joined: Joined,
    replications: int = 30,
    *,
    seed: int = 1,
    settings: Sequence[str] = (),
    engine: str = "auto",
    volumes: bool = True,
    progress: Progress | None = None,
) -> Comparison:
    """The same for variants that are joined already."""
    scenarios = joined.scenarios
    result = run_scenarios(
        joined.title, scenarios, replications,
        solved=joined.solved, seed=seed, engine=engine, progress=progress,
    )  # fmt: skip
    decision = decide_on(result)
    found: list[Flip] = []
    if decision.key == "total_cost":
        best = decision.ranked[0].name
        fewer = min(replications, max(FEWEST, min(replications // 5, MOST)))

        def again(factor: float) -> Result:
            changed = {name: with_volume(scenario, factor) for name, scenario in scenarios.items()}
            return run_scenarios(joined.title, changed, fewer, seed=seed, engine=engine, progress=progress)

        found = flips(result, scenarios, best, _volume(result, best, again) if volumes else None)
    weak = dict.fromkeys(
        one
        for study in joined.studies
        for one in that_matter(weak_inputs(study.path, settings), list(scenarios.values()))
    )
    return Comparison(result, joined.differing, decision, tuple(found), tuple(weak), unsaid_in(scenarios))


def decide_on(result: Result) -> Decision:
    """The ranking by total cost; by lost callers where a variant has none."""
    for key in ("total_cost", "lost_callers"):
        costs = {variant.name: variant.all[key] for variant in result.variants}
        if all(math.isfinite(cost.value) for cost in costs.values()):
            break
    return decide(key, costs)


def _volume(result: Result, best: str, again: Callable[[float], Result]) -> Lever | None:
    """The lever of volume, with runs of its own: some far apart, then where the answer seems to flip."""
    others: dict[float, Result] = {}
    rivals = rivals_of(result, best)
    if not rivals:
        return None
    ends = set()
    for factors in FACTORS:
        for factor in factors:
            side = factor > 1.0
            try:
                if side not in ends:
                    others[factor] = again(factor)
            except MissingRate:
                # Nobody knows what the vendor would charge from here on.
                ends.add(side)
        if others and flip(of_volume(result, others), best, rivals).nearest.at is not None:
            break
    for _ in range(REFINED if others and rivals else 0):
        at = flip(of_volume(result, others), best, rivals).nearest.at
        if at is None or min(abs(math.log(at / factor)) for factor in (1.0, *others)) < CLOSE:
            break
        try:
            others[at] = again(at)
        except MissingRate:
            break
    return of_volume(result, others) if others else None
