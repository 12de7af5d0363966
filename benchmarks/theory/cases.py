"""The cases of the file, each as one family plays it: its scenario, and its exact values as measures."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from benchmarks.theory.families import FAMILIES, OTHER_UNITS, Family
from benchmarks.theory.runs import Run
from callsim.scenario import Scenario, load
from callsim.scenario.timetable import DAY

CASES = Path(__file__).parents[2] / "tests" / "data" / "exact_cases.json"
HOUR = 3600.0
OPENS = 9 * HOUR
"""When the days open that begin with an empty centre."""
UNSEEN = 0.002
"""What is smaller is not compared: the rule, which allows an error of 0.001, would not see it."""
NORMAL_95 = 1.96


class Measure(NamedTuple):
    """An exact value, and the ratio of two sums that estimates it."""

    view: str
    """What is looked at: all calls, those of a `queue X`, `first dials`, `redials`, a `team X` or a `period 3`."""
    top: str
    bottom: str
    exact: float
    target: float = math.nan
    """T of `within T`, seconds."""
    their_error: float | None = 0.0
    """Standard error of a value that was itself simulated; None for a single replication without one."""

    @property
    def name(self) -> str:
        return f"{self.top}/{self.bottom}"

    def __str__(self) -> str:
        return f"{self.view}: {self.name}" if self.view else self.name


class Case(NamedTuple):
    """A case of the file as one family plays it."""

    name: str
    family: Family
    facts: Mapping[str, Any]
    """What the places of the scenario are filled with."""
    rates: tuple[float, ...]
    """First dials an hour: by period where the day begins empty, else by source."""
    period: float
    """Seconds of a period of a day that begins empty; NaN where the centre is always open and busy."""
    measures: tuple[Measure, ...]

    @property
    def is_day(self) -> bool:
        """Whether it is a day that begins empty."""
        return not math.isnan(self.period)

    def text(self, run: Run) -> str:
        """The scenario file. Replications shorter than a day have callers in its first hours only."""
        hours = run.days * 24
        whole = (
            "{:g} per hour"
            if hours >= 24
            else f"{{:g}} per day, calls_by_hour: {{{{00:00: 1, {_clock(hours * HOUR)}: 0}}}}"
        )
        volumes = [whole.format(rate if hours >= 24 else rate * hours) for rate in self.rates]
        return self.family.scenario.format(days=math.ceil(run.days), warm_up=run.warm_up, volumes=volumes, **self.facts)

    def edges(self, run: Run) -> list[float]:
        """When the counted periods begin, and when the last one ends, seconds."""
        if self.is_day:
            return [OPENS + place * self.period for place in range(len(self.rates) + 1)]
        return [run.warm_up * HOUR, run.days * DAY]

    def expected(self, run: Run) -> list[list[float]]:
        """Expected first dials, by source and period."""
        if self.is_day:
            return [[rate * self.period / HOUR for rate in self.rates]]
        start, end = self.edges(run)
        return [[rate * (end - start) / HOUR] for rate in self.rates]


def read(text: str) -> Scenario:
    """A scenario from its text."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "case.yaml"
        path.write_text(text, encoding="utf-8")
        return load(path).variants["base"]


@lru_cache
def objects() -> Mapping[str, Mapping[str, Any]]:
    """The objects of the file by name."""
    return {one["name"]: one for one in json.loads(CASES.read_text(encoding="utf-8"))}


@lru_cache
def case(name: str, family: str) -> Case:
    """A case as a family of FAMILIES plays it."""
    one, plays = objects()[name], FAMILIES[family]
    inputs = {**one["inputs"], **OTHER_UNITS.get(name, {}), **OTHER_UNITS.get(family, {})}
    facts = _facts(name, inputs)
    facts |= {place: text.format(**facts) for place, text in plays.parts.items()}
    return Case(name, plays, facts, *_rates(inputs), tuple(_measures(one, inputs, plays)))


def _rates(inputs: Mapping[str, Any]) -> tuple[tuple[float, ...], float]:
    """First dials an hour, by source or by period; the length of a period."""
    for key, hours in (
        ("hourly_rates_per_hour", 1.0),
        ("half_hour_rates_per_hour", 0.5),
        ("eight_hours_per_hour", 8.0),
    ):
        if key in inputs:
            return tuple(inputs[key]), hours * HOUR
    rates = [value for key, value in inputs.items() if key.startswith("arrival_rate") and key.endswith("per_hour")]
    return tuple(rates), math.nan


def _facts(name: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs in the words of a scenario file."""
    rates, period = _rates(inputs)
    facts = {
        **dict.fromkeys(("building", "calling", "cooling", "waiting", "working"), ""),
        **dict.fromkeys(("patience", "patience_high", "patience_low"), "never"),
        **inputs,
        **{key: law(value) for key, value in inputs.items() if isinstance(value, dict) or value is None},
        "inputs": inputs,
        "name": name,
        "rates": rates,
    }
    exponential = {"dist": "exponential", "mean_s": inputs.get("aht_s", inputs.get("aht_group1_s"))}
    facts["talk"] = law(inputs.get("service", exponential))
    if not math.isnan(period):
        clocks = [_clock(OPENS + place * period) for place in range(len(rates) + 1)]
        weights = (f"{clock}: {rate:g}" for clock, rate in zip(clocks, (*rates, 0), strict=True))
        facts |= {"profile": f"{{{', '.join(weights)}}}", "opens": clocks[0], "closes": clocks[-1]}
        facts["callers"] = math.fsum(rates) * period / HOUR
    return facts


def _clock(time: float) -> str:
    return f"{int(time // HOUR):02}:{int(time % HOUR // 60):02}"


def law(given: Mapping[str, Any] | None) -> str:
    """A law of the file as a scenario writes it."""
    match given:
        case None:
            return "never"
        case {"p_zero": share, "mean_s": mean}:
            return f"{{mix: [{100 * share:g}% 0 s, {100 - 100 * share:g}% exponential {mean} s]}}"
        case {"p_infinite": share, "mean_s": mean}:
            return f"{{mix: [{100 * share:g}% never, {100 - 100 * share:g}% exponential {mean} s]}}"
        case {"p": shares, "means_s": means}:
            parts = (f"{100 * share:g}% exponential {mean} s" for share, mean in zip(shares, means, strict=True))
            return f"{{mix: [{', '.join(parts)}]}}"
    written = next(text for key, text in _LAWS.items() if given["dist"].startswith(key))
    return written.format(cv=_variation(given), **given)


_LAWS = {
    "exponential": "exponential {mean_s:.10g} s",
    "talk exponential": "exponential {talk_mean_s} s",
    "deterministic": "{value_s} s",
    "uniform": "uniform {low_s}-{high_s} s",
    "erlang": "erlang {k} {mean_s} s",
    "lognormal": "lognormal {mean_s} s cv {cv:.10g}",
    "weibull": "weibull {scale_s} s shape {shape}",
}


def _variation(given: Mapping[str, Any]) -> float:
    """The coefficient of variation, where a law has one."""
    return math.sqrt(given["scv"]) if "scv" in given else given.get("sd_s", 0.0) / given.get("mean_s", 1.0)


def _measures(one: Mapping[str, Any], inputs: Mapping[str, Any], family: Family) -> Iterator[Measure]:
    """Every exact value of a case that its family compares."""
    thresholds = inputs.get("sl_threshold_s", inputs.get("T_s", math.nan))
    targets = thresholds if isinstance(thresholds, list) else [thresholds]
    for view, values in _by_view(one):
        for key, text in family.measures.items():
            for target in targets if "{T}" in key else targets[:1]:
                value = values.get(key.format(T=target))
                if value is not None and value != 0.0:
                    yield from _measure(view, text, key, value, target)


def _by_view(one: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The exact values: those of the whole, then by period. Rounded values give way to what they were rounded from."""
    simulated = one["kind"] == "published-simulation"
    yield "", one["outputs"] if simulated else {**one["outputs"], **one.get("recomputed", {})}
    for place, values in enumerate(one["outputs"].get("periods", ())):
        yield f"period {place + 1}", {**values, "p_abandon": values["expected_abandons"] / values["expected_arrivals"]}


def _measure(view: str, text: str, key: str, value: Any, target: float) -> Iterator[Measure]:
    """One measure, unless it is too small for the rule."""
    where, _, sums = text.rpartition(": ")
    top, bottom = sums.split("/")
    found = Measure(where or view, top, bottom, math.nan, target)
    minutes = 60.0 if key in ("mean_wait", "mean_wait_min", "mean_wait_served_min") else 1.0
    if isinstance(value, dict):
        # They print three digits: what rounding adds is uniform over one of the last.
        low, high = value["ci95"]
        error = math.hypot((high - low) / 2 / NORMAL_95, 0.001 / math.sqrt(12))
        yield found._replace(exact=value["mean"] * minutes, their_error=error * minutes)
    elif "_p9" in key:
        yield found._replace(exact=int(key.partition("_p")[2][:2]) / 100, target=value)
    elif value > UNSEEN:
        yield found._replace(exact=value * minutes, their_error=None if key == "mean_wait" else 0.0)
