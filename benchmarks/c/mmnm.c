/* Callers of several queues, agents of one team that serves them all or of a team for each, exponential patience: the
   least that any engine does for an attempt. All that chance decides is drawn before the clock starts; what is timed
   is a heap of events, the rows of those who wait, the idle agents and a log.

   Whoever has waited longest in any queue of the team is first: the first of each queue stand in a heap, so that a
   free agent does not look through the queues.

       cc -O3 -o mmnm mmnm.c -lm
       ./mmnm AGENTS QUEUES TEAMS TALK PATIENCE PER_DAY DAYS SEED

   prints a line of JSON: attempts, seconds of processor time, the share of attempts that hung up and the mean wait,
   answered or not. The first day fills the centre and is neither timed nor counted. TALK and PATIENCE are means in
   seconds. */

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define DAY 86400.0
#define NOBODY -1

enum state { COMING, WAITING, ANSWERED, GAVE_UP };
typedef struct { double time; uint64_t key; } event;              /* key: order of posting, what it is, and whose */
typedef struct { double dialled, talk, patience; int queue; } caller;
typedef struct { double dialled, answered, left; int agent; int state; } attempt;
typedef struct { int *first; int busy; int idle_first, idle_last; } team;   /* the first of each queue, as a heap */

#define HANGS_UP (1ULL << 31)
#define WHOSE (HANGS_UP - 1)

static event *heap;
static int scheduled;
static uint64_t posted;
static caller *callers;
static attempt *log_;
static team *teams;
static int *behind, *last_of, *idle_behind, *team_of;

static inline int before(event a, event b) { return a.time < b.time || (a.time == b.time && a.key < b.key); }

static inline void post(double time, uint64_t what)
{
    event e = {time, posted++ << 32 | what};
    int place = scheduled++;
    while (place > 0) {
        int above = (place - 1) >> 1;
        if (!before(e, heap[above])) break;
        heap[place] = heap[above];
        place = above;
    }
    heap[place] = e;
}

static inline void drop_first(void)
{
    event e = heap[--scheduled];
    int place = 0;
    for (;;) {
        int below = 2 * place + 1;
        if (below >= scheduled) break;
        if (below + 1 < scheduled && before(heap[below + 1], heap[below])) below++;
        if (!before(heap[below], e)) break;
        heap[place] = heap[below];
        place = below;
    }
    heap[place] = e;
}

/* Callers dial in the order of their numbers, so who has the lowest has waited longest. */
static inline void line_up(team *at, int who)
{
    int queue = callers[who].queue;
    if (last_of[queue] == NOBODY) at->first[at->busy++] = who;
    else behind[last_of[queue]] = who;
    behind[who] = NOBODY;
    last_of[queue] = who;
}

static inline int longest_waiting(team *at)
{
    while (at->busy) {
        int who = at->first[0], next = behind[who];
        if (next == NOBODY) {
            last_of[callers[who].queue] = NOBODY;
            next = at->first[--at->busy];
        }
        int place = 0;
        for (;;) {
            int below = 2 * place + 1;
            if (below >= at->busy) break;
            if (below + 1 < at->busy && at->first[below + 1] < at->first[below]) below++;
            if (at->first[below] > next) break;
            at->first[place] = at->first[below];
            place = below;
        }
        at->first[place] = next;
        if (log_[who].state == WAITING) return who;
    }
    return NOBODY;
}

static inline void answer(int who, int agent, double now)
{
    attempt *row = &log_[who];
    row->state = ANSWERED;
    row->answered = now;
    row->left = now + callers[who].talk;
    row->agent = agent;
    post(row->left, (uint64_t)agent);
}

static inline void rest(team *at, int agent)
{
    idle_behind[agent] = NOBODY;
    if (at->idle_first == NOBODY) at->idle_first = agent;
    else idle_behind[at->idle_last] = agent;
    at->idle_last = agent;
}

static inline void dial(team *at, int who, double now)
{
    attempt *row = &log_[who];
    row->dialled = now;
    int agent = at->idle_first;
    if (agent != NOBODY) {
        at->idle_first = idle_behind[agent];
        answer(who, agent, now);
        return;
    }
    row->state = WAITING;
    row->agent = NOBODY;
    row->answered = NAN;
    line_up(at, who);
    post(now + callers[who].patience, HANGS_UP | (uint64_t)who);
}

static double uniform(uint64_t *state)                              /* splitmix64 (Steele, Lea and Flood 2014) */
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return (double)((z ^ (z >> 31)) >> 11) * 0x1.0p-53;
}

static double exponential(uint64_t *state, double mean) { return -mean * log(1.0 - uniform(state)); }

static int draw(int most, int queues, double talk, double patience, double per_day, double end, uint64_t state)
{
    double now = 0.0;
    int number = 0;
    for (; number < most; number++) {
        now += exponential(&state, DAY / per_day);
        if (now >= end) break;
        callers[number].dialled = now;
        callers[number].talk = exponential(&state, talk);
        callers[number].patience = exponential(&state, patience);
        callers[number].queue = (int)(uniform(&state) * queues);
    }
    return number;
}

static void lay_out(int most, int agents, int queues, int team_count)
{
    heap = malloc(sizeof(event) * (size_t)(most + agents));
    callers = malloc(sizeof(caller) * (size_t)most);
    log_ = calloc((size_t)most, sizeof(attempt));
    behind = malloc(sizeof(int) * (size_t)most);
    last_of = malloc(sizeof(int) * (size_t)queues);
    teams = calloc((size_t)team_count, sizeof(team));
    idle_behind = malloc(sizeof(int) * (size_t)agents);
    team_of = malloc(sizeof(int) * (size_t)agents);
    for (int queue = 0; queue < queues; queue++) last_of[queue] = NOBODY;
    for (int of = 0; of < team_count; of++) {
        teams[of].first = malloc(sizeof(int) * (size_t)queues);
        teams[of].idle_first = NOBODY;
    }
    for (int agent = 0; agent < agents; agent++) {
        team_of[agent] = agent % team_count;
        rest(&teams[team_of[agent]], agent);
    }
}

static double processor_time(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Play until nobody is on the line; the clock starts with the first attempt that counts. */
static double play(int attempts, int first_counted, int team_count)
{
    int next = 0;
    double started = 0.0;
    while (next < attempts || scheduled) {
        if (next < attempts && (!scheduled || callers[next].dialled < heap[0].time)) {
            if (next == first_counted) started = processor_time();
            dial(&teams[team_count == 1 ? 0 : callers[next].queue], next, callers[next].dialled);
            next++;
            continue;
        }
        event e = heap[0];
        drop_first();
        int whose = e.key & WHOSE;
        if (e.key & HANGS_UP) {
            if (log_[whose].state == WAITING) {
                log_[whose].state = GAVE_UP;
                log_[whose].left = e.time;
            }
        } else {
            int who = longest_waiting(&teams[team_of[whose]]);
            if (who == NOBODY) rest(&teams[team_of[whose]], whose);
            else answer(who, whose, e.time);
        }
    }
    return processor_time() - started;
}

int main(int count, char **words)
{
    if (count != 9) return 2;
    int agents = atoi(words[1]), queues = atoi(words[2]), team_count = atoi(words[3]);
    double talk = atof(words[4]), patience = atof(words[5]), per_day = atof(words[6]), end = DAY * atof(words[7]);
    double expected = per_day * end / DAY;
    int most = (int)(expected + 10.0 * sqrt(expected) + 100.0);
    lay_out(most, agents, queues, team_count);
    int attempts = draw(most, queues, talk, patience, per_day, end, (uint64_t)atol(words[8]));
    int first_counted = 0, gave_up = 0;
    while (callers[first_counted].dialled < DAY) first_counted++;
    double seconds = play(attempts, first_counted, team_count), waited = 0.0;
    for (int who = first_counted; who < attempts; who++) {
        const attempt *row = &log_[who];
        gave_up += row->state == GAVE_UP;
        waited += (row->state == GAVE_UP ? row->left : row->answered) - row->dialled;
    }
    int counted = attempts - first_counted;
    printf("{\"attempts\": %d, \"seconds\": %.9f, \"abandoned\": %.9f, \"wait\": %.9f}\n", counted, seconds,
           (double)gave_up / counted, waited / counted);
    return 0;
}
