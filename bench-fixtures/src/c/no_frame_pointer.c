// Two functions that use the frame pointer's register for their own values.
//
// A profiler that follows frame pointers takes such a value for the address of a
// frame and loses the callers; only the unwind tables lead on.

#include <stdint.h>

// Mixes fourteen words, more than there are registers without the frame pointer's.
__attribute__((noinline)) uint64_t mix_many_words(uint64_t seed, uint64_t n_rounds) {
    uint64_t a = seed, b = seed + 1, c = seed + 2, d = seed + 3, e = seed + 4, f = seed + 5;
    uint64_t g = seed + 6, h = seed + 7, i = seed + 8, j = seed + 9, k = seed + 10;
    uint64_t l = seed + 11, m = seed + 12, n = seed + 13;
    for (uint64_t round = 0; round < n_rounds; round++) {
        a += b ^ (n >> 7);
        b ^= c + (a << 3);
        c += d ^ (b >> 11);
        d ^= e + (c << 5);
        e += f ^ (d >> 13);
        f ^= g + (e << 7);
        g += h ^ (f >> 17);
        h ^= i + (g << 9);
        i += j ^ (h >> 19);
        j ^= k + (i << 11);
        k += l ^ (j >> 23);
        l ^= m + (k << 13);
        m += n ^ (l >> 29);
        n ^= a + (m << 15);
    }
    return a ^ b ^ c ^ d ^ e ^ f ^ g ^ h ^ i ^ j ^ k ^ l ^ m ^ n;
}

// Calls the above with live values of its own, so that it has a frame.
__attribute__((noinline)) uint64_t bundle_without_frame_pointer(uint64_t seed, uint64_t n_units) {
    uint64_t sum = 0, product = 1;
    for (uint64_t unit = 0; unit < n_units; unit++) {
        sum += mix_many_words(seed + unit, 64);
        product = product * sum + unit;
    }
    return sum ^ product;
}
