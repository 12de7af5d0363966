"""Variants of one file or several on the same callers: the cheapest, how sure that is, and what would flip it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from callsim.decisions import Decision, decide
from callsim.economics import LOSS_KEYS
from callsim.estimate import Estimate, added
from callsim.flips import Flip, Lever, flip, flips, of_volume, rivals_of
from callsim.joining import Joined, join
from callsim.replicate import Result, VariantResult, run_scenarios
from callsim.scenario import Scenario, Study, remarks_on_prices, unsaid_in, weak_prices_in
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
    """What is taken for granted as the files say nothing of it."""
    weak_prices: tuple[str, ...] = ()
    """Prices on weak evidence."""
    remarks: tuple[str, ...] = ()
    """What else is worth a look."""
    targets: tuple[float, ...] = ()
    """Target times of the queues, in seconds."""
    views: Mapping[str, Decision] = {}
    """The ranking by total cost for each view of the loss, where there is a total cost."""

    @property
    def baseline(self) -> str:
        """What the others are compared with."""
        return self.result.variants[0].name

    @property
    def best(self) -> str:
        """The first of the ranking; of those that are the same the baseline."""
        same = [one.name for one in self.decision.ranked if one.is_same]
        return self.baseline if self.baseline in same else same[0]


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
    unsaid = unsaid_in(scenarios)
    told = {*unsaid, *remarks_on_prices(scenarios)}
    return Comparison(
        result, joined.differing, decision, tuple(found), tuple(weak), unsaid, weak_prices_in(scenarios),
        remarks=tuple(one for one in result.remarks if one not in told),
        targets=targets_of(scenarios.values()),
        views=decide_by_view(result),
    )  # fmt: skip


def targets_of(scenarios: Iterable[Scenario]) -> tuple[float, ...]:
    """The target times of all queues, each once."""
    return tuple(sorted({queue.target[1] for one in scenarios for queue in one.queues.values() if queue.target}))


def decide_by_view(result: Result) -> dict[str, Decision]:
    """The ranking by total cost for each view of the loss that says something of its own; none without a total."""
    if any(not math.isfinite(variant.money["total_cost"].value) for variant in result.variants):
        return {}
    return {
        view: decide("total_cost", {variant.name: total_by(result, variant, view) for variant in result.variants})
        for view in views_of(result)
    }


def views_of(result: Result) -> list[str]:
    """The views of the loss worth telling of: none without a loss, replacement only where it is counted, and the same
    loss once."""
    told: dict[str, list[float]] = {}
    for view, key in LOSS_KEYS.items():
        losses = [variant.money[key].value for variant in result.variants if key in variant.money]
        counted = view == result.count_loss_as
        is_known = bool(losses) and all(map(math.isfinite, losses)) and any(losses)
        is_new = view != "replacement" and losses not in told.values()
        if is_known and (counted or is_new):
            told = {other: values for other, values in told.items() if values != losses} | {view: losses}
    return list(told)


def total_by(result: Result, variant: VariantResult, view: str) -> Estimate:
    """The total cost where the loss is counted in one view or another."""
    if view == result.count_loss_as and math.isfinite(variant.money["total_cost"].value):
        return variant.money["total_cost"]
    return added(paid(variant), variant.money[LOSS_KEYS[view]])


def paid(variant: VariantResult) -> Estimate:
    """Money that leaves an account: payroll, invoices and phone lines."""
    lines = variant.money["phone_lines"]
    rest = [lines] if math.isfinite(lines.value) else []
    return added(variant.money["payroll"], variant.money["invoices"], *rest)


def decide_on(result: Result) -> Decision:
    """The ranking by total cost; by lost callers where a variant has none."""
    for key in ("total_cost", "lost_callers"):
        costs = {variant.name: variant.all[key] for variant in result.variants}
        if all(math.isfinite(cost.value) for cost in costs.values()):
            break
    return decide(key, costs)


def _volume(result: Result, best: str, again: Callable[[float], Result]) -> Lever | None:
    """The lever of volume, with runs of its own: some far apart, then where the answer seems to flip."""
    rivals = rivals_of(result, best)
    others: dict[float, Result] = {}

    def tried(factor: float) -> bool:
        """Whether it could be played: nobody may know what a vendor would charge for so many calls."""
        try:
            others[factor] = again(factor)
        except MissingRate:
            return False
        return True

    def flips_at() -> float | None:
        return flip(of_volume(result, others), best, rivals).nearest.at if others and rivals else None

    down = up = bool(rivals)
    for less, more in FACTORS:
        if flips_at() is None:
            down, up = down and tried(less), up and tried(more)
    for _ in range(REFINED):
        at = flips_at()
        if at is None or min(abs(math.log(at / factor)) for factor in (1.0, *others)) < CLOSE or not tried(at):
            break
    return of_volume(result, others) if others else None
