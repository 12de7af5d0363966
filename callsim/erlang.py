"""Queueing formulas: what a line does in the long run, without simulating it.

Rates are callers per second, times are seconds, callers arrive as a Poisson stream, handling times are
exponential, the longest waiting caller is taken first. Patience counts from joining the queue and matters
only while all are busy.

The names of the trade: Erlang B (`erlang_b`, no waiting), Erlang C (`mmn`, endless patience), Erlang A
(`mmnm`, exponential patience), M/M/n+G (`mmng`, any patience), M/M/n/K (`mmnk`, a limited number of lines).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from callsim.laws import Law

    Array = npt.NDArray[np.float64]
    Curve = Callable[[Array], Array]


class Queueing(NamedTuple):
    """The long run of one queue. Callers who are answered at once wait 0 s and count in every mean."""

    p_wait: float  # chance that all agents are busy when a caller arrives
    p_abandon: float  # abandoned / offered
    mean_wait_s: float  # over all callers, until answered or gone
    mean_wait_answered_s: float  # over those answered
    mean_offered_wait_s: float  # what a caller of endless patience would wait
    occupancy: float
    mean_queue: float
    within: float  # answered within the target / offered
    virtual_within: float  # chance that a caller of endless patience waits no longer than the target


class Trunked(NamedTuple):
    """The long run of a queue behind a limited number of lines."""

    p_block: float  # chance that no line is free
    p_wait: float  # admitted but all agents busy / offered
    p_abandon: float  # abandoned / offered
    mean_wait_admitted_s: float  # over all admitted callers, until answered or gone
    occupancy: float
    mean_queue: float


def erlang_b(load: float, lines: int) -> float:
    """Return the chance that all lines are busy and nobody may wait.

    The recursion B(k) = a B(k-1) / (k + a B(k-1)) neither overflows nor cancels. No lines: 1. No load: 0.
    """
    blocked = 1.0
    for line in range(1, lines + 1):
        blocked = load * blocked / (line + load * blocked)
    return blocked


def erlang_b_load(blocking: float, lines: int) -> float:
    """Return the largest load in Erlang of which `lines` block at most the given share, in (0, 1)."""
    low, high = 0.0, 1.0
    while erlang_b(high, lines) < blocking:
        high *= 2
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if erlang_b(middle, lines) < blocking else (low, middle)
    return low


def erlang_c(load: float, agents: int) -> float:
    """Return the chance of having to wait when nobody gives up. One Erlang per agent or more: 1."""
    if load >= agents:
        return 1.0
    blocked = erlang_b(load, agents)
    return agents * blocked / (agents - load * (1 - blocked))


def mmn(rate: float, handling: float, *, agents: int, target: float) -> Queueing:
    """Return Erlang C: nobody ever gives up. `rate * handling >= agents`: everybody waits, without end."""
    load = rate * handling
    if load >= agents:
        return _endless(impatient=0.0)
    waiting = erlang_c(load, agents)
    wait = waiting * handling / (agents - load)
    within = 1 - waiting * math.exp(-(agents - load) * target / handling)
    return Queueing(waiting, 0.0, wait, wait, wait, load / agents, rate * wait, within, within)


def mmnm(rate: float, handling: float, *, agents: int, mean_patience: float, target: float) -> Queueing:
    """Return Erlang A: exponential patience (Palm 1957). Infinite patience is Erlang C, none is Erlang B."""
    if math.isinf(mean_patience):
        return mmn(rate, handling, agents=agents, target=target)
    patience = _exponential(mean_patience) if mean_patience else _points(0.0)
    return _impatient(rate, handling, agents=agents, patience=patience, target=target)


def mmng(rate: float, handling: float, *, agents: int, patience: Law, target: float) -> Queueing:
    """Return M/M/n+G: patience of any law.

    Source: Baccelli & Hebuterne 1981; Zeltyn & Mandelbaum 2005, Queueing Systems 51, with E, J, J1, JH, J(t).
    Where a share q of callers never gives up and `rate * q * handling >= agents` the queue grows without end:
    waits are infinite and every other caller abandons.
    """
    return _impatient(rate, handling, agents=agents, patience=_patience(patience), target=target)


def mmnk(rate: float, handling: float, *, agents: int, lines: int, mean_patience: float = math.inf) -> Trunked:
    """Return M/M/n/K(+M): callers hold a line while they wait and talk; without a free one they hear busy."""
    assert 1 <= agents <= lines and rate > 0, "some agents, a line for each, and callers"
    logs = [0.0]  # of the weight of each number of callers present: products over hundreds of lines overflow
    for present in range(1, lines + 1):
        waiting = max(present - agents, 0)
        logs.append(logs[-1] + math.log(rate / (min(present, agents) / handling + waiting / mean_patience)))
    highest = max(logs)
    weights = [math.exp(log - highest) for log in logs]
    total = math.fsum(weights)
    shares = [weight / total for weight in weights]
    queue = math.fsum((present - agents) * share for present, share in enumerate(shares) if present > agents)
    busy = math.fsum(min(present, agents) * share for present, share in enumerate(shares))
    blocked = shares[-1]
    return Trunked(
        p_block=blocked,
        p_wait=math.fsum(shares[agents:-1]),
        p_abandon=queue / mean_patience / rate,
        mean_wait_admitted_s=queue / (rate * (1 - blocked)),
        occupancy=busy / agents,
        mean_queue=queue,
    )


def _endless(*, impatient: float) -> Queueing:
    """Return a queue that grows without end: whoever can give up does, the rest wait for ever."""
    wait = math.inf
    return Queueing(1.0, impatient, wait, wait, wait, 1.0, math.inf, within=0.0, virtual_within=0.0)


class _Patience(NamedTuple):
    """A law of patience R as the two curves that the integrals need."""

    survival: Curve  # x -> P(R > x)
    spent: Curve  # x -> E min(R, x), the integral of the survival from 0 to x
    mean: float
    jumps: tuple[float, ...] = ()  # where the survival is not smooth
    never: float = 0.0  # the share that waits for ever


def _impatient(rate: float, handling: float, *, agents: int, patience: _Patience, target: float) -> Queueing:
    if rate == 0 and agents > 0:
        return Queueing(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, within=1.0, virtual_within=1.0)
    if agents == 0:
        return _nobody(rate, patience)
    if patience.never and rate * patience.never * handling >= agents:
        return _endless(impatient=1 - patience.never)
    return _integrated(rate, handling, agents=agents, patience=patience, target=target)


def _nobody(rate: float, patience: _Patience) -> Queueing:
    """Return a queue without agents: all wait until they give up; a mean over nobody is not a number."""
    gone = 1 - patience.never
    wait = patience.mean
    return Queueing(1.0, gone, wait, math.nan, math.inf, math.nan, rate * wait, within=0.0, virtual_within=0.0)


def _integrated(rate: float, handling: float, *, agents: int, patience: _Patience, target: float) -> Queueing:
    """Integrate over the offered wait V, whose density at x > 0 is proportional to exp(height(x)).

    height(x) = rate * E min(R, x) - x * agents / handling is concave. Everything is divided by exp(its top),
    so that neither long patience nor hundreds of agents overflow. P(V = 0) stands to the rest as 1 / (rate *
    B(agents - 1)).
    """
    import numpy as np

    drain = agents / handling

    def height(x: Array) -> Array:
        return rate * patience.spent(x) - drain * x

    x, steps, top = _mesh(height, patience, ratio=drain / rate, scale=1 / drain, target=target)
    survival = patience.survival(x)
    chance = np.exp(height(x) - top) * steps
    served, early = chance * survival, x <= target
    blocked = erlang_b(rate * handling, agents - 1)
    # A blocking that underflows means that nobody ever waits: any huge number does for 1 / 0.
    free = math.exp(min(-top - math.log(blocked), 700.0)) / rate if blocked else 1e300
    total = free + float(chance.sum())
    answered = free + float(served.sum())
    lost = float((chance * (1 - survival)).sum()) / total
    wait = float((chance * patience.spent(x)).sum()) / total
    return Queueing(
        p_wait=float(chance.sum()) / total,
        p_abandon=lost,
        mean_wait_s=wait,
        mean_wait_answered_s=float((served * x).sum()) / answered,
        mean_offered_wait_s=float((chance * x).sum()) / total,
        occupancy=rate * (1 - lost) / drain,
        mean_queue=rate * wait,
        within=(free + float(served[early].sum())) / total,
        virtual_within=(free + float(chance[early].sum())) / total,
    )


_DROPS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0)  # exp(-60) of the top is nothing
_QUANTILES = (1 - 1e-6, 0.999, 0.99, 0.9, 0.75, 0.5, 0.25, 0.1, 0.01, 1e-3, 1e-6)


def _mesh(
    height: Curve, patience: _Patience, *, ratio: float, scale: float, target: float
) -> tuple[Array, Array, float]:
    """Return the points and steps of a Gauss rule that follows the density, and the top of its logarithm.

    It is cut where the density has lost given parts of its height, at quantiles and jumps of patience, at the
    target, and in halves towards 0, where laws may be singular: between cuts everything is smooth and nearly
    straight.
    """
    import numpy as np

    peak = _falls_below(patience.survival, ratio, start=0.0, scale=scale)
    top = float(height(np.array(peak)))
    end = _falls_below(height, top - _DROPS[-1], start=peak, scale=scale)
    drops = top - np.array(_DROPS)
    after = _crossings(height, drops, low=peak, high=end)
    before = peak - _crossings(lambda back: height(peak - back), drops, low=0.0, high=peak)
    quantiles = _crossings(patience.survival, np.array(_QUANTILES), low=0.0, high=end)
    halves = end * 0.5 ** np.arange(50)
    cuts = np.concatenate([[0.0, peak, end, target], after, before, quantiles, halves, patience.jumps])
    cuts = np.unique(cuts[(cuts >= 0) & (cuts <= end)])
    cuts = np.unique(np.concatenate([cuts, (cuts[1:] + cuts[:-1]) / 2]))
    nodes, weights = _gauss()
    half = np.diff(cuts)[:, None] / 2
    points = cuts[:-1, None] + half * (1 + nodes)
    return points.ravel(), (half * weights).ravel(), top


@cache
def _gauss() -> tuple[Array, Array]:
    import numpy as np

    nodes, weights = np.polynomial.legendre.leggauss(24)
    return nodes, weights


def _falls_below(curve: Curve, level: float, *, start: float, scale: float) -> float:
    """Return where a falling curve passes a level that it does pass; `start` where it begins below."""
    import numpy as np

    if not float(curve(np.array(start))) > level:
        return start
    step = scale
    while float(curve(np.array(start + step))) > level:
        step *= 2
    return float(_crossings(curve, np.array([level]), low=start, high=start + step)[0])


def _crossings(curve: Curve, levels: Array, *, low: float, high: float) -> Array:
    """Return where a falling curve passes each level between two points; an end where it does not."""
    import numpy as np

    lows, highs = np.full(len(levels), low), np.full(len(levels), high)
    for _ in range(40):  # where to cut need not be exact
        middle = (lows + highs) / 2
        above = curve(middle) > levels
        lows, highs = np.where(above, middle, lows), np.where(above, highs, middle)
    return highs


def _patience(law: Law) -> _Patience:
    if law.shape == "mix":
        return _mixed([(share, _patience(part)) for share, part in law.parts])
    return _SHAPES[law.shape](*law.values)


def _mixed(parts: list[tuple[float, _Patience]]) -> _Patience:
    return _Patience(
        survival=lambda x: _total(share * part.survival(x) for share, part in parts),
        spent=lambda x: _total(share * part.spent(x) for share, part in parts),
        mean=math.fsum(share * part.mean for share, part in parts if share),
        jumps=tuple(jump for _, part in parts for jump in part.jumps),
        never=math.fsum(share * part.never for share, part in parts),
    )


def _total(curves: Iterable[Array]) -> Array:
    import numpy as np

    return np.asarray(sum(curves), dtype=np.float64)


def _never() -> _Patience:
    return _Patience(lambda x: x * 0 + 1, lambda x: x, mean=math.inf, never=1.0)


def _points(*values: float) -> _Patience:
    """Equally likely values: constant, whole rings, an empirical list."""
    import numpy as np

    points = np.sort(np.array(values, dtype=np.float64))
    sums = np.concatenate([[0.0], np.cumsum(points)])
    number = len(points)

    def gone(x: Array) -> npt.NDArray[np.intp]:
        return np.asarray(np.searchsorted(points, x, side="right"))

    def spent(x: Array) -> Array:
        return np.asarray((sums[gone(x)] + x * (number - gone(x))) / number)

    jumps = tuple(np.unique(points).tolist())
    return _Patience(lambda x: 1 - gone(x) / number, spent, mean=float(points.mean()), jumps=jumps)


def _rings(low: float, high: float, ring: float) -> _Patience:
    return _points(*(ring * count for count in range(round(low), round(high) + 1)))


def _uniform(low: float, high: float) -> _Patience:
    import numpy as np

    if low == high:
        return _points(low)

    def spent(x: Array) -> Array:
        inside = np.clip(x, low, high) - low
        return np.minimum(x, low) + inside - inside**2 / (2 * (high - low))

    def survival(x: Array) -> Array:
        return np.clip((high - x) / (high - low), 0.0, 1.0)

    return _Patience(survival, spent, mean=(low + high) / 2, jumps=(low, high))


def _exponential(mean: float) -> _Patience:
    import numpy as np

    return _Patience(lambda x: np.exp(-x / mean), lambda x: -mean * np.expm1(-x / mean), mean=mean)


def _hyperexponential(mean: float, cv: float) -> _Patience:
    """Two exponential parts with balanced means: each contributes half of the mean."""
    often = (1 + math.sqrt((cv**2 - 1) / (cv**2 + 1))) / 2
    return _mixed([(share, _exponential(mean / (2 * share))) for share in (often, 1 - often)])


def _erlang(phases: float, mean: float) -> _Patience:
    from scipy.special import gammainc, gammaincc

    phase = mean / phases
    return _Patience(
        survival=lambda x: gammaincc(phases, x / phase),
        spent=lambda x: x * gammaincc(phases, x / phase) + mean * gammainc(phases + 1, x / phase),
        mean=mean,
    )


def _gamma(mean: float, cv: float) -> _Patience:
    return _erlang(1 / cv**2, mean) if cv else _points(mean)


def _lognormal(mean: float, cv: float) -> _Patience:
    """Mean and cv of the variable itself, not of its logarithm."""
    import numpy as np
    from scipy.special import ndtr

    if not cv:
        return _points(mean)
    spread = math.sqrt(math.log1p(cv**2))
    middle = math.log(mean) - spread**2 / 2

    def standard(x: Array) -> Array:
        return (np.log(np.maximum(x, 1e-300)) - middle) / spread

    return _Patience(
        survival=lambda x: ndtr(-standard(x)),
        spent=lambda x: x * ndtr(-standard(x)) + mean * ndtr(standard(x) - spread),
        mean=mean,
    )


def _weibull(scale: float, shape: float) -> _Patience:
    import numpy as np
    from scipy.special import gammainc

    mean = scale * math.gamma(1 + 1 / shape)
    return _Patience(
        survival=lambda x: np.exp(-((x / scale) ** shape)),
        spent=lambda x: mean * gammainc(1 / shape, (x / scale) ** shape),
        mean=mean,
    )


_SHAPES: dict[str, Callable[..., _Patience]] = {
    "constant": _points,
    "empirical": _points,
    "erlang": _erlang,
    "exponential": _exponential,
    "gamma": _gamma,
    "hyperexponential": _hyperexponential,
    "lognormal": _lognormal,
    "never": _never,
    "rings": _rings,
    "uniform": _uniform,
    "weibull": _weibull,
}
