// No function looks at a clock, since that would show in its profile. Each takes a number
// of work units, and the pace learns from every phase how long one lasts. For a fixed
// amount of work it learns nothing, and every run does the same units.

#include "pace.h"

#include <math.h>
#include <string.h>
#include <time.h>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

#define ROUND_NANOS 8e6
#define WORK_NANOS 8e6

uint64_t read_clock(int clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

struct now read_clocks(void) {
    struct now now = {0};
    now.cpu_nanos = read_clock(CLOCK_THREAD_CPUTIME_ID);
    now.wall_nanos = read_clock(CLOCK_MONOTONIC);
#if defined(__x86_64__)
    now.ticks = __rdtsc();
#endif
    return now;
}

// SplitMix64 (Steele, Lea and Flood, 2014), and a number from 0 to 1 made of it.
static double draw(uint64_t *state) {
    uint64_t value = *state += 0x9e3779b97f4a7c15u;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
    return (double)((value ^ (value >> 31)) >> 11) * 0x1p-53;
}

static bool is_fixed(const struct pace *pace) { return pace->task->work > 0; }

static double total(const struct pace *pace) {
    uint64_t sum = 0;
    for (int at = 0; at < pace->n_functions; at++) {
        sum += pace->times[at].cpu_nanos;
    }
    return (double)sum;
}

static bool has_more(const struct pace *pace, uint64_t n_rounds, double round_nanos) {
    if (is_fixed(pace)) {
        return (double)n_rounds * round_nanos < (double)pace->task->work * WORK_NANOS;
    }
    return total(pace) < pace->task->seconds * 1e9;
}

// Runs a phase between two readings of the clocks, and returns its CPU time.
static uint64_t measure(struct pace *pace, int at, uint64_t n_units) {
    struct times *times = &pace->times[at];
    struct now start = read_clocks();
    pace->functions[at].run(n_units);
    struct now end = read_clocks();
    times->cpu_nanos += end.cpu_nanos - start.cpu_nanos;
    times->wall_nanos += end.wall_nanos - start.wall_nanos;
    // Stamps of two processors may be a few ticks apart.
    times->ticks += end.ticks > start.ticks ? end.ticks - start.ticks : 0;
    times->n_units += n_units;
    times->n_phases++;
    return end.cpu_nanos - start.cpu_nanos;
}

static void learn(struct pace *pace) {
    for (int at = 0; at < pace->n_functions; at++) {
        pace->unit_nanos[at] = pace->functions[at].unit_nanos;
        if (!is_fixed(pace)) {
            // The first run warms caches and tells little.
            measure(pace, at, 4);
            pace->unit_nanos[at] = fmax((double)measure(pace, at, 16), 1.0) / 16.0;
        }
    }
}

// Runs one function for about so much CPU time, or for a multiple where it is slowed.
static void phase(struct pace *pace, int at, double nanos) {
    double units = fmax(round(nanos / pace->unit_nanos[at]), 1.0);
    if (strcmp(pace->task->slow, pace->functions[at].name) == 0) {
        units *= pace->task->factor;
    }
    units += pace->carried[at];
    pace->carried[at] = units - floor(units);
    double n_units = floor(units);
    double took = (double)measure(pace, at, (uint64_t)n_units);
    if (!is_fixed(pace)) {
        // A running mean follows changes of clock speed and forgets outliers.
        double measured = fmax(took, 1.0) / fmax(n_units, 1.0);
        pace->unit_nanos[at] = 0.8 * pace->unit_nanos[at] + 0.2 * measured;
    }
}

void random_rounds(struct pace *pace) {
    uint64_t random = pace->task->seed;
    int order[MAX_FUNCTIONS] = {0, 1, 2, 3};
    learn(pace);
    for (uint64_t n_rounds = 0; has_more(pace, n_rounds, ROUND_NANOS); n_rounds++) {
        for (int last = pace->n_functions - 1; last > 0; last--) {
            int chosen = (int)(draw(&random) * (last + 1)), moved = order[last];
            order[last] = order[chosen];
            order[chosen] = moved;
        }
        for (int at = 0; at < pace->n_functions; at++) {
            double length = pace->functions[order[at]].share * ROUND_NANOS;
            phase(pace, order[at], length * (0.5 + draw(&random)));
        }
    }
}

// A fixed amount of work cannot also keep a schedule: its phases have the same units in
// every run, and only about the length that they should have.
void in_step(struct pace *pace) {
    learn(pace);
    double period = pace->task->period_nanos, deadline = 0.0;
    double start = (double)read_clock(CLOCK_THREAD_CPUTIME_ID);
    for (uint64_t n_periods = 0; has_more(pace, n_periods, period); n_periods++) {
        for (int at = 0; at < pace->n_functions; at++) {
            double length = pace->functions[at].share * period;
            deadline += length;
            if (!is_fixed(pace)) {
                double now = (double)read_clock(CLOCK_THREAD_CPUTIME_ID);
                length = deadline - (now - start);
            }
            phase(pace, at, length);
        }
    }
}
