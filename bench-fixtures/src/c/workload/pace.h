// Runs functions for wanted lengths of CPU time and measures what they got.

#ifndef PACE_H
#define PACE_H

#include <stdbool.h>
#include <stdint.h>

// The most functions of a workload.
#define MAX_FUNCTIONS 4

// A function of the truth: its share, and what a unit takes at 2.6 GHz.
struct function {
    const char *name;
    double share;
    double unit_nanos;
    void (*run)(uint64_t n_units);
};

// What is asked for; `work` is 0 where a length of CPU time is.
struct task {
    const char *name;
    double seconds;
    uint64_t work;
    uint64_t seed;
    uint64_t depth;
    double period_nanos;
    double shares[MAX_FUNCTIONS];
    bool has_shares;
    char slow[64];
    double factor;
};

// What one function took, with all that it called; ticks are 0 without a counter.
struct times {
    uint64_t cpu_nanos;
    uint64_t wall_nanos;
    uint64_t ticks;
    uint64_t n_units;
    uint64_t n_phases;
};

struct pace {
    const struct task *task;
    struct function functions[MAX_FUNCTIONS];
    int n_functions;
    struct times times[MAX_FUNCTIONS];
    double unit_nanos[MAX_FUNCTIONS];
    double carried[MAX_FUNCTIONS];
};

// A moment, by the clocks of a thread, of the wall and of the processor.
struct now {
    uint64_t cpu_nanos;
    uint64_t wall_nanos;
    uint64_t ticks;
};

struct now read_clocks(void);
uint64_t read_clock(int clock);

// Runs the functions in rounds of random order and length, or in step with a period.
void random_rounds(struct pace *pace);
void in_step(struct pace *pace);

#endif
