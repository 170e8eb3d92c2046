// Chains of jumps between three functions, started from two places.

#ifndef TAIL_CALLS_H
#define TAIL_CALLS_H

#include <stdint.h>

// Hops so many times more.
uint64_t hop_one(uint64_t value, uint64_t n_left);

// Start a chain of 97 hops for every unit.
uint64_t leave_left(uint64_t seed, uint64_t n_units);
uint64_t leave_right(uint64_t seed, uint64_t n_units);

#endif
