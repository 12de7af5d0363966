"""What the compiled engine remembers, as records in plain memory: the twin of state.py. Behind that what the drawing
of the tape and the counting of rows are told.

A record refers to another by its number in the other's table, -1 for none; what never happened is NaN. Names are those
of state.py. What only one kind of centre needs is there in all: the memory of a call is 300 bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callsim import calllog

Records = NDArray[Any]

# What a call is doing.
DIALLING, RINGING_MENU, IN_MENU, WAITING, PICKING_UP, TALKING, AT_VENDOR, CONNECTING, KEPT, MOVING, GONE, VOID = range(
    12
)
NO_WORK, CALL_WORK, LEG_WORK, JOB_WORK = range(4)
"""At what an agent works."""
LONGEST_IDLE, LEAST_BUSY, HUNT, ROUND_ROBIN = range(4)
"""Whom a pool picks."""
BY_CALL, BY_CHAT, BY_FORM = range(3)
"""The channels of sources."""
TO_QUEUE, TO_MENU, TO_SELF_SERVICE, TO_VENDOR, TO_VOICEMAIL, TO_CALLBACK, HANG_UP = range(7)
"""The kinds of destinations."""
MOST_TRANSFERS = 5
"""Legs of a call after its first."""
AFTER_ALL_SLOTS = (1 << 56) - 1
"""The subject of what follows all roster changes of a moment."""

CALLERS, ATTEMPTS, TRIES, WORK_OF_LEG = range(4)
"""The tables of the tape."""
WORK, NUMBER_KNOWN, KIND = range(3)
"""Columns of what is drawn once for a caller; those by queue, menu and self-service follow."""
RING_PATIENCE, HOLD_PATIENCE, REDIAL_CHANCE, REDIAL_DELAY, SPLIT, MESSAGE, RESOLVED = range(7)
"""Columns of what is drawn for an attempt; those by menu, self-service, queue, team and vendor follow."""
REACHED = 0
"""The column of what is drawn for a try to call back; wrap-ups by team follow."""

GO_ON, BREAK_OFF = range(2)
"""What the loop is called for: the days that are open, or what is left when the horizon ends."""
PLAYED, WANTS, TIGHT = range(3)
"""Why the loop returns: it is done, it lacks a block of the tape, or room."""


LOGS = dict(zip(("attempt", "leg", "caller", "duty", "try", "callback"), calllog.RECORDS.values(), strict=True))
"""The rows of the logs, in the order of a chunk."""


def _record(*, row: str = "", floats: str = "", places: str = "", wide: str = "", **called: str) -> np.dtype[Any]:
    """A record: seconds and chances, small whole numbers, and large ones (running numbers and addresses).

    Before them the fields of a log's row, in its order and where it has them, so that the row is written at once;
    `called` says under which name a field is better known here.
    """
    of_row: Any = LOGS[row].fields if row else {}
    assert of_row is not None
    fields: list[tuple[str, Any]] = [(called.get(name, name), field[0]) for name, field in of_row.items()]
    fields += [(name, "f8") for name in floats.split()]
    fields += [(name, "i8") for name in wide.split()]
    fields += [(name, "i4") for name in places.split()]
    return np.dtype(fields, align=True)


CALLER = _record(
    row="caller",
    day="day_number",
    caller="ordinal",
    asked="times_asked",
    wide="number",
    places="index day row redials tries call redial job outlook has_ended uses next_free",
)
"""`uses` counts the calls and callbacks that refer to the caller: with the last of them the record is free again."""

CALL = _record(
    row="attempt",
    day="day_number",
    caller="ordinal",
    slot="place",
    vendor="vendor_place",
    floats="hold_ends entered offered_since",
    # Deadlines by the sequence numbers under which they stand on the schedule.
    wide="number rank stay greeting step draws first_draws",
    places="index patience caller row state rings holds_line queue others offers leg slot refused_by closed_by refusal"
    " refusal_reason menu service vendor at_operator is_written next_free",
)

LEG = _record(
    floats="asked matched answered left freed",
    wide="who",
    places="index call source day caller attempt number queue_place team place vendor_place next_free",
)

JOB = _record(
    floats="opened dialled answered left",
    wide="number step draws",
    places="index caller cause tries is_open is_set_aside try_number slot next_free",
)

SLOT = _record(
    floats="rostered_until came due idle_since busy_since handled",
    wide="number pause",
    places="index team place first on_duty work work_index is_idle idles activity first_break last_break departure",
)
"""`work` tells calls, legs and callbacks apart; breaks that were due while there was work are a row of changes, at
the `first` place of an agent who has several."""

CHANGE = _record(floats="lasts", places="index slot activity is_void after next_free")
"""A departure, or a break that is due."""

NODE = _record(wide="rank", places="what after child next_free")
"""An entry in a row or in a heap: a caller who waits, a callback that is due, a further queue of a caller."""

QUEUE = _record(
    floats="answers_after mean_talk offer_after offer_accepts transfer_chance closed_at next_open",
    wide="room length staff openings",
    places="place open serves_at_closing has_offer has_rules transfers_to closed_to full_to first_rule rules"
    " first_pool pools first_head heads work_column accepts_column transfer_column opening_count"
    " row_first row_last early kept",
)
"""Callers wait in a row by rank; `early` is a heap of those who came into the queue later than their rank."""

TEAM = _record(
    floats="speed gives_up_after unavailable_for resolves",
    places="place picks_up wraps_up counts_handling first_slot slots agents first_queue queues first_group groups"
    " first_pool pools first_head heads waiting pick_up_column wrap_up_column try_wrap_up_column comes_back_column",
)

HEAD = _record(wide="rank", places="index team queue group place member")
"""A queue among those of a team that serves many: where it stands in the team's heap, and with the rank of whom. As
memory of that heap, `member` is the queue that stands at this place of it."""

GROUP = _record(places="first_queue queues")
"""Queues between which the longest wait decides, for the agents of a team."""

POOL = _record(wide="idle first size room round last", places="pick")
"""Idle agents in a heap, or in a row from its first place on where the longest idle is picked."""

IDLE = _record(floats="key", wide="number", places="idles slot")

SOURCE = _record(
    floats="mean_talk",
    wide="redials_at_most",
    places="first_way ways first_chance channel",
)

WAY = _record(floats="limit", places="to uses_line")
"""Where a source goes, or a key of a menu leads, up to a limit of the number drawn."""

MENU = _record(floats="answers_after hangs_up", places="first_key keys prompt_column hang_up_column key_column")

SERVICE = _record(floats="resolves", places="otherwise takes_column solved_column")

VENDOR = _record(
    floats="speed meets",
    wide="operators lines busy calls",
    places="place wraps_up releases_line row_first row_last answer_column wrap_up_column quality_column",
)

RULE = _record(floats="after", places="unstaffed queue vendor also to")

DESTINATION = _record(places="kind place outcome reason")

DAY = _record(
    wide="number portion first callers attempts dialled source ordinal row",
    places="index size live",
)
"""The callers born on a day: addresses of what is known of each in the order of dialling, and of blocks of the tape;
and how many of them are not yet forgotten. Days are drawn in portions, known by their first day; a caller's row is that
in the columns of the portion and the source."""

ENTRY = np.dtype([("time", "f8"), ("event", "i8")], align=True)
"""An entry of the schedule: as small as can be, for the schedule is looked at most of all."""
LEAVES = 64
"""How many events the schedule has places for at first."""
EMPTY = 0x7FE << 52
"""The bits of the time of an empty place, to which its number is added: after all finite times."""
EVENT = _record(wide="key sequence what", places="next_free")
"""An event on the schedule; the key is kind and subject, `what` the handler and to what it happens."""

(
    ON_MENU_ANSWER, ON_MENU_HANG_UP, ON_MENU_END, ON_SELF_SERVICE_END, ON_GREETING, ON_PATIENCE_END, ON_PICK_UP,
    ON_WRAP_UP_END, ON_OVERFLOW, ON_VENDOR_ANSWER, ON_VENDOR_TALK_END, ON_VENDOR_WRAP_UP_END, ON_MESSAGE_END,
    ON_CALLBACK_OFFER,
    # What happens to nobody's call.
    ON_ARRIVAL, ON_DEPARTURE, ON_BREAK_DUE, ON_PAUSE_END, ON_HOURS_CHANGE, ON_DISMISSAL, ON_CALLBACK_HOURS,
    ON_CALLBACK_CHECK, ON_TRY_END, ON_CALLBACK_TALK_END, ON_CALLBACK_WRAP_UP_END,
    # What may need more of the tape: the end of a talk only where calls are put through.
    ON_TALK_END, ON_TRY_DUE, ON_DIAL, ON_NO_ANSWER,
) = (number << 48 for number in range(29))  # fmt: skip
"""The handlers, as they stand on the schedule above the number of what it happens to."""
HANDLER = 0xFFFF << 48
INDEX = 0xFFFFFFFF

PAGE = _record(
    floats="until",
    wide="hours hours_count stints stint_count changes",
    places="today runs_out may_be_last is_last",
)
"""A day: where its openings and its stints stand, the changes of the roster that they make, its place in the table of
days, its end, whether it ends with the last counted attempt, whether the run may end with it, and whether it does."""
HOURS = _record(floats="time", places="queue opens")
STINT = _record(floats="start end", places="slot first_pause pauses")
PAUSE = _record(floats="start lasts", places="activity")

REUSED = {"callers": CALLER, "calls": CALL, "legs": LEG, "jobs": JOB, "changes": CHANGE, "nodes": NODE, "events": EVENT}
"""Tables that grow with what is under way; who is no longer needed stands in a chain of free records."""

FIXED = {
    "slots": SLOT,
    "queues": QUEUE,
    "teams": TEAM,
    "heads": HEAD,
    "groups": GROUP,
    "pools": POOL,
    "sources": SOURCE,
    "ways": WAY,
    "menus": MENU,
    "services": SERVICE,
    "vendors": VENDOR,
    "rules": RULE,
    "destinations": DESTINATION,
}
"""Tables that are as large as the scenario says."""

CENTRE = _record(
    floats="now until end horizon reaches no_answer_takes tries_every number_known leaves message_takes next_time",
    wide=" ".join(
        (
            *REUSED,
            *(f"{name}_free" for name in REUSED),
            *(f"{name}_used" for name in REUSED),
            *(f"{name}_mark" for name in REUSED),
            *FIXED,
            *(f"{name}_log" for name in LOGS),
            *(f"{name}_rows" for name in LOGS),
            *(f"{name}_mark" for name in LOGS),
            "schedule leaf_count may_lack sequence asked unended lines lines_busy",
            "days chances places takes page pages_left pauses openings",
            "block_keys blocks_at block_count source_step wanted_portion wanted_number next_key",
            "tries_at_most opened last_calls last_call_count last_legs last_leg_count last_callers last_caller_count",
        )
    ),
    places="is_tight is_midnight is_over gap line_wanted runs_out today next_call next_row"
    " queue_count slot_count pool_count"
    " has_desk desk_team desk_pool"
    " desk_is_open desk_due for_missed for_voicemail for_unserved for_form wanted_table wanted_leg",
)
"""The centre itself: its clock, the addresses of its tables, and what CallCentre keeps in attributes.

A table's mark is half its size: an event that finds more in use asks for a larger one before the next.
"""

(
    CONSTANT, CHANCE, SHARE, EXPONENTIAL, UNIFORM, GAMMA, LOGNORMAL, WEIBULL, RINGS, EMPIRICAL, HYPEREXPONENTIAL, MIX,
) = range(12)  # fmt: skip
"""What a stream of the tape gives."""
LAW = _record(floats="a b c divisor", wide="shape table count parts")
"""How values are drawn: parameters by shape, by what all are divided (0 for nothing), and where a table stands."""
COLUMN = _record(floats="a b c divisor", wide="shape table count parts low high first days sizes attempt leg values")
"""A column to be drawn: a law, a stream's key, the days from a first one on, where the number of values of each of
them stands, and where the values go."""
DIALS = _record(
    floats="stop shared own",
    wide="first days room sizes times volumes ends starts weights reached pieces"
    " low high shared_low shared_high own_low own_high",
)
"""First dials of a source to be drawn, as far as they are before a time. Where day factors vary, `shared` and `own`
are the squares of their coefficients of variation."""
LINE = _record(wide="times sizes begun next end")
"""The first dials of a source, to be put in order with those of others."""
HANDS = _record(
    wide="state bits block scratch uniforms exponentials exponential uniform gamma lognormal weibull integers"
)
"""Where a Philox stands, the length of a block, room for four of them, and the functions that draw."""

HINT_SHIFT = 47
HINTS = 1 << 63 - HINT_SHIFT
"""Where to begin to look for the bin of a wait: by the first bits of its float, the sign among them, which is none."""
GROUPS = ("first_queue", "last_queue", "source", "interval", "met_vendor", "first_vendor")
SPANS = ("handled", "waiting")
COUNTING = _record(
    floats="low high interval",
    wide=" ".join(
        (
            "day_intervals kinds kind_of unmet marks skips_put_through has_vendors",
            *(f"{group}_{table}" for group in GROUPS for table in ("cells", "sums", "size")),
            *(f"{spans}_{table}" for spans in SPANS for table in ("running", "before", "after")),
            "width talks aims line_aims edges slices bins bin_edges hints",
            "histograms in_slices left_in_slices longer hours own_hours",
        )
    ),
)
"""Where the tables of counts.py and seconds.py stand. `size`: groups and one more, in front, for rows of none; `hours`:
the number of borders and their address, and for each queue, in `own_hours`, the same, -1 for a queue without hours of
its own. In front of the aims of the queues stands that of none."""


def address(array: NDArray[Any]) -> int:
    """Where an array's values stand in memory."""
    # Not from __array_interface__, which describes all fields of a record each time.
    return array.ctypes.data


def offset(dtype: np.dtype[Any], name: str) -> int:
    """Where a field stands in a record, in bytes."""
    assert dtype.fields is not None
    return dtype.fields[name][1]


def word_of_centre(name: str) -> int:
    """Where a field of eight bytes stands in the centre's record, counted in such fields."""
    return offset(CENTRE, name) // 8


def words_of_centre(kind: str, tables: Mapping[str, Any]) -> slice:
    """The same for a field that there is for each of some tables."""
    first, *_ = (word_of_centre(f"{name}_{kind}") for name in tables)
    return slice(first, first + len(tables))


def empty(dtype: np.dtype[Any], **values: float) -> Records:
    """One record of its kind as it begins: nothing has happened, no reference leads anywhere."""
    record = np.zeros(1, dtype)
    for name in dtype.names or ():
        record[name] = np.nan if dtype[name].kind == "f" else -1
    for name, value in values.items():
        record[name] = value
    return record
