// The code that appears while the program runs and disappears again.

#include <stdint.h>

// Multiplies and shifts (a linear congruential generator), a few microseconds a unit.
__attribute__((noinline)) uint64_t generate_in_library(uint64_t seed, uint64_t n_units) {
    uint64_t value = seed;
    for (uint64_t step = 0; step < 2048 * n_units; step++) {
        value = value * 6364136223846793005u + 1442695040888963407u;
        value ^= value >> 29;
    }
    return value;
}

// What the program looks up; it has work after the call, so that it keeps its frame.
uint64_t loaded_entry(uint64_t seed, uint64_t n_units) {
    return generate_in_library(seed, n_units) ^ n_units;
}
