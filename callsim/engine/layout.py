"""A scenario as the compiled engine needs it: tables of records, lists of places, and the columns of the tape.

What state.py and centre.py build as objects stands here as records (records.py), made once for a scenario and copied
for each replication.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from callsim.calllog import Outcome, Reason
from callsim.demand import Floats
from callsim.engine import records
from callsim.engine.needs import Columns
from callsim.engine.records import Records
from callsim.quantities import Reference
from callsim.scenario.roster import places_of, slots_of
from callsim.scenario.staff import Team
from callsim.scenario.timetable import DAY, LONGEST_COOL_DOWN, Week, steps
from callsim.scenario.vocabulary import Overflow, Queue, Scenario, Source

FEW = 4
"""Queues of a team that are looked into one by one when an agent is free; the first of more stands in a heap."""
UNLIMITED = 1 << 62
PICKS = {
    "longest idle": records.LONGEST_IDLE,
    "least busy": records.LEAST_BUSY,
    "in order": records.HUNT,
    "round robin": records.ROUND_ROBIN,
}
CHANNELS = {"call": records.BY_CALL, "chat": records.BY_CHAT, "form": records.BY_FORM}
KINDS = {
    "queue": records.TO_QUEUE,
    "menu": records.TO_MENU,
    "self_service": records.TO_SELF_SERVICE,
    "vendor": records.TO_VENDOR,
    "voicemail": records.TO_VOICEMAIL,
    "callback": records.TO_CALLBACK,
    "hang up": records.HANG_UP,
}


class Layout(NamedTuple):
    """A scenario in tables."""

    tables: Mapping[str, Records]
    """By name, those of records.FIXED."""
    places: NDArray[np.int64]
    """Lists of places: the queues of teams, the pools of queues, and the like."""
    chances: Floats
    """Chances of redials by attempt."""
    openings: Mapping[int, Floats]
    """By place of a queue, when it opens."""
    columns: Columns
    """Of the tape."""
    pool_rooms: Sequence[int]
    """How many idle agents each pool has room for."""


def layout(scenario: Scenario, stop: float) -> Layout:
    """The tables of a scenario that is played until a time."""
    return _Builder(scenario).layout(stop)


class _Builder:
    """Fills the tables part by part; what refers to another part does so by its number there."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.places: list[int] = []
        self.chances: list[float] = []
        self.rows: dict[str, list[Records]] = {name: [] for name in records.FIXED}
        self.columns = Columns(scenario)
        self.place_of = {
            kind: {name: place for place, name in enumerate(parts)}
            for kind, parts in (
                ("queue", scenario.queues),
                ("menu", scenario.menus),
                ("self_service", scenario.self_service),
                ("vendor", scenario.vendors),
                ("team", scenario.teams),
            )
        }

    def layout(self, stop: float) -> Layout:
        self.menus()
        self.services()
        self.vendors()
        pools, rooms = self.pools()
        heads = self.heads()
        self.queues(pools, heads)
        self.teams(pools)
        self.sources()
        return Layout(
            {name: self.table(name) for name in records.FIXED},
            np.array(self.places, np.int64),
            np.array(self.chances),
            self.openings(stop),
            self.columns,
            rooms,
        )

    def table(self, name: str) -> Records:
        rows = self.rows[name]
        return np.concatenate(rows) if rows else np.zeros(0, records.FIXED[name])

    def add(self, name: str, **values: float) -> int:
        """Append a record to a table; returns its number."""
        rows = self.rows[name]
        rows.append(records.empty(records.FIXED[name], **values))
        return len(rows) - 1

    def list_of(self, places: Iterable[int]) -> tuple[int, int]:
        """Append a list of places; returns where it begins and how long it is."""
        first = len(self.places)
        self.places.extend(places)
        return first, len(self.places) - first

    # Destinations.

    def go(self, to: Reference, outcome: int = Outcome.ABANDONED_MENU, reason: int = Reason.SENT_AWAY) -> int:
        """Append a destination; outcome and reason are those of being cut off."""
        place = self.place_of[to.kind][to.name] if to.kind in self.place_of else -1
        return self.add("destinations", kind=KINDS[to.kind], place=place, outcome=outcome, reason=reason)

    def unless_hung_up(self, to: Reference) -> int:
        """A queue's rule for closed or full: -1 to hang up, with the refusal for an outcome."""
        return -1 if to.kind == "hang up" else self.go(to)

    def ways(self, shares: Sequence[float], to: Sequence[int], uses_line: Sequence[bool]) -> tuple[int, int]:
        """Append the ways of a source or the keys of a menu, with their shares added up."""
        limits = np.add.accumulate(shares).tolist() if len(shares) else []
        first = len(self.rows["ways"])
        for limit, destination, line in zip(limits, to, uses_line, strict=True):
            self.add("ways", limit=limit, to=destination, uses_line=line)
        return first, len(limits)

    # Parts.

    def menus(self) -> None:
        for name, menu in self.scenario.menus.items():
            to = [self.go(key.to) for key in menu.keys]
            first, keys = self.ways([key.share for key in menu.keys], to, [True] * len(to))
            self.add(
                "menus",
                answers_after=menu.answers_after,
                hangs_up=menu.hangs_up,
                first_key=first,
                keys=keys,
                prompt_column=self.columns.of_attempt("prompt", "menu", name),
                hang_up_column=self.columns.of_attempt("hang_up", "menu", name),
                key_column=self.columns.of_caller("key", "menu", name),
            )

    def services(self) -> None:
        for name, service in self.scenario.self_service.items():
            self.add(
                "services",
                resolves=service.resolves,
                otherwise=self.go(service.otherwise, Outcome.ABANDONED_MENU, Reason.SELF_SERVICE_FAILED),
                takes_column=self.columns.of_attempt("takes", "self_service", name),
                solved_column=self.columns.of_caller("solved", "self_service", name),
            )

    def vendors(self) -> None:
        for place, (name, vendor) in enumerate(self.scenario.vendors.items()):
            wraps_up = vendor.wrap_up is not None
            self.add(
                "vendors",
                place=place,
                operators=UNLIMITED if vendor.operators is None else vendor.operators,
                lines=UNLIMITED if vendor.lines is None else vendor.lines,
                busy=0,
                calls=0,
                speed=vendor.speed,
                meets=0.0 if vendor.takes_message else vendor.quality,
                wraps_up=wraps_up,
                releases_line=vendor.releases_line,
                answer_column=self.columns.of_attempt("vendor_answer", "vendor", name),
                wrap_up_column=self.columns.of_attempt("vendor_wrap_up", "vendor", name) if wraps_up else -1,
                quality_column=self.columns.of_attempt("quality", "vendor", name),
            )

    def pools(self) -> tuple[dict[str, dict[str, list[int]]], list[int]]:
        """Number the pools: queues that like the same teams alike, and pick by the same rule, share one.

        Returns the pools of each queue and of each team, and how many agents may stand in each.
        """
        of: dict[str, dict[str, list[int]]] = {"queue": {}, "team": {name: [] for name in self.scenario.teams}}
        known: dict[tuple[Any, ...], int] = {}
        rooms: list[int] = []
        for name, queue in self.scenario.queues.items():
            of["queue"][name] = []
            for liked in self.scenario.ranks(name):
                key = liked, queue.pick, name if queue.pick == "round robin" else ""
                if key not in known:
                    known[key] = self.pool(PICKS[queue.pick], liked, of["team"], rooms)
                of["queue"][name].append(known[key])
        if self.scenario.callbacks is not None:
            self.pool(records.LONGEST_IDLE, (self.scenario.callbacks.by,), of["team"], rooms)
        return of, rooms

    def pool(self, pick: int, teams: Sequence[str], of_team: dict[str, list[int]], rooms: list[int]) -> int:
        number = self.add("pools", pick=pick, first=0, size=0, round=0, last=-1)
        for team in teams:
            of_team[team].append(number)
        # Twice the agents: whoever is no longer idle stands there until looked at, or until there is no room.
        rooms.append(2 * sum(places_of(self.scenario.teams[team]) for team in teams) + 16)
        self.rows["pools"][number]["room"] = rooms[-1]
        return number

    def heads(self) -> dict[str, list[int]]:
        """Number the queues in the heaps of teams that serve many, team by team. Returns the numbers by queue.

        Who waits at home is not always called: then an agent looks into all queues.
        """
        found: dict[str, list[int]] = {name: [] for name in self.scenario.queues}
        if any(queue.offer_callback for queue in self.scenario.queues.values()):
            return found
        names = list(self.scenario.queues)
        for place, team in enumerate(self.scenario.teams.values()):
            if len(team.queues) > FEW:
                for group, queues in enumerate(self.groups(team)):
                    for queue in queues:
                        number = self.add("heads", index=len(self.rows["heads"]), team=place, queue=queue, group=group)
                        found[names[queue]].append(number)
        return found

    def queues(self, pools: Mapping[str, Mapping[str, Sequence[int]]], heads: Mapping[str, Sequence[int]]) -> None:
        for place, (name, queue) in enumerate(self.scenario.queues.items()):
            first_pool, number = self.list_of(pools["queue"][name])
            first_head, of_teams = self.list_of(heads[name])
            first_rule = len(self.rows["rules"])
            for rule in queue.overflow:
                self.rule(rule)
            self.add(
                "queues",
                place=place,
                open=0,
                length=0,
                staff=0,
                next_open=-math.inf,
                answers_after=math.nan if queue.answers_after is None else queue.answers_after,
                room=UNLIMITED if queue.room_for is None else queue.room_for,
                serves_at_closing=queue.at_closing == "serve",
                closed_to=self.unless_hung_up(queue.closed),
                full_to=self.unless_hung_up(queue.full),
                first_rule=first_rule,
                rules=len(queue.overflow),
                has_rules=bool(queue.overflow or queue.offer_callback),
                first_pool=first_pool,
                pools=number,
                first_head=first_head,
                heads=of_teams,
                opening_count=0,
                **self.of_queue(name, queue),
            )

    def of_queue(self, name: str, queue: Queue) -> dict[str, float]:
        """What only some queues have."""
        values: dict[str, float] = {"has_offer": queue.offer_callback is not None}
        if queue.talk is not None:
            work = self.columns.of_caller("work_in", "queue", name, legs=True)
            values |= {"mean_talk": queue.talk.mean, "work_column": work}
        if queue.offer_callback is not None:
            values |= {
                "offer_after": queue.offer_callback.after,
                "offer_accepts": queue.offer_callback.accepts,
                "accepts_column": self.columns.of_attempt("accepts", "queue", name),
            }
        if queue.transfer is not None:
            values |= {
                "transfer_chance": queue.transfer.chance,
                "transfers_to": self.place_of["queue"][queue.transfer.to.name],
                "transfer_column": self.columns.of_attempt("transfer", "queue", name),
            }
        return values

    def rule(self, rule: Overflow) -> None:
        to = rule.to or rule.also
        assert to is not None
        self.add(
            "rules",
            after=rule.after or 0.0,
            unstaffed=rule.when is not None,
            queue=self.place_of["queue"][to.name] if to.kind == "queue" else -1,
            vendor=self.place_of["vendor"][to.name] if to.kind == "vendor" else -1,
            also=rule.also is not None,
            to=self.go(to, Outcome.ABANDONED_QUEUE, Reason.SENT_AWAY),
        )

    def teams(self, pools: Mapping[str, Mapping[str, Sequence[int]]]) -> None:
        for place, (name, team) in enumerate(self.scenario.teams.items()):
            first_slot = len(self.rows["slots"])
            for slot in range(places_of(team)):
                self.slot(place, slot, first=first_slot + slot % slots_of(team))
            first_queue, queues = self.list_of(self.place_of["queue"][queue] for queue in team.queues)
            first_pool, number = self.list_of(pools["team"][name])
            first_group = len(self.rows["groups"])
            for group in self.groups(team):
                start, length = self.list_of(group)
                self.add("groups", first_queue=start, queues=length)
            self.add(
                "teams",
                place=place,
                speed=team.speed,
                resolves=team.resolves,
                picks_up=team.answers_after is not None,
                gives_up_after=math.inf if team.no_answer_after is None else team.no_answer_after,
                unavailable_for=team.unavailable_for,
                wraps_up=team.wrap_up is not None,
                counts_handling=any(
                    self.rows["pools"][pool]["pick"][0] == records.LEAST_BUSY for pool in pools["team"][name]
                ),
                first_slot=first_slot,
                slots=len(self.rows["slots"]) - first_slot,
                agents=slots_of(team),
                first_queue=first_queue,
                queues=queues,
                first_group=first_group,
                groups=len(self.rows["groups"]) - first_group,
                first_pool=first_pool,
                pools=number,
                **self.heap(place),
                **self.team_columns(name, team),
            )

    def heap(self, team: int) -> dict[str, int]:
        """Where the heap of a team's queues stands."""
        own = [number for number, head in enumerate(self.rows["heads"]) if head["team"][0] == team]
        return {"first_head": min(own, default=0), "heads": len(own), "waiting": 0}

    def slot(self, team: int, place: int, *, first: int) -> None:
        number = len(self.rows["slots"])
        self.add(
            "slots", index=number, team=team, place=place, first=first, number=team << 20 | place, on_duty=0,
            work=records.NO_WORK, is_idle=0, idles=0, activity=0, handled=0.0, rostered_until=-math.inf,
        )  # fmt: skip

    def groups(self, team: Team) -> Iterator[list[int]]:
        """Groups of queues between which the longest wait decides, the best group first."""
        queues = self.scenario.queues
        for level in team.serves:
            for priority in sorted({queues[queue].priority for queue in level}, reverse=True):
                yield [self.place_of["queue"][queue] for queue in level if queues[queue].priority == priority]

    def team_columns(self, name: str, team: Team) -> dict[str, int]:
        found = {}
        if team.answers_after is not None:
            found["pick_up_column"] = self.columns.of_attempt("pick_up", "team", name, offers=True)
        if team.wrap_up is not None:
            found["wrap_up_column"] = self.columns.of_attempt("wrap_up", "team", name, offers=True)
            rules = self.scenario.callbacks
            calls = rules is not None and rules.by == name
            found["try_wrap_up_column"] = self.columns.add(records.TRIES, "wrap_up", lambda *_: calls, owner=name)
        if team.resolves < 1.0:
            found["comes_back_column"] = self.columns.of_attempt("comes_back", "team", name, legs=False)
        return found

    def sources(self) -> None:
        for source in self.scenario.sources.values():
            to = [self.go(way.to) for way in source.goes_to]
            # Straight to a vendor, a call uses no line of ours.
            is_call = source.channel == "call"
            lines = [is_call and (way.to.kind != "vendor" or source.uses_line) for way in source.goes_to]
            first, ways = self.ways([way.share for way in source.goes_to], to, lines)
            at_most = source.redial.at_most if source.redial else 0
            self.add(
                "sources",
                mean_talk=source.talk.mean,
                redials_at_most=UNLIMITED if at_most is None else at_most,
                first_way=first,
                ways=ways,
                first_chance=self.redial_chances(source),
                channel=CHANNELS[source.channel],
            )

    def redial_chances(self, source: Source) -> int:
        """Append, for each outcome, where its chances by attempt begin and how many there are."""
        chances = source.redial.chance if source.redial else {}
        by_outcome = {getattr(Outcome, outcome.upper()): of for outcome, of in chances.items()}
        entries: list[int] = []
        for outcome in range(Outcome.UNFINISHED + 1):
            of = by_outcome.get(outcome, ())
            entries += [len(self.chances), len(of)]
            self.chances.extend(of)
        return self.list_of(entries)[0]

    def openings(self, stop: float) -> dict[int, Floats]:
        """When queues open: only whoever redials after being refused by a closed one asks for that."""
        scenario = self.scenario
        asked = any(source.redial and "closed" in source.redial.chance for source in scenario.sources.values())
        if not asked:
            return {}
        return {
            place: np.array(list(_openings(scenario, scenario.open_hours(name), stop)))
            for place, name in enumerate(scenario.queues)
        }


def _openings(scenario: Scenario, hours: Week, stop: float) -> Iterator[float]:
    for day in range(int(stop // DAY) + LONGEST_COOL_DOWN + 2):
        for time, value in steps(hours, scenario.calendar, day):
            if value:
                yield time
