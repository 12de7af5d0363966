"""Who waits and who idles, for the compiled engine: queues, vendors' rows, callbacks that are due, pools of agents.

The twin of the methods of QueueState, VendorState, CallbackDesk and the pools in state.py.
"""

from __future__ import annotations

from callsim.engine.memory import (
    IDLE_SIZE,
    NONE,
    call_at,
    caller_at,
    compiled,
    copy,
    forget_node,
    head_at,
    idle_at,
    job_at,
    listed,
    node_at,
    pool_at,
    queue_at,
    slot_at,
    take_node,
    team_at,
)
from callsim.engine.records import (
    AT_VENDOR,
    KEPT,
    LEAST_BUSY,
    LONGEST_IDLE,
    ROUND_ROBIN,
    WAITING,
)

# Rows and heaps of those who wait: first_waiting, first_kept, next_waiting and first_due of state.py.


@compiled
def meld(centre, one, other):
    """Two heaps as one (a pairing heap: Fredman et al. 1986). -1 is the empty heap."""
    if one < 0:
        return other
    if other < 0:
        return one
    if node_at(centre, other).rank < node_at(centre, one).rank:
        one, other = other, one
    top, below = node_at(centre, one), node_at(centre, other)
    below.after = top.child
    top.child = other
    return one


@compiled
def without_first(centre, heap):
    """The heap less its first node, which is forgotten: the nodes below it are melded two by two."""
    child = node_at(centre, heap).child
    forget_node(centre, heap)
    pairs = -1
    while child >= 0:
        second = node_at(centre, child).after
        node_at(centre, child).after = NONE
        third = -1
        if second >= 0:
            third = node_at(centre, second).after
            node_at(centre, second).after = NONE
        pair = meld(centre, child, second)
        node_at(centre, pair).after = pairs
        pairs = pair
        child = third
    heap = -1
    while pairs >= 0:
        further = node_at(centre, pairs).after
        node_at(centre, pairs).after = NONE
        heap = meld(centre, heap, pairs)
        pairs = further
    return heap


@compiled
def line_up(centre, queue, call):
    """Put a caller into the row by the time of first asking: who was sent over may rank before others."""
    node = take_node(centre, call.rank, call.index)
    if queue.row_last >= 0 and node_at(centre, queue.row_last).rank > call.rank:
        queue.early = meld(centre, queue.early, node)
    else:
        if queue.row_last >= 0:
            node_at(centre, queue.row_last).after = node
        else:
            queue.row_first = node
        queue.row_last = node
    queue.length += 1
    for index in range(queue.first_head, queue.first_head + queue.heads):
        tell_of(centre, head_at(centre, listed(centre, index)), call.rank)


@compiled
def waits_in(centre, queue, node):
    """Whether the caller of a node still waits in the queue with this rank, on the line."""
    call = call_at(centre, node.what)
    if call.state != WAITING or call.rank != node.rank:
        return False
    return call.queue == queue.place or waits_also(centre, call, queue)


@compiled
def first_waiting(centre, queue):
    """Who has waited longest on the line, or -1."""
    while queue.row_first >= 0 and not waits_in(centre, queue, node_at(centre, queue.row_first)):
        gone = queue.row_first
        queue.row_first = node_at(centre, gone).after
        if queue.row_first < 0:
            queue.row_last = NONE
        forget_node(centre, gone)
    if queue.early >= 0:
        while queue.early >= 0 and not waits_in(centre, queue, node_at(centre, queue.early)):
            queue.early = without_first(centre, queue.early)
        if queue.early >= 0 and (
            queue.row_first < 0 or node_at(centre, queue.early).rank < node_at(centre, queue.row_first).rank
        ):
            return node_at(centre, queue.early).what
    return node_at(centre, queue.row_first).what if queue.row_first >= 0 else NONE


@compiled
def drop_waiting(centre, queue, call):
    """Take out the caller who has waited longest."""
    first = queue.row_first
    if first >= 0 and node_at(centre, first).rank == call.rank:
        queue.row_first = node_at(centre, first).after
        if queue.row_first < 0:
            queue.row_last = NONE
        forget_node(centre, first)
    else:
        queue.early = without_first(centre, queue.early)


@compiled
def keep(centre, queue, call):
    """Put a caller who waits at home into the queue's heap of those."""
    queue.kept = meld(centre, queue.kept, take_node(centre, call.rank, call.index))


@compiled
def first_kept_of(centre, queue):
    """Who has waited longest for a call back with the place kept, or -1."""
    while queue.kept >= 0:
        node = node_at(centre, queue.kept)
        call = call_at(centre, node.what)
        here = call.queue == queue.place or waits_also(centre, call, queue)
        if call.state == KEPT and call.rank == node.rank and here:
            return node.what
        queue.kept = without_first(centre, queue.kept)
    return NONE


@compiled
def waits_also(centre, call, queue):
    """Whether the queue is one of the further ones in which the caller waits."""
    other = call.others
    while other >= 0:
        node = node_at(centre, other)
        if node.what == queue.place:
            return True
        other = node.after
    return False


@compiled
def add_other(centre, call, queue):
    """The caller waits in a queue as well, the last of them."""
    added = take_node(centre, 0, queue.place)
    if call.others < 0:
        call.others = added
        return
    last = call.others
    while node_at(centre, last).after >= 0:
        last = node_at(centre, last).after
    node_at(centre, last).after = added


@compiled
def drop_other(centre, call, place):
    """The caller no longer waits in a further queue."""
    before = -1
    other = call.others
    while node_at(centre, other).what != place:
        before = other
        other = node_at(centre, other).after
    if before < 0:
        call.others = node_at(centre, other).after
    else:
        node_at(centre, before).after = node_at(centre, other).after
    forget_node(centre, other)


@compiled
def next_waiting(centre, vendor):
    """Take out who came first; who hung up is passed over."""
    while vendor.row_first >= 0:
        first = vendor.row_first
        node = node_at(centre, first)
        call = call_at(centre, node.what)
        waits = call.state == AT_VENDOR and call.stay == node.rank and call.vendor == vendor.place
        found = node.what
        vendor.row_first = node.after
        if vendor.row_first < 0:
            vendor.row_last = NONE
        forget_node(centre, first)
        if waits:
            return found
    return NONE


@compiled
def first_due(centre):
    """The oldest callback that is due and whose caller is not in the system."""
    while centre.desk_due >= 0:
        node = node_at(centre, centre.desk_due)
        job = job_at(centre, node.what)
        is_open = job.number == node.rank and job.is_open
        if is_open and caller_at(centre, job.caller).call < 0:
            return node.what
        if is_open:
            job.is_set_aside = 1
        centre.desk_due = without_first(centre, centre.desk_due)
    return NONE


# Heaps of the queues of a team that serves many: the first one is that of the caller whom its agents take next.
#
# A queue stands there with the rank of its first caller or of one before, who has gone. Only the first of a heap is
# looked at again, so that nobody who hangs up has to be looked for.


@compiled
def tell_of(centre, head, rank):
    """Somebody of that rank waits in a queue."""
    team = team_at(centre, head.team)
    if head.place < 0:
        head.rank = rank
        head.place = team.waiting
        team.waiting += 1
        rise(centre, team, head)
    elif rank < head.rank:
        head.rank = rank
        rise(centre, team, head)


@compiled
def rise(centre, team, head):
    """Let a queue rise in its team's heap to where it belongs."""
    place = head.place
    while place:
        above = head_at(centre, head_at(centre, team.first_head + ((place - 1) >> 1)).member)
        if not is_before(head, above):
            break
        stand_at(centre, team, above, place)
        place = (place - 1) >> 1
    stand_at(centre, team, head, place)


@compiled
def sink(centre, team, head):
    """Let a queue sink to where it belongs."""
    place = head.place
    while 2 * place + 1 < team.waiting:
        at = 2 * place + 1
        below = head_at(centre, head_at(centre, team.first_head + at).member)
        if at + 1 < team.waiting:
            other = head_at(centre, head_at(centre, team.first_head + at + 1).member)
            if is_before(other, below):
                at += 1
                below = other
        if not is_before(below, head):
            break
        stand_at(centre, team, below, place)
        place = at
    stand_at(centre, team, head, place)


@compiled
def stand_at(centre, team, head, place):
    head.place = place
    head_at(centre, team.first_head + place).member = head.index


@compiled
def is_before(one, other):
    """Whether a team's agents look into a queue before another: better groups first, then longer waits."""
    if one.group != other.group:
        return one.group < other.group
    return one.rank < other.rank or (one.rank == other.rank and one.index < other.index)


@compiled
def first_head(centre, team):
    """The queue of the caller whom the team's agents take next, or -1."""
    while team.waiting:
        head = head_at(centre, head_at(centre, team.first_head).member)
        call = first_waiting(centre, queue_at(centre, head.queue))
        if call < 0:
            head.place = NONE
            team.waiting -= 1
            if team.waiting:
                last = head_at(centre, head_at(centre, team.first_head + team.waiting).member)
                last.place = 0
                sink(centre, team, last)
        elif call_at(centre, call).rank > head.rank:
            head.rank = call_at(centre, call).rank
            sink(centre, team, head)
        else:
            return head.queue
    return NONE


# Pools of idle agents.


@compiled
def sift_up(pool, place):
    """Let an entry rise to where it belongs."""
    while place:
        above = (place - 1) >> 1
        if not idles_before(idle_at(pool, place), idle_at(pool, above)):
            return
        swap(pool, place, above)
        place = above


@compiled
def sift_down(pool, place):
    """Let an entry sink to where it belongs."""
    while 2 * place + 1 < pool.size:
        below = 2 * place + 1
        if below + 1 < pool.size and idles_before(idle_at(pool, below + 1), idle_at(pool, below)):
            below += 1
        if not idles_before(idle_at(pool, below), idle_at(pool, place)):
            return
        swap(pool, place, below)
        place = below


@compiled
def idles_before(one, other):
    if one.key != other.key:
        return one.key < other.key
    return one.number < other.number or (one.number == other.number and one.idles < other.idles)


@compiled
def swap(pool, one, other):
    first, second = idle_at(pool, one), idle_at(pool, other)
    key, number, idles, slot = first.key, first.number, first.idles, first.slot
    first.key, first.number, first.idles, first.slot = second.key, second.number, second.idles, second.slot
    second.key, second.number, second.idles, second.slot = key, number, idles, slot


@compiled
def add_idle(centre, pool, slot):
    """Put an agent into a pool in which its rule picks."""
    if pool.first + pool.size == pool.room:
        drop_stale(centre, pool)
    place = pool.first + pool.size
    pool.size += 1
    if pool.pick == LONGEST_IDLE:
        while place > pool.first and stands_behind(idle_at(pool, place - 1), slot):
            move(pool, place - 1, place)
            place -= 1
        stand(idle_at(pool, place), slot, slot.idle_since)
        return
    key = 0.0
    if pool.pick == LEAST_BUSY:
        key = slot.handled
    elif pool.pick == ROUND_ROBIN:
        key = float(pool.round if slot.number > pool.last else pool.round + 1)
    stand(idle_at(pool, place), slot, key)
    sift_up(pool, place)


@compiled
def stands_behind(entry, slot):
    """Whether an entry belongs behind an agent who idles from now on: only where others do as well."""
    return entry.key == slot.idle_since and entry.number > slot.number


@compiled
def stand(entry, slot, key):
    entry.key = key
    entry.number = slot.number
    entry.idles = slot.idles
    entry.slot = slot.index


@compiled
def move(pool, place, to):
    copy(pool.idle + place * IDLE_SIZE, pool.idle + to * IDLE_SIZE, IDLE_SIZE)


@compiled
def drop_stale(centre, pool):
    """Forget who is no longer idle."""
    size = 0
    for place in range(pool.first, pool.first + pool.size):
        entry = idle_at(pool, place)
        slot = slot_at(centre, entry.slot)
        if slot.is_idle and slot.idles == entry.idles:
            move(pool, place, size)
            size += 1
    pool.first = 0
    pool.size = size
    for place in range(size // 2 - 1, -1, -1):
        sift_down(pool, place)


@compiled
def begin_pool(centre, pool):
    """A new day: who has been least busy today is another one than yesterday."""
    drop_stale(centre, pool)
    if pool.pick == LEAST_BUSY:
        for place in range(pool.size):
            entry = idle_at(pool, place)
            entry.key = slot_at(centre, entry.slot).handled
        for place in range(pool.size // 2 - 1, -1, -1):
            sift_down(pool, place)


@compiled
def take_idle(centre, pool):
    """Take the agent whom the rule picks, or -1."""
    while pool.size:
        entry = idle_at(pool, pool.first)
        idles = entry.idles
        slot = slot_at(centre, entry.slot)
        pool.size -= 1
        if pool.pick == LONGEST_IDLE:
            pool.first = pool.first + 1 if pool.size else 0
        else:
            move(pool, pool.size, 0)
            sift_down(pool, 0)
        if slot.is_idle and slot.idles == idles:
            slot.is_idle = 0
            if pool.pick == ROUND_ROBIN:
                if slot.number <= pool.last:
                    pool.round += 1
                pool.last = slot.number
            return slot.index
    return NONE


@compiled
def free_agent(centre, queue):
    """Take an idle agent of the team that the queue likes best, or -1."""
    for index in range(queue.first_pool, queue.first_pool + queue.pools):
        pool = pool_at(centre, listed(centre, index))
        if pool.size:
            slot = take_idle(centre, pool)
            if slot >= 0:
                return slot
    return NONE
