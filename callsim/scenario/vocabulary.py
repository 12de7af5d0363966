"""The vocabulary of a scenario: every word a person may write, with its unit. One class for each thing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field, PlainValidator, model_validator

from callsim import quantities
from callsim.laws import Law
from callsim.quantities import Volume, grouped
from callsim.scenario.compound import (
    HANG_UP,
    KINDS,
    AtMost,
    Chances,
    Kinds,
    Lines,
    QueueOnly,
    Rank,
    Room,
    Switch,
    TeamLevels,
    TryCount,
    Way,
    Ways,
    add_up,
)
from callsim.scenario.fields import (
    MOST_CALLERS,
    Callers,
    CallingTeam,
    Destination,
    Duration,
    Items,
    LeadPrice,
    Mistakes,
    MonthlyRate,
    Part,
    Patience,
    Percent,
    Spread,
    Target,
    Text,
    Time,
    WorthName,
    choice,
    listed,
    schema,
    some,
)
from callsim.scenario.pay import Pay
from callsim.scenario.plans import Tariff
from callsim.scenario.staff import SHORTEST, Team, Vendor
from callsim.scenario.timetable import Calendar, DayFactors, HourProfile, Hours, Week
from callsim.scenario.worth import Worth
from callsim.value import LOSS_VIEWS

__all__ = [
    "KINDS",
    "LOSS_VIEWS",
    "Calendar",
    "Callbacks",
    "OfferCallback",
    "Overflow",
    "Pay",
    "Queue",
    "Redial",
    "Scenario",
    "Source",
    "Tariff",
    "Team",
    "Transfer",
    "Vendor",
    "Voicemail",
    "Way",
    "Worth",
]


class Redial(Part):
    """What callers do after a missed attempt."""

    chance: Chances
    """Chance of a redial: `33%`, by attempt `[50%, 30%]`, or by outcome `{abandoned: 33%, closed: 50%}`."""
    after: Time
    """From the end of the missed attempt to the next dial; after `closed`, from the next opening."""
    at_most: AtMost
    """Redials a caller makes at the most, or `never` for no bound."""

    @model_validator(mode="after")
    def _moves_on(self) -> Redial:
        """Redials without bound and without delay would never let the clock move on."""
        if self.at_most is None and self.after.mean < SHORTEST:
            mistakes = Mistakes()
            mistakes.add(("after",), "expected at least 1 s on average, as `at_most: never` sets no bound, found less")
            mistakes.report()
        return self


CHANNELS = ("call", "chat", "form")
"""How people come: they call; they chat, which needs no line; or they leave a form, and are called back."""
UNSAID = {
    "chat": {
        "hangs_up_ringing": "a chat does not ring: `hangs_up_waiting` alone says how long somebody stays",
        "uses_line": "a chat uses no telephone line",
    },
    "form": {
        "goes_to": "a form goes to the team that `callbacks` names",
        "hangs_up_ringing": "nobody waits with a form",
        "hangs_up_waiting": "nobody waits with a form",
        "patience_on_redial": "nobody waits with a form",
        "redial": "who has left a form waits to be called",
        "logged_calls": "forms are no calls: write `callers`",
        "uses_line": "a form uses no telephone line",
    },
}
"""Keys that have no meaning for a source of a channel, and why."""


class Source(Part):
    """Where callers come from: an advertisement, a number, a segment."""

    channel: Annotated[str, choice(*CHANNELS)] = "call"
    """How they come: `call`; `chat`, which waits in a queue without a line; or `form`, which is called back."""
    callers: Callers | None = None
    """People on a day of factor 1, `85 per day` or `200 per hour`; their redials come on top."""
    logged_calls: Callers | None = None
    """Calls as a phone log counts them, redials among them, instead of `callers`: the callers are solved for."""
    weekdays: DayFactors = Field(default_factory=dict)
    """Volume of a day as a multiple of an ordinary one: `{sat: 0.6, sun: 0.3}`."""
    calls_by_hour: HourProfile | None = None
    """Relative rates over the day; needed with callers `per day`."""
    day_to_day_variation: Spread = 0.0
    """Coefficient of variation of this source's own day factor (gamma)."""
    goes_to: Ways = Field(default_factory=tuple)
    """Where callers arrive: `queue sales`, `menu main`, or shares such as `{60%: queue sales, 40%: vendor night}`."""
    hangs_up_ringing: Patience = Field(default_factory=lambda: Law("never"))
    """How long a caller lets it ring while nobody and nothing answers; needed for calls."""
    hangs_up_waiting: Patience | None = None
    """How long a caller waits once a machine has answered; needed where a machine can, and for chats."""
    patience_on_redial: Annotated[str, choice("redrawn", "kept")] = "redrawn"
    """Whether a redialling caller's patience is drawn anew or is that of the first call."""
    talk: Time
    """Length of the conversation, hold included."""
    redial: Redial | None = None
    """Without it nobody redials."""
    kinds: Kinds = Field(default_factory=lambda: {"new": 1.0})
    """Why they call: shares of new, existing, service and junk."""
    worth: WorthName | None = None
    """What a caller of kind new is worth: an entry under `worth:`."""
    budget: MonthlyRate | None = None
    """What advertising in this channel costs, however many call; a lead is a caller of kind new, and costs its part."""
    cost_per_lead: LeadPrice | None = None
    """What each caller of kind new costs, instead of `budget`; all others and redials cost nothing."""
    uses_line: Switch = False
    """Whether calls that go straight to a vendor use a line of ours."""

    @classmethod
    def lacking(cls, given: Mapping[str, Any]) -> Iterator[str]:
        if "callers" not in given and "logged_calls" not in given:
            yield "expected `callers:` such as `callers: 85 per day`, found nothing"
        if "callers" in given and "logged_calls" in given:
            yield "expected either `callers:` or `logged_calls:` (a variant removes the other by `none`), found both"
        if "budget" in given and "cost_per_lead" in given:
            yield "expected either `budget:` or `cost_per_lead:` (a variant removes the other by `none`), found both"

    @property
    def is_advertised(self) -> bool:
        """Whether it says what its callers cost."""
        return self.budget is not None or self.cost_per_lead is not None

    @classmethod
    def needed(cls, given: Mapping[str, Any]) -> tuple[str, ...]:
        """Whoever calls or chats goes somewhere, and it rings for whoever calls."""
        by_channel = {"chat": ("goes_to",), "form": ()}
        return by_channel.get(str(given.get("channel")), ("goes_to", "hangs_up_ringing"))

    @property
    def waits(self) -> bool:
        """Whether somebody waits for an answer, as with a call or a chat."""
        return self.channel != "form"

    @property
    def volume(self) -> Volume:
        """What is known of the volume: callers, or the calls of a log."""
        volume = self.callers or self.logged_calls
        assert volume is not None
        return volume

    @model_validator(mode="after")
    def _consistent(self) -> Source:
        mistakes = Mistakes()
        for key, why in UNSAID.get(self.channel, {}).items():
            if key in self.model_fields_set:
                mistakes.add((key,), f"expected no `{key}:` with `channel: {self.channel}` (`none` removes it): {why}")
        daily = self.volume.per == "day"
        if daily and self.calls_by_hour is None:
            mistakes.add((), (
                "expected `calls_by_hour:` to say when those `per day` call, found nothing; "
                "`calls_by_hour: {00:00: 1}` spreads them over all 24 hours"
            ))  # fmt: skip
        if not daily and self.calls_by_hour is not None:
            mistakes.add(("calls_by_hour",), "callers `per hour` call evenly: leave it out, or write `per day`")
        busiest = self.volume.number * (1 if daily else 24) * max(self.weekdays.values(), default=1.0)
        if busiest > MOST_CALLERS:
            most = f"at most {grouped(MOST_CALLERS)} callers on any day"
            mistakes.add(("weekdays",), f"expected {most}, found {grouped(busiest)}")
        mistakes.report()
        return self


class Key(Part):
    """A key of a menu: who presses it and where it leads."""

    share: Percent
    """Share of the callers who stay to the end of the prompt."""
    to: Destination
    """Where it leads."""


class Menu(Part):
    """A machine that answers and lets callers choose."""

    answers_after: Duration
    """Ringing before it answers, such as `1 ring`; 0 where a machine has answered already."""
    prompt: Time
    """From its answer to the key."""
    hangs_up: Percent = 0.0
    """Share of callers who hang up during the prompt, at any moment of it alike."""
    keys: Annotated[tuple[Key, ...], Items, some("key such as `{share: 100%, to: queue sales}`")]
    """The keys; their shares add up to 100 %."""

    @model_validator(mode="after")
    def _all_callers(self) -> Menu:
        mistakes = Mistakes()
        mistakes.attempt(("keys",), add_up, [key.share for key in self.keys])
        mistakes.report()
        return self


class SelfService(Part):
    """A recording or a robot that may solve the need."""

    takes: Time
    """How long it takes."""
    resolves: Percent
    """Share of callers whose need it solves."""
    otherwise: Destination = HANG_UP
    """Where the others go."""


class Overflow(Part):
    """A rule that moves a waiting caller on. It does not fire into a closed or full queue."""

    after: Duration | None = None
    """Waiting in this queue before the rule fires, once for each caller."""
    when: Annotated[str, choice("nobody on duty")] | None = None
    """The other trigger: no agent who serves the queue is on duty."""
    to: Destination | None = None
    """Where the caller goes, keeping the rank of first asking."""
    also: QueueOnly | None = None
    """A queue in which the caller waits as well; the first match counts."""

    @classmethod
    def lacking(cls, given: Mapping[str, Any]) -> Iterator[str]:
        if ("after" in given) == ("when" in given):
            yield "expected either `after:` or `when:`, exactly one of them"
        if ("to" in given) == ("also" in given):
            yield "expected either `to:` or `also:`, exactly one of them"


class OfferCallback(Part):
    """The offer to be called back with the place kept."""

    after: Duration
    """Waiting before the offer is made."""
    accepts: Percent
    """Share of callers who accept it."""


class Transfer(Part):
    """Being put through to another queue after the talk."""

    chance: Percent
    """Share of callers who are put through."""
    to: QueueOnly
    """The queue they are put through to."""


class Queue(Part):
    """Callers waiting for one kind of help."""

    target: Target | None = None
    """The service level aimed at, such as `80% in 20 s`; without one the queue has no service level."""
    open: Hours | None = None
    """Its own hours; without them the calendar's."""
    closed: Destination = HANG_UP
    """Where callers go while it is closed."""
    room_for: Room | None = None
    """Callers who can wait; without it there is no bound."""
    full: Destination = HANG_UP
    """Where callers go when there is no room; hanging up here is a busy signal."""
    answers_after: Duration | None = None
    """When the queue itself answers (greeting, then music), counted from joining it; without it, it rings."""
    at_closing: Annotated[str, choice("serve", "closed")] = "serve"
    """Whether those who wait at closing are still served, or meet the rule `closed`."""
    talk: Time | None = None
    """Length of conversations about this kind of help, instead of the source's."""
    priority: Rank = 0
    """Higher is served first by a team that likes several queues alike; 0 unless said."""
    teams: TeamLevels | None = None
    """The teams that serve the queue by preference, `[desk, night]`; without it the teams' own `serves` decides."""
    pick: Annotated[str, choice("longest idle", "least busy", "in order", "round robin")] = "longest idle"
    """Which of several free agents takes the call."""
    overflow: Annotated[tuple[Overflow, ...], Items] = ()
    """Rules that move waiting callers on, such as `[{after: 3 rings, to: vendor night desk}]`."""
    offer_callback: OfferCallback | None = None
    """The offer to hang up and be called back with the place kept."""
    transfer: Transfer | None = None
    """Being put through after the talk."""


class Voicemail(Part):
    """A recorder for messages."""

    leaves: Percent
    """Share of callers who leave a message."""
    takes: Duration
    """How long a message takes."""


class Tries(Part):
    """How often and how soon a callback is tried."""

    at_most: TryCount
    """Tries of one callback."""
    every: Duration
    """Time between two tries."""


class Callbacks(Part):
    """Calling missed callers back."""

    for_: Annotated[
        tuple[str, ...],
        listed("missed", "voicemail", "unserved", "form"),
        schema("array", "whom to call back", "[missed, voicemail, unserved, form]"),
    ] = Field(alias="for")
    """Whom to call back: who was missed, who left a message, whose need a vendor did not meet, who left a form."""
    by: CallingTeam
    """The team that calls back when no caller waits for it."""
    number_known: Percent = 1.0
    """Share of missed callers whose number is known; needed beside `missed`."""
    reaches: Percent
    """Share of tries that reach the caller."""
    tries: Tries
    """How often and how soon."""
    no_answer_takes: Duration
    """Agent's time for a try that reaches nobody."""

    @classmethod
    def needed(cls, given: Mapping[str, Any]) -> tuple[str, ...]:
        """Whoever leaves a message or a form leaves a number, and a vendor passes it on."""
        for_ = given.get("for")
        return () if isinstance(for_, list) and "missed" not in for_ else ("number_known",)


class Scenario(Part):
    """Everything that a person decides about one variant. Times are seconds, money is Decimal."""

    also_known = ("extends", "variants")

    name: Text
    """What the scenario is about, in one line."""
    currency: Annotated[str, PlainValidator(quantities.currency_code), schema("string", "a code", "RUB")] | None = None
    """ISO code of all amounts, such as `RUB`; needed where there are amounts."""
    ring: (
        Annotated[
            float,
            PlainValidator(quantities.ring_length),
            schema("string", "a country or a length of time", "Russia", "USA", "UK", "6 s"),
        ]
        | None
    ) = None
    """Length of one cycle of the ringing tone: a country or a time; needed where something is counted in rings."""
    calendar: Calendar
    """Days and opening hours."""
    lines: Lines | None = None
    """Lines into the building; a caller who finds none free hears busy. Without it there is no bound."""
    line_rent: MonthlyRate | None = None
    """What each of the lines costs, such as `500 RUB per month`: a part of the total."""
    count_loss_as: Annotated[str, choice(*LOSS_VIEWS)] | None = None
    """Which view of a lost caller enters the total cost."""
    day_to_day_variation: Spread = 0.0
    """Coefficient of variation of a day factor that all sources share (gamma)."""
    sources: Annotated[dict[str, Source], some("source such as `search ads: {callers: 85 per day, ...}`")]
    """Where callers come from."""
    menus: dict[str, Menu] = Field(default_factory=dict)
    """Machines that answer and let callers choose."""
    self_service: dict[str, SelfService] = Field(default_factory=dict)
    """Recordings and robots that may solve the need."""
    queues: dict[str, Queue] = Field(default_factory=dict)
    """Callers waiting for one kind of help each."""
    teams: dict[str, Team] = Field(default_factory=dict)
    """Who answers."""
    vendors: dict[str, Vendor] = Field(default_factory=dict)
    """Outsourced answering services."""
    tariffs: dict[str, Tariff] = Field(default_factory=dict)
    """What answering services charge."""
    worth: dict[str, Worth] = Field(default_factory=dict)
    """What callers are worth."""
    voicemail: Voicemail | None = None
    """A recorder for messages."""
    callbacks: Callbacks | None = None
    """Calling missed callers back."""

    @classmethod
    def lacking(cls, given: Mapping[str, Any]) -> Iterator[str]:
        """One word about a missing currency, instead of one at each amount."""
        if "line_rent" in given and "lines" not in given:
            yield "expected `lines:` such as `lines: 4` beside `line_rent:`, found nothing: each of them is paid for"
        paid = (
            "line_rent" in given
            or _anywhere(given.get("teams"), "pay")
            or _anywhere(given.get("sources"), "budget", "cost_per_lead")
        )
        if "currency" not in given and (paid or given.get("worth") or given.get("tariffs")):
            yield "expected `currency:` such as `currency: RUB`, found nothing: there are amounts of money below"

    def open_hours(self, queue: str) -> Week:
        """The hours of a queue: its own, else the calendar's."""
        return self.queues[queue].open or self.calendar.open

    def teams_of(self, queue: str) -> list[str]:
        """Names of the teams that serve a queue, in the order of the file."""
        return [name for name, team in self.teams.items() if queue in team.queues]

    def ranks(self, queue: str) -> tuple[tuple[str, ...], ...]:
        """The teams that serve a queue by preference, the best first: as the queue says, else by their `serves`."""
        own = self.queues[queue].teams
        if own is not None:
            return own
        by_level: dict[int, list[str]] = {}
        for name in self.teams_of(queue):
            level = next(place for place, names in enumerate(self.teams[name].serves) if queue in names)
            by_level.setdefault(level, []).append(name)
        return tuple(tuple(by_level[level]) for level in sorted(by_level))


def _anywhere(parts: object, *keys: str) -> bool:
    """Whether one of the parts has one of the keys."""
    entries = parts.values() if isinstance(parts, dict) else ()
    return any(key in part for part in entries if isinstance(part, dict) for key in keys)
