// The functions of the workloads, each with its share.

#ifndef COMPUTATIONS_H
#define COMPUTATIONS_H

#include "pace.h"

// Four small computations with nothing in common.
extern const struct function SPLIT[4];

// A recursion and something shallow. Catches a cut at 127 frames or at 8 KiB of stack.
extern const struct function RECURSION[2];
extern uint64_t recursion_depth;

// Chains of jumps from two places. Catches an unwinder that loses a caller, or makes one
// up, where a frame is gone.
extern const struct function TAIL_CALLS[2];

#endif
