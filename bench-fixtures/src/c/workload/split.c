// Four functions at 50, 30, 15 and 5 %: in random phases, the easy case; in step with a
// period, the aliasing test, which catches a fixed period of sampling.

#include "computations.h"

#include <string.h>

#define NOINLINE __attribute__((noinline))

static volatile uint64_t sink;

// Counts primes with the sieve of Eratosthenes, once a unit.
NOINLINE static void sieve_primes(uint64_t n_units) {
    for (uint64_t unit = 0; unit < n_units; unit++) {
        unsigned char composite[1024];
        memset(composite, 0, sizeof composite);
        uint64_t n_primes = 0;
        for (int number = 2; number < 1024; number++) {
            if (composite[number]) {
                continue;
            }
            n_primes++;
            for (int multiple = number * number; multiple < 1024; multiple += number) {
                composite[multiple] = 1;
            }
        }
        sink = n_primes;
    }
}

// Hashes a kilobyte (FNV-1a), once a unit.
NOINLINE static void hash_text(uint64_t n_units) {
    uint64_t hash = 0xcbf29ce484222325u;
    for (uint64_t at = 0; at < 1024 * n_units; at++) {
        hash = (hash ^ 104) * 0x100000001b3u;
    }
    sink = hash;
}

// Finds the edit distance of two words of 32 letters, once a unit.
NOINLINE static void edit_distance(uint64_t n_units) {
    for (uint64_t unit = 0; unit < n_units; unit++) {
        unsigned row[33];
        for (unsigned at = 0; at <= 32; at++) {
            row[at] = at;
        }
        for (unsigned letter = 0; letter < 32; letter++) {
            unsigned diagonal = row[0]++;
            for (unsigned at = 0; at < 32; at++) {
                unsigned best = diagonal + ("backdraft"[letter % 9] != "flame"[at % 5]);
                diagonal = row[at + 1];
                unsigned least = row[at] < diagonal ? row[at] : diagonal;
                row[at + 1] = best < least + 1 ? best : least + 1;
            }
        }
        sink = row[32];
    }
}

// Multiplies two matrices of 16 by 16, once a unit.
NOINLINE static void multiply_matrices(uint64_t n_units) {
    static volatile double source = 1.5;
    for (uint64_t unit = 0; unit < n_units; unit++) {
        double left = source, product[16] = {0};
        for (int step = 0; step < 256; step++) {
            for (int column = 0; column < 16; column++) {
                product[column] += left * (double)(step ^ column);
            }
        }
        sink = (uint64_t)product[unit % 16];
    }
}

const struct function SPLIT[4] = {
    {"sieve_primes", 0.50, 1150.0, sieve_primes},
    {"hash_text", 0.30, 1150.0, hash_text},
    {"edit_distance", 0.15, 1700.0, edit_distance},
    {"multiply_matrices", 0.05, 1150.0, multiply_matrices},
};
