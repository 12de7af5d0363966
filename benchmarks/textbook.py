"""The yardstick: a call centre in SimPy the way textbooks write it, a process for each caller.

FROZEN. Speeds are told as multiples of this program's, for seconds differ between machines and from hour to hour.
A yardstick that is improved, or only tidied, measures nothing: whoever changes this file makes every ratio written
down before incomparable. So it stands alone, imports nothing of callsim, and knows its two workloads by itself.

    python benchmarks/textbook.py W1 172800 1

prints a line of JSON: callers, seconds of processor time, and what became of the callers after the first twentieth.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Generator
from typing import Any

import simpy

W1 = {"lam": 120.0, "aht": 3.0, "n": 370, "pat": ("exp", 1.0), "T": 20 / 60.0}
W1S = {"lam": 2.0, "aht": 3.0, "n": 6, "pat": ("unif", 15 / 60.0, 24 / 60.0), "T": 20 / 60.0}
WL = {"W1": W1, "W1s": W1S}
"""Times in minutes: arrivals a minute, mean handling time, agents, patience, target."""


def textbook(w: Any, n: int, warm: int, seed: int) -> dict[str, Any]:
    """Play n callers; count what became of those after the first `warm`."""
    env = simpy.Environment()
    agents = simpy.Resource(env, w["n"])
    st = {"nab": 0, "nans": 0, "wsum": 0.0, "nsl": 0, "busy": 0.0, "t0": 0.0}
    rnd = random.Random(seed)
    target = w["T"]
    wait = [0.0] * n

    def caller(i: int) -> Generator[Any, Any, None]:
        h = rnd.expovariate(1 / w["aht"])
        p = rnd.expovariate(1 / w["pat"][1]) if w["pat"][0] == "exp" else rnd.uniform(*w["pat"][1:])
        t = env.now
        if i == warm:
            st["t0"] = t
        with agents.request() as req:
            yield req | env.timeout(p)
            if req.triggered:
                wt = env.now - t
                wait[i] = wt
                if i >= warm:
                    st["nans"] += 1
                    st["wsum"] += wt
                    st["nsl"] += wt <= target
                    st["busy"] += h
                yield env.timeout(h)
            else:
                wait[i] = -1.0
                if i >= warm:
                    st["nab"] += 1

    def source() -> Generator[Any, Any, None]:
        for i in range(n):
            yield env.timeout(rnd.expovariate(w["lam"]))
            env.process(caller(i))

    env.process(source())
    env.run()
    return st


def main(workload: str, callers: int, seed: int) -> None:
    warm = callers // 20
    started = time.process_time()
    st = textbook(WL[workload], callers, warm, seed)
    seconds = time.process_time() - started
    offered = callers - warm
    result = {
        "callers": callers,
        "seconds": seconds,
        "abandoned": st["nab"] / offered,
        "wait": 60 * st["wsum"] / st["nans"],
        "within": st["nsl"] / offered,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
