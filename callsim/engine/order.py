"""Who goes first at equal times. An engine follows this table and nothing else.

Events are ordered by (time, kind, subject, sequence). So answering beats leaving, and leaving beats moving; whoever
dials at the moment of closing is too late, and whoever dials at the moment of opening is served.
Subject is the slot's number for roster changes and ends of wrap-up, the queue's place for hours (those sent away at
closing follow after all queues that open or close at that moment, those sent away because the last agent has gone
after all roster changes), else the caller's running number. Sequence is a counter, advanced once at each post.
Absolute times are posted, never delays.

A delay that a scenario does not have (a team without pick-up delay or wrap-up) has no event: the call is answered at
the match, the agent is free at the end of the talk. A delay of zero is an event like any other.
"""

HOURS_CHANGE = 0
"""A queue opens or closes: before the roster, for agents due at closing may stay."""
ROSTER_CHANGE = 1
"""An agent comes on duty or is due to leave."""
WRAP_UP_END = 2
TALK_END = 3
PICK_UP = 4
VENDOR_ANSWER = 5
MACHINE_ANSWER = 6
"""A menu or a queue's greeting answers."""
PATIENCE_END = 7
MENU_END = 8
"""A prompt or a self-service ends, or the caller hangs up in a prompt."""
OVERFLOW = 9
DIAL = 10
"""First dials and redials."""
CALLBACK_CHECK = 11
