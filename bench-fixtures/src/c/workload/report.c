// A phase is measured too long by something between nothing and the cost of one bracket.
// How far that can move a share is derived in `bracket.rs`, beside the workloads in Rust.

#include "report.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define N_BRACKETS 256

static int ascending(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

// What reading the clocks costs, at most in nine of ten, while caches are cold.
static struct now measure_bracket(void) {
    static volatile unsigned char other[32 << 10];
    static uint64_t cpu[N_BRACKETS], wall[N_BRACKETS];
    for (int n = 0; n < N_BRACKETS; n++) {
        for (size_t at = 0; at < sizeof other; at++) {
            other[at]++;
        }
        struct now start = read_clocks(), end = read_clocks();
        cpu[n] = end.cpu_nanos - start.cpu_nanos;
        wall[n] = end.wall_nanos - start.wall_nanos;
    }
    qsort(cpu, N_BRACKETS, sizeof *cpu, ascending);
    qsort(wall, N_BRACKETS, sizeof *wall, ascending);
    int ninth_tenth = N_BRACKETS * 9 / 10;
    return (struct now){.cpu_nanos = cpu[ninth_tenth], .wall_nanos = wall[ninth_tenth]};
}

// Bounds how far one share may be off.
static double half_width(double nanos, double n_own, double total, double n_all, double cost) {
    struct timespec step;
    clock_getres(CLOCK_THREAD_CPUTIME_ID, &step);
    double resolution = (double)step.tv_sec * 1e9 + (double)step.tv_nsec;
    double share = nanos / total;
    double own = (1.0 - share) * n_own, others = share * (n_all - n_own);
    return (cost * fmax(own, others) + resolution * (own + others)) / total;
}

static void print_functions(const struct pace *pace, struct now bracket, double tick_rate) {
    double total = 0.0, wall_total = 0.0, n_all = 0.0;
    for (int at = 0; at < pace->n_functions; at++) {
        total += (double)pace->times[at].cpu_nanos;
        wall_total += (double)pace->times[at].wall_nanos;
        n_all += (double)pace->times[at].n_phases;
    }
    for (int at = 0; at < pace->n_functions; at++) {
        struct times times = pace->times[at];
        double cpu = (double)times.cpu_nanos, wall = (double)times.wall_nanos;
        double n = (double)times.n_phases;
        printf("%s{\"name\":\"%s\",\"nanoseconds\":%" PRIu64, at ? "," : "",
               pace->functions[at].name, times.cpu_nanos);
        printf(",\"share\":%.17g", cpu / total);
        printf(",\"share_uncertainty\":%.17g",
               half_width(cpu, n, total, n_all, (double)bracket.cpu_nanos));
        printf(",\"cpu_seconds\":%.17g,\"wall_seconds\":%.17g", cpu / 1e9, wall / 1e9);
        printf(",\"wall_share\":%.17g", wall / wall_total);
        printf(",\"wall_share_uncertainty\":%.17g",
               half_width(wall, n, wall_total, n_all, (double)bracket.wall_nanos));
        if (tick_rate > 0.0) {
            printf(",\"tsc_seconds\":%.17g", (double)times.ticks / tick_rate);
        } else {
            printf(",\"tsc_seconds\":null");
        }
        printf(",\"n_units\":%" PRIu64 ",\"n_phases\":%" PRIu64 "}", times.n_units,
               times.n_phases);
    }
}

void run_and_report(struct pace *pace, void (*run)(struct pace *)) {
    const struct task *task = pace->task;
    struct now bracket = measure_bracket();
    uint64_t cpu = read_clock(CLOCK_PROCESS_CPUTIME_ID);
    struct now start = read_clocks();
    run(pace);
    struct now end = read_clocks();
    cpu = read_clock(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    double wall = (double)(end.wall_nanos - start.wall_nanos);
    printf("{\"workload\":\"%s\",\"language\":\"c\",\"seed\":%" PRIu64 ",\"functions\":[",
           task->name, task->seed);
    print_functions(pace, bracket, (double)(end.ticks - start.ticks) / (wall / 1e9));
    printf("],\"cpu_seconds\":%.17g,\"wall_seconds\":%.17g", (double)cpu / 1e9, wall / 1e9);
    printf(",\"bracket_nanoseconds\":%" PRIu64 ",\"wall_bracket_nanoseconds\":%" PRIu64,
           bracket.cpu_nanos, bracket.wall_nanos);
    if (task->work > 0) {
        printf(",\"work\":%" PRIu64, task->work);
    }
    if (task->slow[0]) {
        printf(",\"slow\":{\"function\":\"%s\",\"factor\":%.17g}", task->slow, task->factor);
    }
    printf("}\n");
}
