// Runs a program whose profile is known, and prints that profile as JSON: the same
// workloads, options and JSON as the command `workload`, which is written in Rust.

#include "computations.h"
#include "pace.h"
#include "report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct workload {
    const char *name;
    const struct function *functions;
    int n_functions;
    double period_nanos;
};

static const struct workload WORKLOADS[] = {
    {"split", SPLIT, 4, 0.0},
    {"lockstep-1000", SPLIT, 4, 1e6},
    {"lockstep-10000", SPLIT, 4, 1e7},
    {"recursion", RECURSION, 2, 0.0},
    {"tail-calls", TAIL_CALLS, 2, 0.0},
};
#define N_WORKLOADS (sizeof WORKLOADS / sizeof *WORKLOADS)

static void refuse(const char *reason, const char *what) {
    fprintf(stderr, "error: %s `%s`\n", reason, what);
    exit(2);
}

static double parse_number(const char *flag, const char *text, double low, double high) {
    char *end;
    double number = strtod(text, &end);
    if (end == text || *end != '\0' || !(number >= low && number <= high)) {
        fprintf(stderr, "error: `%s` of %s is not from %g to %g\n", text, flag, low, high);
        exit(2);
    }
    return number;
}

static uint64_t parse_count(const char *flag, const char *text, double low, double high) {
    double number = parse_number(flag, text, low, high);
    if (number != (double)(uint64_t)number) {
        refuse("no whole number", text);
    }
    return (uint64_t)number;
}

// All 64 bits of it, more than a floating-point number holds.
static uint64_t parse_seed(const char *text) {
    char *end;
    errno = 0;
    uint64_t seed = strtoull(text, &end, 10);
    if (end == text || *end != '\0' || *text == '-' || errno) {
        refuse("no whole number:", text);
    }
    return seed;
}

static void parse_shares(struct task *task, char *text) {
    int n = 0;
    double sum = 0.0;
    for (char *part = strtok(text, ","); part; part = strtok(NULL, ",")) {
        if (n == MAX_FUNCTIONS) {
            refuse("more than four shares:", part);
        }
        sum += task->shares[n++] = parse_number("--shares", part, 1e-9, 1e6);
    }
    if (n < MAX_FUNCTIONS) {
        refuse("fewer than four shares in", text);
    }
    for (n = 0; n < MAX_FUNCTIONS; n++) {
        task->shares[n] /= sum;
    }
    task->has_shares = true;
}

static void parse_slow(struct task *task, const char *text) {
    const char *equals = strchr(text, '=');
    if (!equals || (size_t)(equals - text) >= sizeof task->slow) {
        refuse("no FUNCTION=FACTOR:", text);
    }
    memcpy(task->slow, text, (size_t)(equals - text));
    task->factor = parse_number("--slow", equals + 1, 0.1, 10.0);
}

static void list(void) {
    for (size_t at = 0; at < N_WORKLOADS; at++) {
        puts(WORKLOADS[at].name);
    }
    exit(0);
}

// Reads all options; returns whether to wait. Both `--flag value` and `--flag=value` do.
static bool parse(int argc, char **argv, struct task *task) {
    bool waits = false, has_seconds = false;
    for (int at = 1; at < argc; at++) {
        char *flag = argv[at], *value = strncmp(flag, "--", 2) ? NULL : strchr(flag, '=');
        if (value) {
            *value++ = '\0';
        }
        if (strcmp(flag, "--list") == 0) {
            list();
        } else if (strcmp(flag, "--wait") == 0) {
            waits = true;
            continue;
        } else if (strncmp(flag, "--", 2) != 0) {
            if (task->name) {
                refuse("unexpected argument", flag);
            }
            task->name = flag;
            continue;
        }
        if (!value && ++at == argc) {
            refuse("there is no value for", flag);
        }
        value = value ? value : argv[at];
        if (strcmp(flag, "--seconds") == 0) {
            task->seconds = parse_number(flag, value, 1e-6, 3600.0);
            has_seconds = true;
        } else if (strcmp(flag, "--work") == 0) {
            task->work = parse_count(flag, value, 1, 1e6);
        } else if (strcmp(flag, "--seed") == 0) {
            task->seed = parse_seed(value);
        } else if (strcmp(flag, "--depth") == 0) {
            task->depth = parse_count(flag, value, 2, 10000);
        } else if (strcmp(flag, "--period-us") == 0) {
            task->period_nanos = 1e3 * (double)parse_count(flag, value, 100, 1e6);
        } else if (strcmp(flag, "--shares") == 0) {
            parse_shares(task, value);
        } else if (strcmp(flag, "--slow") == 0) {
            parse_slow(task, value);
        } else {
            refuse("unexpected argument", flag);
        }
    }
    if (!task->name) {
        refuse("the name of a workload is missing; one is", WORKLOADS[0].name);
    }
    if (task->work > 0 && has_seconds) {
        refuse("--seconds cannot be used with", "--work");
    }
    if (task->slow[0] && task->work == 0) {
        refuse("--slow requires", "--work");
    }
    return waits;
}

// Checks that what is asked for means something to the workload, and sets the pace for it.
static void prepare(struct pace *pace, const struct workload *workload, struct task *task) {
    bool is_split = workload->functions == SPLIT, is_known = !task->slow[0];
    if (task->has_shares && !is_split) {
        refuse("there are no shares of", task->name);
    }
    if (task->period_nanos > 0.0 && workload->period_nanos == 0.0) {
        refuse("there is no period of", task->name);
    }
    if (task->depth > 0 && workload->functions != RECURSION) {
        refuse("there is no depth of", task->name);
    }
    task->period_nanos = task->period_nanos > 0.0 ? task->period_nanos : workload->period_nanos;
    recursion_depth = task->depth > 0 ? task->depth : recursion_depth;
    pace->task = task;
    pace->n_functions = workload->n_functions;
    for (int at = 0; at < workload->n_functions; at++) {
        pace->functions[at] = workload->functions[at];
        if (task->has_shares) {
            pace->functions[at].share = task->shares[at];
        }
        is_known = is_known || strcmp(task->slow, workload->functions[at].name) == 0;
    }
    if (!is_known) {
        refuse("it has no function", task->slow);
    }
}

int main(int argc, char **argv) {
    struct task task = {.seconds = 5.0, .seed = 1};
    struct pace pace = {0};
    const struct workload *workload = NULL;
    bool waits = parse(argc, argv, &task);
    for (size_t at = 0; at < N_WORKLOADS; at++) {
        if (strcmp(WORKLOADS[at].name, task.name) == 0) {
            workload = &WORKLOADS[at];
        }
    }
    if (!workload) {
        refuse("no workload", task.name);
    }
    prepare(&pace, workload, &task);
    if (waits) {
        fprintf(stderr, "ready\n");
        for (int letter = getchar(); letter != EOF && letter != '\n';) {
            letter = getchar();
        }
    }
    run_and_report(&pace, workload->period_nanos > 0.0 ? in_step : random_rounds);
    return 0;
}
