"""What the compiled engine knows of a scenario before chance comes in: made once, for all replications."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from callsim import demand
from callsim.demand import Floats, Tape
from callsim.engine import records
from callsim.engine.beginning import Beginning
from callsim.engine.daybook import Daybook
from callsim.engine.horizon import horizon
from callsim.engine.layout import UNLIMITED, layout
from callsim.engine.records import ON_TALK_END, ON_TRY_DUE, Records, address, empty
from callsim.engine.sheets import Sheets
from callsim.kept import Latest
from callsim.randomness import stream_name
from callsim.scenario.roster import places_of, slots_of
from callsim.scenario.timetable import DAY, FLAT
from callsim.scenario.vocabulary import Scenario, Source

AT_ONCE = 16_384
"""Callers that are drawn together, unless they are all born on one day."""
MOST_DAYS = 64
"""Days that are drawn together."""
MOST_KEPT = 64
"""Stretches of days that are kept."""
MOST_PLANS = 32


class Absence(NamedTuple):
    """A team whose agents may not come."""

    team: str
    stream: str
    first: int
    """The number of its first slot."""
    slots: int
    places: int
    """Of each slot: they are numbered as in `roster.places_of`."""
    share: float

    def tell(self, absent: NDArray[np.bool_], numbers: Floats) -> None:
        """Write who does not come, by day and place, where the numbers drawn by day and slot are these."""
        for place in range(self.places):
            first = self.first + place * self.slots
            np.less(numbers, self.share, out=absent[:, first : first + self.slots])


class Volumes(NamedTuple):
    """A source's volumes on some days."""

    expected: Floats
    """Callers by day, on days of factor 1."""
    whole: float
    """Their sum."""
    ends: Floats
    """By day and piece of the day's profile, the last moment of the piece."""


class Dials:
    """What decides the first dials of a source, but for chance."""

    def __init__(self, tape: Tape, prefix: str, source: Source, daybook: Daybook) -> None:
        scenario = tape.scenario
        calendar = scenario.calendar
        profile = source.calls_by_hour or FLAT
        self.mark = repr((
            prefix, source.volume, source.weekdays, profile, source.day_to_day_variation,
            scenario.day_to_day_variation, calendar.start, calendar.holidays,
        ))  # fmt: skip
        """All that decides them but seed and days."""
        self.streams = demand.dial_streams(prefix)
        self._pieces = demand.pieces(profile)
        self.words = np.zeros(1, records.DIALS)
        """In the words of drawing.py, but for keys, days and addresses."""
        of = self._pieces
        self.pieces_at = address(of.starts), address(of.weights), address(of.reached), len(of.starts)
        """As `records.DIALS` has it."""
        for name, variation in (("shared", scenario.day_to_day_variation), ("own", source.day_to_day_variation)):
            self.words[name] = demand.spread(variation) if variation else 0.0
        self._tape = tape
        self._source = source
        self._daybook = daybook
        self._known: dict[Any, float] = {}
        self._kept: dict[tuple[int, int], Volumes] = {}

    @property
    def varies(self) -> bool:
        """Whether days have factors."""
        return bool(self.words["shared"][0] or self.words["own"][0])

    def volumes(self, first: int, days: int) -> Volumes:
        """Those of some days from a first one on."""
        found = self._kept.get((first, days))
        if found is None:
            numbers = np.arange(first, first + days)
            ends = np.nextafter(numbers[:, None] * DAY + self._pieces.ends, 0.0)
            expected = np.array([self._of_day(day) for day in numbers.tolist()])
            found = Volumes(expected, float(expected.sum()), ends)
            if len(self._kept) < MOST_KEPT:
                self._kept[first, days] = found
        return found

    def _of_day(self, day: int) -> float:
        kind = self._daybook.kind(day)
        if kind not in self._known:
            self._known[kind] = self._tape.volume(self._source, day)
        return self._known[kind]


class Plan:
    """A scenario as the compiled engine plays it."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.horizon = horizon(scenario)
        self.layout = layout(scenario, self.horizon.stop)
        self.sheets = Sheets(scenario, self.layout.columns)
        self.daybook = Daybook(scenario)
        self.absences = list(_absences(scenario))
        tape = Tape(scenario, 0, 0)
        self.dials = [Dials(tape, prefix, source, self.daybook) for prefix, source in tape.sources.items()]
        """By source."""
        self.beginning = Beginning(self._centre(), self.layout)
        daily = sum(
            source.volume.number * (24.0 if source.volume.per == "hour" else 1.0)
            for source in scenario.sources.values()
        )
        self._days = min(1 << max(int(math.log2(AT_ONCE / daily)), 0), MOST_DAYS) if daily else MOST_DAYS

    def begin_with(self, lengths: Mapping[str, int]) -> None:
        """A replication needed tables of these lengths: let the next one begin with them."""
        known = self.beginning.lengths
        if any(length > known[name] for name, length in lengths.items()):
            self.beginning = Beginning(self._centre(), self.layout, lengths)

    def days_from(self, day: int) -> int:
        """How many days to draw at once. Variants with as many callers, or nearly, draw the same days together."""
        last = day - day % self._days + self._days
        whole = math.ceil(self.horizon.end / DAY)
        if not self.horizon.runs_out:
            last = min(last, math.ceil(self.horizon.stop / DAY))
        else:
            # Stories mostly end on the day after the last one that counts.
            last = min(last, max(whole, day) + 2)
        return last - day

    def _centre(self) -> Records:
        record, scenario = empty(records.CENTRE), self.scenario
        zeros = (
            "now sequence asked unended lines_busy gap is_tight line_wanted runs_out next_row opened has_desk"
            " desk_is_open is_midnight is_over block_count last_call_count last_leg_count last_caller_count"
        )
        values: dict[str, float] = dict.fromkeys(zeros.split(), 0) | {
            "end": self.horizon.end,
            "leaf_count": records.LEAVES,
            "next_time": math.inf,
            "lines": UNLIMITED if scenario.lines is None else scenario.lines,
            "queue_count": len(scenario.queues),
            "may_lack": ON_TALK_END if any(queue.transfer for queue in scenario.queues.values()) else ON_TRY_DUE,
        }
        if scenario.voicemail is not None:
            values |= {"leaves": scenario.voicemail.leaves, "message_takes": scenario.voicemail.takes}
        for name, value in (values | self._desk()).items():
            record[name] = value
        return record

    def _desk(self) -> dict[str, float]:
        """What is told of calling back."""
        rules = self.scenario.callbacks
        if rules is None:
            return {}
        return {
            "has_desk": 1,
            "desk_team": list(self.scenario.teams).index(rules.by),
            "desk_pool": len(self.layout.pool_rooms) - 1,
            **{f"for_{cause}": cause in rules.for_ for cause in ("missed", "voicemail", "unserved", "form")},
            "number_known": rules.number_known,
            "reaches": rules.reaches,
            "no_answer_takes": rules.no_answer_takes,
            "tries_at_most": rules.tries.at_most,
            "tries_every": rules.tries.every,
        }


def _absences(scenario: Scenario) -> Iterator[Absence]:
    first = 0
    for name, team in scenario.teams.items():
        slots = slots_of(team)
        if team.absence:
            stream = stream_name("team", name, "absence")
            yield Absence(name, stream, first, slots, team.chats_at_once, team.absence)
        first += places_of(team)


plan_of = Latest(Plan, MOST_PLANS)
"""The plan of a scenario; those of the latest ones are kept."""
