// A deep recursion against a shallow function, 60 to 40. Nearly all the work is at the
// bottom, so a sample there should have as many frames of `descend` as the recursion is
// deep.

#include "computations.h"

#define NOINLINE __attribute__((noinline))

uint64_t recursion_depth = 250;
static volatile uint64_t sink;

// Hashes long enough (some 20 us) that the way down hardly counts.
NOINLINE static uint64_t hash_at_the_bottom(uint64_t value) {
    for (uint64_t at = 0; at < 16384; at++) {
        value = (value ^ at) * 0x9e3779b97f4a7c15u;
    }
    return value;
}

NOINLINE static uint64_t descend(uint64_t n_left, uint64_t value) {
    if (n_left <= 1) {
        uint64_t hash = hash_at_the_bottom(value);
        // Work after a call keeps the compiler from making it a jump, without a frame.
        sink = hash;
        return hash;
    }
    uint64_t hash = descend(n_left - 1, value);
    sink = hash;
    return hash ^ n_left;
}

NOINLINE static void deep(uint64_t n_units) {
    for (uint64_t unit = 0; unit < n_units; unit++) {
        sink = descend(recursion_depth, unit);
    }
}

// Follows the Collatz sequence of a few numbers, once a unit.
NOINLINE static void shallow(uint64_t n_units) {
    for (uint64_t unit = 0; unit < n_units; unit++) {
        uint64_t n_steps = 0;
        for (uint64_t start = 1; start < 64; start++) {
            for (uint64_t number = start; number != 1; n_steps++) {
                number = number % 2 == 0 ? number / 2 : 3 * number + 1;
            }
        }
        sink = n_steps;
    }
}

const struct function RECURSION[2] = {
    {"deep", 0.60, 19200.0, deep},
    {"shallow", 0.40, 1770.0, shallow},
};
