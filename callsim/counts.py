"""What is counted of attempts and of callers, and which of their lengths are summed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from callsim import seconds
from callsim.calllog import ABANDONED, GAVE_UP, MISSED, Arrays, Outcome, Resolution
from callsim.columns import Columns, in_window
from callsim.estimate import BINS, WaitHistogram
from callsim.scenario.routes import vendors_met
from callsim.scenario.timetable import DAY
from callsim.scenario.vocabulary import Scenario
from callsim.tally import Bools, Kinds, Places, Tally

Floats = NDArray[np.float64]

INTERVAL = 1800.0
"""Seconds of an interval of the day; an attempt belongs to the one in which it was dialled."""
DAY_INTERVALS = int(DAY / INTERVAL)
SLICES = 200
"""Slices of the target time in the table for the virtual service level."""


class Slices(NamedTuple):
    """Waits by slices of a queue's target time, for `virtual_within`."""

    answered: NDArray[np.int64]
    abandoned: NDArray[np.int64]
    """Not answered by a team."""
    longer: int
    """Either, beyond the target time."""

    def plus(self, other: Slices) -> Slices:
        """Those of both."""
        return Slices(self.answered + other.answered, self.abandoned + other.abandoned, self.longer + other.longer)


def _interval(log: Columns) -> Places:
    """The interval of the day in which each row was dialled."""
    since_start = seconds.intervals_of(log["dialled"], INTERVAL)
    of_day: Places = (since_start - np.floor(since_start / DAY_INTERVALS) * DAY_INTERVALS).astype(np.int64)
    return of_day


def _aims(scenario: Scenario) -> Floats:
    """The target times of the queues, NaN without one; place -1, no queue, takes the last, which is missing."""
    return np.array([*(queue.target[1] if queue.target else np.nan for queue in scenario.queues.values()), np.nan])


def _line_aims(aims: Floats) -> Floats:
    """The same for all who ask for an agent or a vendor: whoever met no queue is held against the file's first."""
    known = aims[~np.isnan(aims)]
    return np.append(aims[:-1], known[:1] if len(known) else np.nan)


def _sizes(scenario: Scenario) -> dict[str, int]:
    """How many groups there are, by the column that names them."""
    queues, vendors = len(scenario.queues), len(scenario.vendors)
    return {
        "first_queue": queues,
        "last_queue": queues,
        "source": len(scenario.sources),
        "interval": DAY_INTERVALS,
        "met_vendor": vendors,
        "first_vendor": vendors,
    }


class Calls:
    """The attempts, and the waits among them."""

    def __init__(self, scenario: Scenario, *, lacks_put_through: bool) -> None:
        self._scenario = scenario
        self.lacks_put_through = lacks_put_through
        """Whether those that were put through are added apart."""
        self.aims = _aims(scenario)
        self.line_aims = _line_aims(self.aims)
        self.vendors = vendors_met(scenario)
        only: dict[str, tuple[str, ...]] = {"last_queue": ("moved_out",), **(OF_VENDORS if self.vendors else {})}
        sizes = _sizes(scenario)
        groups = {group: sizes[group] for group in ("first_queue", "source", "interval", *only)}
        self.tally = Tally(groups, kinds=CALLS, lengths=LENGTHS_OF_CALLS, only=only)
        queues = len(scenario.queues)
        self.histograms = np.zeros((queues, BINS), np.int64)
        """Waits by queue, in the bins of WaitHistogram."""
        self.answered, self.abandoned = np.zeros((2, queues, SLICES + 1), np.int64)
        """The same by slices of the target time."""
        self.longer = np.zeros(queues, np.int64)
        self.edges = np.array([np.linspace(0.0, aim, SLICES + 1) for aim in self.aims[:-1]]).reshape(queues, SLICES + 1)

    def clear(self) -> None:
        """Begin anew."""
        self.tally.clear()
        for table in (self.histograms, self.answered, self.abandoned, self.longer):
            table.fill(0)

    def add(self, calls: Columns) -> None:
        """Add attempts with the vendors that they came to."""
        log = Columns(calls, {"interval": _interval})
        inside = in_window(self._scenario, log)
        kind = CALLS.of_rows(log["outcome"], self._facts(log))
        self.tally.add(log, kind=kind, inside=inside)
        self._add_waits(log, kind, inside)

    def _facts(self, log: Columns) -> dict[str, Bools]:
        first, wait = log["first_queue"].astype(np.int64), log["wait_s"]
        aim, line_aim = self.aims[first], self.line_aims[first]
        at_vendor = (log["met_vendor"] >= 0) & ~np.isnan(log["matched"]) & np.isnan(log["kept"])
        return {
            "at_vendor": at_vendor if self.vendors else np.zeros(len(log), np.bool_),
            "called": ~np.isnan(log["kept_wait_s"]),
            "moved": log["first_queue"] != log["last_queue"],
            "offered": ~np.isnan(log["joined"]),
            "aimed": ~np.isnan(aim),
            "in_time": wait <= aim,
            "line_aimed": ~np.isnan(log["asked"]) & ~np.isnan(line_aim),
            "line_in_time": wait <= line_aim,
            "spoke": ~np.isnan(log["answered"]),
            "waited": ~np.isnan(wait),
            "by_team": log["team"] >= 0,
            "while_open": log["while_open"],
        }

    def _add_waits(self, log: Columns, kind: Places, inside: Bools) -> None:
        counts = CALLS.counts
        for place in range(len(self.histograms)):
            own = np.flatnonzero((log["first_queue"] == place) & inside)
            of, wait = kind[own], log["wait_s"][own]
            met, gone, passed_on = (counts[name][of] for name in WAITS)
            # Sorted, for that makes looking up five times as fast.
            waits = np.sort(wait[met | gone | passed_on])
            found = WaitHistogram.of(waits).counts
            self.histograms[place, : len(found)] += found
            until_taken = (log["matched"][own] - log["asked"][own])[passed_on]
            if not np.isnan(self.aims[place]):
                self._add_slices(place, np.sort(wait[met]), np.sort(np.concatenate((wait[gone], until_taken))))

    def _add_slices(self, place: int, answered: Floats, left: Floats) -> None:
        """Sorted waits. Answers fall into (start, end], other ends into [start, end): answering goes first."""
        edges = self.edges[place]
        met, gone = np.searchsorted(answered, edges, side="right"), np.searchsorted(left, edges)
        # Those who left at once are apart from the first slice.
        gone[0] = np.searchsorted(left, 0.0, side="right")
        self.answered[place] += np.diff(met, prepend=0)
        self.abandoned[place] += np.diff(gone, prepend=0)
        self.longer[place] += len(answered) - met[-1] + len(left) - gone[-1]

    def waits(self) -> tuple[dict[str, WaitHistogram], dict[str, Slices]]:
        """The waits of each queue, of all under the empty name, and by slices of the target where there is one."""
        every = (self.histograms.sum(axis=0), *self.histograms)
        histograms = {
            name: WaitHistogram(_without_empty_end(counts))
            for name, counts in zip(("", *self._scenario.queues), every, strict=True)
        }
        slices = {
            name: Slices(self.answered[place].copy(), self.abandoned[place].copy(), int(self.longer[place]))
            for place, name in enumerate(self._scenario.queues)
            if not np.isnan(self.aims[place])
        }
        return histograms, slices


def _without_empty_end(counts: Places) -> Places:
    """A copy that ends with the last bin in which there is anything."""
    (filled,) = counts.nonzero()
    return counts[: filled[-1] + 1 if len(filled) else 0].copy()


_IS = {outcomes: np.isin(np.arange(Outcome.FORM + 1), outcomes) for outcomes in (GAVE_UP, ABANDONED, MISSED)}


def _of_calls(known: Arrays) -> dict[str, Bools]:
    """Whether an attempt of which this is known belongs to a count.

    How an attempt ended is its outcome alone: one that was answered and still talks at the horizon is unfinished, one
    that was put through and hung up is abandoned.
    """
    outcome, offered, while_open = known["ended"], known["offered"], known["while_open"]
    answered, outsourced = outcome == Outcome.ANSWERED, outcome == Outcome.OUTSOURCED
    missed = _IS[MISSED][outcome]
    gave_up = _IS[GAVE_UP][outcome] & offered
    aimed, in_time = offered & known["aimed"], offered & known["in_time"]
    short = gave_up & in_time & ~known["spoke"]
    # Not those who were called back with the place kept and then put through to a vendor.
    by_anyone = answered | (outsourced & ~known["called"])
    form = outcome == Outcome.FORM
    waits = offered & known["waited"]
    by_team = waits & known["by_team"] & known["spoke"] & ~known["called"]
    return {
        "attempts": ~form,
        "attempts_open": while_open & ~form,
        "forms": form,
        "offered": offered,
        "answered": answered,
        "outsourced": outsourced,
        "self_served": outcome == Outcome.SELF_SERVED,
        "abandoned": _IS[ABANDONED][outcome],
        "abandoned_offered": gave_up,
        "blocked": outcome == Outcome.BLOCKED,
        "closed": outcome == Outcome.CLOSED,
        "voicemail": outcome == Outcome.VOICEMAIL,
        "kept_place": outcome == Outcome.KEPT_PLACE,
        "missed": missed,
        "missed_open": missed & while_open,
        "moved_out": offered & known["moved"],
        "aimed": aimed,
        "answered_aimed": answered & aimed,
        "in_time": answered & in_time,
        "in_time_or_short": (answered & in_time) | short,
        "aimed_less_short": aimed & ~short,
        "line_aimed": known["line_aimed"],
        "line_in_time": by_anyone & known["line_in_time"],
        "line_answered": by_anyone,
        "waits": waits,
        "kept_called": known["called"],
        "waits_answered": by_team,
        "waits_unanswered": waits & ~by_team & ~known["at_vendor"],
        "waits_passed_on": waits & ~by_team & known["at_vendor"],
    }


FACTS_OF_CALLS = (
    "at_vendor", "called", "moved", "offered", "aimed", "in_time", "line_aimed", "line_in_time", "spoke", "waited",
    "by_team", "while_open",
)  # fmt: skip
"""What the counts ask of each attempt."""
WAITS = ("waits_answered", "waits_unanswered", "waits_passed_on")
"""Whoever left the line unanswered by a team would have waited longer for one, for whatever reason they left: hung up,
sent away at closing, promised a call, or passed on to a vendor, which is when an operator was taken."""

LENGTHS_OF_CALLS = {
    "answered_wait": ("answered", "wait_s"),
    "line_answered_wait": ("line_answered", "wait_s"),
    "wait": ("waits", "wait_s"),
    "kept_wait": ("kept_called", "kept_wait_s"),
    "vendor_minutes": ("outsourced", "vendor_minutes"),
}
"""Of which count's attempts what length is summed."""

OF_VENDORS: dict[str, tuple[str, ...]] = {
    "met_vendor": ("attempts", "outsourced", "missed", "vendor_minutes"),
    "first_vendor": ("line_aimed", "line_in_time", "line_answered", "line_answered_wait"),
}
"""The sums of calls that are also those of the vendor which they came to; those of waits only where no team had
answered before."""

CALLS = Kinds(FACTS_OF_CALLS, _of_calls, *(whose for whose, _ in LENGTHS_OF_CALLS.values()), *WAITS)


class People:
    """The callers."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self.aims = _aims(scenario)
        sizes = _sizes(scenario)
        groups = {group: sizes[group] for group in ("first_queue", "source", "interval")}
        self.tally = Tally(groups, kinds=PEOPLE, lengths=LENGTHS_OF_PEOPLE, only={})
        self._forms = np.array([source.channel == "form" for source in scenario.sources.values()])

    @property
    def leave_forms(self) -> bool:
        """Whether some of them may: machine code knows nothing of that."""
        return bool(self._forms.any())

    def clear(self) -> None:
        """Begin anew."""
        self.tally.clear()

    def add(self, callers: Columns) -> None:
        """Add callers."""
        inside = in_window(self._scenario, callers)
        log = Columns(callers, {"interval": _interval, "minutes_to_call": _minutes_to_call})
        aim = self.aims[log["first_queue"].astype(np.int64)]
        form = self._forms[log["source"]]
        facts = {"form": form, **{name: form & (log["minutes_to_call"] <= limit) for name, limit in SOON.items()}}
        facts |= {"aimed": (log["asked"] > 0) & ~np.isnan(aim), "in_time": log["waited"] <= aim}
        self.tally.add(log, kind=PEOPLE.of_rows(log["resolution"], facts), inside=inside)


SOON = {"in_5_min": 5.0, "in_1_h": 60.0}
"""Minutes within which a form is to be answered."""


def _minutes_to_call(people: Columns) -> Floats:
    """From the first dial, or the form, to the talk that met the need."""
    found: Floats = (people["served"] - people["dialled"]) / 60.0
    return found


def _of_people(known: Arrays) -> dict[str, Bools]:
    """Whether a caller of whom this is known belongs to a count."""
    resolution = known["ended"]
    ended = resolution != Resolution.OPEN
    unserved = resolution == Resolution.UNSERVED
    aimed = ended & known["aimed"]
    called_back = resolution == Resolution.CALLED_BACK
    forms_answered = known["form"] & called_back
    return {
        "callers": np.ones(len(resolution), np.bool_),
        "ended": ended,
        "open": ~ended,
        "lost": unserved | (resolution == Resolution.LOST),
        "unserved": unserved,
        "called_back": called_back,
        "dialling": ~known["form"],
        "left_form": known["form"],
        "forms_answered": forms_answered,
        **{f"forms_{soon}": forms_answered & known[soon] for soon in SOON},
        "callers_aimed": aimed,
        "callers_in_time": aimed & (resolution == Resolution.SERVED) & known["in_time"],
    }


FACTS_OF_PEOPLE = ("form", *SOON, "aimed", "in_time")
"""Machine code knows the last two."""
LENGTHS_OF_PEOPLE = {
    "caller_attempts": ("dialling", "attempts"),
    "form_wait": ("forms_answered", "minutes_to_call"),
}

PEOPLE = Kinds(FACTS_OF_PEOPLE, _of_people, *(whose for whose, _ in LENGTHS_OF_PEOPLE.values()))
