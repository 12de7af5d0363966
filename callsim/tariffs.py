"""What answering services charge: the billed time of the calls they answered, and what it costs.

An estimate for the counted time, its share of the monthly base included; not yet an invoice by calendar month.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from callsim.scenario.money import BilledIn, Tariff
from callsim.scenario.vocabulary import Scenario
from callsim.sums import vendors_met

Floats = NDArray[np.float64]

SEGMENTS = {
    "ring": pl.col("answered") - pl.col("matched"),
    "talk": pl.col("left") - pl.col("answered"),
    "wrap_up": pl.col("freed") - pl.col("left"),
}
"""Parts of a call that are billed."""


def contracts(scenario: Scenario) -> dict[str, Tariff]:
    """The tariff of each vendor that callers can come to."""
    return {name: scenario.tariffs[scenario.vendors[name].tariff] for name in vendors_met(scenario)}


def bill(tariff: Tariff, calls: pl.DataFrame, *, months: float) -> float:
    """What a vendor charges for the answered calls of so many months.

    Calls that have not ended yet are billed as far as they are known.
    """
    lengths = calls.select(pl.sum_horizontal(SEGMENTS[part] for part in dict.fromkeys(tariff.bills)))
    minutes = float(billed(lengths.to_series().to_numpy(), tariff.billed_in).sum()) / 60.0
    base, per_minute, per_call = (
        0.0 if price is None else float(price)
        for price in (tariff.base and tariff.base.amount, tariff.per_minute, tariff.per_call)
    )
    return base * months + per_minute * minutes + per_call * len(calls)


def billed(seconds: Floats, steps: BilledIn | None) -> Floats:
    """Billed seconds of calls: each is rounded up by itself, to the first step, then to whole further ones."""
    # Instants are floats: what lasts a millionth of a second longer than a minute lasts a minute.
    exact = np.round(seconds, 6)
    if steps is None:
        return exact
    beyond = np.maximum(exact - steps.first, 0.0)
    return steps.first + (np.ceil(np.round(beyond / steps.then, 9)) * steps.then if steps.then else beyond)
