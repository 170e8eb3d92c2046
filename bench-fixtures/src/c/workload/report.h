// One run of a workload, and its shape as JSON: that of the workloads in Rust.

#ifndef REPORT_H
#define REPORT_H

#include "pace.h"

// Runs a workload and prints its truth.
void run_and_report(struct pace *pace, void (*run)(struct pace *));

#endif
