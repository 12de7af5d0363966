"""The yardstick for a whole centre: workload W2 in SimPy the way textbooks write it, a process for each attempt.

FROZEN, like textbook.py and for the same reason: it is the unit in which speeds are told. It imports nothing of
callsim and knows its workload by itself: three kinds of calls, four teams relieved as a whole every four hours.

    python benchmarks/textbook_w2.py 6 1

plays six days and prints a line of JSON: attempts, seconds of processor time (of the playing; chance is drawn before),
and what became of the attempts, day by day.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Generator
from typing import Any

import numpy as np
import simpy

KINDS = ("orders", "service", "claims")
ASKS = ((0, 1, 3), (1, 2, 3), (2, 3))
"""By kind: the teams it asks for an idle agent, one after another."""
SERVES = (((0,),), ((1,), (0,)), ((2, 1),), ((2,), (1, 0)))
"""By team: the kinds it takes, the better levels first; inside a level whoever has waited longest."""
STAFF = ((34, 32, 30, 24), (42, 40, 36, 30), (32, 30, 28, 22))
"""By shift of four hours: the agents of each team."""
CALLERS = (8640.0, 5760.0, 4320.0)
TALK = (4.0, 5.0, 6.0)
PATIENCE = (2.0, 2.5, 1.5)
WRAP_UP = 0.5
REDIALS = 0.3
PAUSE = 5.0
ATTEMPTS = 4
SHIFT, DAY = 240.0, 720.0
"""Times in minutes from noon."""
TARGET = 20 / 60.0

half_hour = np.arange(24)
WEIGHT = 0.55 + 0.45 * np.sin(np.pi * (half_hour + 0.5) / 24) ** 2 + 0.35 * np.exp(-(((half_hour - 6) / 2) ** 2) / 2)


def draw(seed: int, day: int) -> dict[str, Any]:
    """All that chance decides on one day, as lists by caller in the order of dialling."""
    chance = np.random.default_rng([seed, day])
    times, kinds = [], []
    for kind, callers in enumerate(CALLERS):
        sizes = chance.poisson(callers * WEIGHT / WEIGHT.sum())
        times.append(30.0 * (np.repeat(half_hour, sizes) + chance.random(sizes.sum())))
        kinds.append(np.full(sizes.sum(), kind))
    order = np.argsort(np.concatenate(times), kind="stable")
    kind_of = np.concatenate(kinds)[order]
    shape = kind_of.size, ATTEMPTS
    spread = np.log(2.0)
    return {
        "dials": np.concatenate(times)[order].tolist(),
        "kind": kind_of.tolist(),
        "talk": chance.lognormal(np.log(TALK)[kind_of] - spread / 2, np.sqrt(spread)).tolist(),
        "patience": (chance.standard_exponential(shape) * np.array(PATIENCE)[kind_of][:, None]).tolist(),
        "redials": (chance.random(shape) < REDIALS).tolist(),
        "pause": (chance.standard_exponential(shape) * PAUSE).tolist(),
    }


def textbook(drawn: dict[str, Any]) -> list[tuple[int, float, bool]]:  # noqa: C901, PLR0915  one story, as in a textbook
    """Play a day: (kind, wait, whether answered) of each attempt, in the order of their ends."""
    env = simpy.Environment()
    team_of = [team for shift in STAFF for team, agents in enumerate(shift) for _ in range(agents)]
    shift_of = [number for number, shift in enumerate(STAFF) for _ in range(sum(shift))]
    on_duty = [False] * len(team_of)
    idle: list[list[int]] = [[] for _ in STAFF[0]]
    waiting: list[list[tuple[int, Any]]] = [[] for _ in KINDS]
    log: list[tuple[int, float, bool]] = []
    tickets = iter(range(1_000_000))

    def look_for_work(agent: int) -> None:
        if not on_duty[agent]:
            return
        for level in SERVES[team_of[agent]]:
            first = [(waiting[kind][0][0], kind) for kind in level if waiting[kind]]
            if first:
                _, answered = waiting[min(first)[1]].pop(0)
                answered.succeed(agent)
                return
        idle[team_of[agent]].append(agent)

    def attempt(caller: int, number: int) -> Generator[Any, Any, None]:
        kind = drawn["kind"][caller]
        dialled = env.now
        agent: Any = None
        for team in ASKS[kind]:
            if idle[team]:
                agent = idle[team].pop(0)
                break
        if agent is None:
            answered = env.event()
            place = next(tickets), answered
            waiting[kind].append(place)
            yield answered | env.timeout(drawn["patience"][caller][number])
            if not answered.triggered:
                waiting[kind].remove(place)
                log.append((kind, env.now - dialled, False))
                if number + 1 < ATTEMPTS and drawn["redials"][caller][number]:
                    pause = drawn["pause"][caller][number]
                    if env.now + pause < DAY:
                        yield env.timeout(pause)
                        env.process(attempt(caller, number + 1))
                return
            agent = answered.value
        log.append((kind, env.now - dialled, True))
        yield env.timeout(drawn["talk"][caller])
        yield env.timeout(WRAP_UP)
        look_for_work(agent)

    def relief() -> Generator[Any, Any, None]:
        for shift in range(len(STAFF) + 1):
            for agent, of in enumerate(shift_of):
                if of == shift - 1:
                    on_duty[agent] = False
                    if agent in idle[team_of[agent]]:
                        idle[team_of[agent]].remove(agent)
            for agent, of in enumerate(shift_of):
                if of == shift:
                    on_duty[agent] = True
                    look_for_work(agent)
            yield env.timeout(SHIFT)

    def calls() -> Generator[Any, Any, None]:
        for caller, dials in enumerate(drawn["dials"]):
            yield env.timeout(dials - env.now)
            env.process(attempt(caller, 0))

    env.process(relief())
    env.process(calls())
    env.run()
    return log


def measures(log: list[tuple[int, float, bool]]) -> dict[str, float]:
    """What became of the attempts of a day, by kind; waits in seconds."""
    found: dict[str, float] = {}
    for kind, name in enumerate(KINDS):
        waits = [wait for of, wait, answered in log if of == kind and answered]
        attempts = sum(of == kind for of, _, _ in log)
        found[f"{name} attempts"] = attempts
        found[f"{name} abandoned"] = 1 - len(waits) / attempts
        found[f"{name} wait"] = 60 * sum(waits) / len(waits)
        found[f"{name} within"] = sum(wait <= TARGET for wait in waits) / attempts
    return found


def main(days: int, seed: int) -> None:
    attempts, seconds = 0, 0.0
    results = []
    for day in range(days):
        drawn = draw(seed, day)
        started = time.process_time()
        log = textbook(drawn)
        seconds += time.process_time() - started
        attempts += len(log)
        results.append(measures(log))
    by_measure = {name: [result[name] for result in results] for name in results[0]}
    print(json.dumps({"attempts": attempts, "seconds": seconds} | by_measure))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
