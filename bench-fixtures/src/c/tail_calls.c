// Functions that end by jumping to the next one, so that no frame of theirs remains.
//
// Each of them has a frame while it calls `mix_word`, takes it down, and jumps. However
// many hops there are, the stack has one of them.

#include "tail_calls.h"

#ifndef __has_attribute
#define __has_attribute(attribute) 0
#endif

// Where the compiler cannot promise the jump, its optimisation makes it; a test checks.
#if __has_attribute(musttail)
#define JUMP_TO __attribute__((musttail)) return
#else
#define JUMP_TO return
#endif

// Multiplies and shifts, some nanoseconds.
__attribute__((noinline)) static uint64_t mix_word(uint64_t value) {
    for (int round = 0; round < 4; round++) {
        value = (value ^ (value >> 31)) * 0x7fb5d329728ea185u;
    }
    return value;
}

__attribute__((noinline)) static uint64_t hop_two(uint64_t value, uint64_t n_left);
__attribute__((noinline)) static uint64_t hop_three(uint64_t value, uint64_t n_left);

__attribute__((noinline)) uint64_t hop_one(uint64_t value, uint64_t n_left) {
    uint64_t mixed = mix_word(value) ^ value;
    if (n_left == 0) {
        return mixed;
    }
    JUMP_TO hop_two(mixed, n_left - 1);
}

__attribute__((noinline)) static uint64_t hop_two(uint64_t value, uint64_t n_left) {
    uint64_t mixed = mix_word(value) + value;
    if (n_left == 0) {
        return mixed;
    }
    JUMP_TO hop_three(mixed, n_left - 1);
}

__attribute__((noinline)) static uint64_t hop_three(uint64_t value, uint64_t n_left) {
    uint64_t mixed = mix_word(value) - value;
    if (n_left == 0) {
        return mixed;
    }
    JUMP_TO hop_one(mixed, n_left - 1);
}

// Both have work after the call, so that they keep their own frames.
__attribute__((noinline)) uint64_t leave_left(uint64_t seed, uint64_t n_units) {
    uint64_t sum = seed;
    for (uint64_t unit = 0; unit < n_units; unit++) {
        sum += hop_one(sum ^ unit, 96);
    }
    return sum;
}

__attribute__((noinline)) uint64_t leave_right(uint64_t seed, uint64_t n_units) {
    uint64_t product = seed | 1;
    for (uint64_t unit = 0; unit < n_units; unit++) {
        product *= hop_one(product + unit, 96) | 1;
    }
    return product;
}
