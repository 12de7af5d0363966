"""How long it takes to price a log by all plans that come with callsim, as a multiple of reading it from Parquet.

    python -m benchmarks.pricing [--calls 1000000] [--rounds 5] [--at-most 10]

A month of calls is drawn, played by nobody, and written as a log of attempts. Then it is read and priced in turn, each
in this process; counted is elapsed time, for reading uses every core there is. Only the ratio means anything. Exit
code 1 where it is above `--at-most`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import polars as pl

from callsim.calllog import Attempt, Outcome, enums
from callsim.errors import CallsimError
from callsim.pricing import A_MONDAY, Calls, calendar_of, plans_of
from callsim.scenario import Scenario, load
from callsim.scenario.planfile import shipped
from callsim.tariffs import invoices
from callsim.tariffs.traffic import by_agents

HERE = Path(__file__).parent
DAYS = 30


def log(calls: int, seed: int = 1) -> pl.DataFrame:
    """A month of attempts with the columns of the call log; 85 in a hundred are answered."""
    scenario: Scenario = load(HERE / "w2.yaml").variants["base"]
    random = np.random.default_rng(seed)
    dialled = np.sort(random.uniform(0.0, DAYS * 86_400.0, calls))
    answered = np.where(random.uniform(size=calls) < 0.85, dialled + random.exponential(12.0, calls), np.nan)
    left = np.where(np.isnan(answered), dialled + 30.0, answered + random.gamma(1.2, 150.0, calls))
    instants = {
        "dialled": dialled, "asked": dialled, "joined": dialled, "matched": answered, "answered": answered,
        "left": left, "freed": left + 20.0,
    }  # fmt: skip
    known = enums(scenario)
    outcome = np.where(np.isnan(answered), Outcome.ABANDONED_RINGING, Outcome.ANSWERED)
    places: dict[str, Any] = {"outcome": outcome, "kind": random.integers(0, 4, calls), "team": np.zeros(calls)}
    columns = {}
    for name in Attempt._fields:
        if name in known:
            codes = pl.Series(np.asarray(places.get(name, np.zeros(calls)), dtype=np.uint32))
            columns[name] = (
                codes.cat.to(known[name]) if name != "vendor" else pl.Series([None] * calls, dtype=pl.String)
            )
        else:
            columns[name] = pl.Series(instants.get(name, np.full(calls, np.nan))).fill_nan(None)
    frame = pl.DataFrame(columns)
    talk = pl.col("left") - pl.col("answered")
    return frame.with_columns(
        replication=pl.lit(0, pl.Int32), menu_s=pl.lit(0.0), wait_s=pl.col("answered") - pl.col("asked"), talk_s=talk
    )


def timed(work: Callable[..., Any], given: object) -> tuple[float, Any]:
    started = time.perf_counter()
    found = work(given)
    return time.perf_counter() - started, found


def price(attempts: pl.DataFrame) -> int:
    """Price the log by every plan; the number of plans that could."""
    calls = Calls(by_agents(attempts), calendar_of(attempts, A_MONDAY))
    priced = 0
    for name, tariff in PLANS.items():
        try:
            priced += bool(list(invoices(name, tariff, calls.traffic, calls.calendar)))
        except CallsimError:  # a price that nobody knows: found at the end, after all the work
            continue
    return priced


PLANS = plans_of(shipped())


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--calls", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--at-most", type=float, default=10.0)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "attempts.parquet"
        log(given.calls).write_parquet(file)
        ratios = []
        for _ in range(given.rounds):
            reading, attempts = timed(pl.read_parquet, file)
            pricing, priced = timed(price, attempts)
            ratios.append(pricing / reading)
            print(f"read {reading:.3f} s, {priced} of {len(PLANS)} plans priced in {pricing:.3f} s: {ratios[-1]:.2f}")
    print(f"{given.calls} calls: pricing takes {median(ratios):.2f} times as long as reading")
    sys.exit(median(ratios) > given.at_most)


if __name__ == "__main__":
    main()
