# Every command that a user or a contributor needs. Bare `just` lists them.

set shell := ["bash", "-euo", "pipefail", "-c"]

report := "target/case-study"

[private]
default:
    @just --list --unsorted

# Reproduce the talk: predict the savings from a profile, measure them, write the report
[group('try it')]
bench *ARGS:
    #!/usr/bin/env bash
    set -uo pipefail
    cargo build --release --locked --package backtest || exit 2
    cargo run --quiet --release --locked --package backtest -- case-study --report {{ report }} {{ ARGS }}
    status=$?
    # 1 is the answer "not reproduced", which has a report as well.
    if [ "$status" -le 1 ] && [ -t 1 ] && [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] && command -v xdg-open >/dev/null; then
        xdg-open {{ report }}/index.html >/dev/null 2>&1
    fi
    exit "$status"

# Back-test as in the talk; try `just run --strategy sma-cross --pairs 3`
[group('try it')]
run *ARGS:
    cargo run --quiet --release --locked --package backtest -- --start=2016-01 --end=2018-01 {{ ARGS }}

# Draw the flame graph of a back-test before the two fixes
[group('try it')]
flame OUTPUT='target/flame.svg':
    @just run --logging eager --folder-check every-call --profile {{ OUTPUT }}
    @echo "The flame graph: {{ OUTPUT }}"

# Run all tests: unit, property, golden, command line, browser, documentation
[group('develop')]
test: browser
    cargo test --workspace --locked

# The same with cargo-nextest, one process a test
[group('develop')]
nextest: browser
    cargo nextest run --workspace --locked
    cargo test --workspace --locked --doc

# Be hard on the in-process sampler, for so many seconds each test
[group('develop')]
stress SECONDS='20':
    STRESS_SECONDS={{ SECONDS }} cargo test --release --locked --package profiler --test stress -- --test-threads=1

# Check format, lints and documentation
[group('develop')]
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --all-features --locked -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --all-features --no-deps --locked

# Format everything
[group('develop')]
fmt:
    cargo fmt --all

# Accept the golden files as they come out now; review the diff as code
[group('develop')]
bless: browser
    INSTA_UPDATE=always cargo test --workspace --locked

# Criterion's benchmarks; `just criterion --profile-time 5` leaves a flame graph for each
[group('measure')]
criterion *ARGS:
    cargo bench --workspace --locked -- {{ ARGS }}

# Measure the costs on this machine first, and restore the talk's proportions
[group('measure')]
calibrate *ARGS:
    @just bench --calibrate {{ ARGS }}

# Profilers side by side: accuracy, slow-down, CPU, memory; `--quick` to try, `--write` to keep
[group('measure')]
compare-profilers *ARGS:
    cargo build --release --locked --package bench-fixtures --package profiler --package compare
    target/release/compare {{ ARGS }}

# Remove the bundles that back-tests leave in the data root
[group('measure')]
clean-data:
    rm -rf "${BACKDRAFT_ROOT:-$HOME/.backdraft}/data/exchanges"

# Debian's Chromium for the browser tests: installed where it is missing and allowed
[private]
browser:
    #!/usr/bin/env bash
    set -uo pipefail
    for name in "${CHROME:-}" chromium chromium-browser google-chrome; do
        [ -n "$name" ] && command -v "$name" >/dev/null && exit 0
    done
    as_root=()
    [ "$(id -u)" = 0 ] || as_root=(sudo -n)
    if command -v apt-get >/dev/null && "${as_root[@]}" true 2>/dev/null; then
        "${as_root[@]}" apt-get update -q &&
            "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends chromium && exit 0
    fi
    echo "There is no Chromium here and it may not be installed: the browser tests will be skipped." >&2
