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

# Every test: Rust's, Python's, and the notebooks from clean
[group('develop')]
test: browser test-rust python-library pytest execute

# Rust's tests: unit, property, golden, command line, browser, documentation
[group('develop')]
test-rust: browser
    cargo test --workspace --locked --features profiler/faults

# The tests with cargo-nextest, one process a test
[group('develop')]
nextest: browser
    cargo nextest run --workspace --locked --features profiler/faults
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
    INSTA_UPDATE=always cargo test --workspace --locked --features profiler/faults

# Criterion's benchmarks; `just criterion --profile-time 5` leaves a flame graph for each
[group('measure')]
criterion *ARGS:
    cargo bench --workspace --locked -- {{ ARGS }}

# Measure the costs on this machine first, and restore the talk's proportions
[group('measure')]
calibrate *ARGS:
    @just bench --calibrate {{ ARGS }}

# Grade our own profiler on every workload, in some 25 minutes; it has to pass them all
[group('measure')]
accuracy *ARGS:
    cargo build --release --locked --package bench-fixtures --package profiler
    target/release/profiler accuracy run --rust target/release/workload --subject ours \
        --json target/accuracy.json --html target/accuracy.html {{ ARGS }}

# All profilers that are here side by side, in half an hour: accuracy, slow-down, CPU, memory
[group('measure')]
compare-profilers *ARGS: peers
    cargo build --release --locked --package bench-fixtures --package profiler --features profiler/pprof-rs
    PATH="$PWD/target/peers/bin:$PWD/target/peers/venv/bin:$PATH" \
        target/release/profiler accuracy run --rust target/release/workload --repeats 2 --seconds 1 \
        --json target/compare-profilers.json --html target/compare-profilers.html \
        --markdown target/compare-profilers.md {{ ARGS }} || [ $? -eq 1 ]
    @echo "The same as a table: target/compare-profilers.md, and as a heat map: target/compare-profilers.html"

# By how much ours and perf slow a program down, stretch by stretch; `--rate 199` for another rate
[group('measure')]
slow-down *ARGS:
    cargo build --release --locked --package profiler --bin profiler --example slow_down
    target/release/examples/slow_down --profiler target/release/profiler {{ ARGS }}

# Other back-testing engines beside ours, same work, same data: values, time, memory; `--publish FILE`
[group('measure')]
compare-engines *ARGS:
    cargo build --release --locked --package backtest --bin backtest --example timed
    cargo build --release --locked --package bench-fixtures --bin market
    python3 benches/engines/compare.py {{ ARGS }}

# The profilers that the registries offer, below target/peers; perf from Debian
[private]
peers:
    #!/usr/bin/env bash
    set -uo pipefail
    peers="$PWD/target/peers"
    cannot() { echo "$1 cannot be installed; it will be skipped" >&2; }
    if ! command -v perf >/dev/null && command -v apt-get >/dev/null; then
        DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends linux-perf >/dev/null || cannot perf
    fi
    # Our own flags are not its authors'.
    [ -x "$peers/bin/samply" ] ||
        RUSTFLAGS= CARGO_TARGET_DIR="$peers/build" cargo install --quiet --locked samply --root "$peers" || cannot samply
    [ -x "$peers/venv/bin/python" ] || python3 -m venv "$peers/venv" || cannot "a Python of its own"
    # The newest austin needs glibc 2.38; 3.7 does not.
    for package in py-spy austin-dist yappi pyinstrument scalene; do
        "$peers/venv/bin/python" -m pip install --quiet --disable-pip-version-check "$package" || cannot "$package"
    done
    "$peers/venv/bin/austin" --version >/dev/null 2>&1 ||
        "$peers/venv/bin/python" -m pip install --quiet --disable-pip-version-check austin-dist==3.7.0 || cannot austin

# Build the Python package into target/python-venv and prove it by its tests: `just python -n 0 -k orders` chooses
[group('python')]
python *ARGS: python-package (pytest ARGS)

# Execute the notebooks from clean, and keep what they show below target/notebooks
[group('python')]
notebooks: python-package execute

# Speed of per-tick callbacks, beside a plain call of the same function
[group('python')]
python-speed *ARGS: python-package
    target/python-venv/bin/python python/benches/ticks.py {{ ARGS }}

# The package, as users have it, in the environment of the tests and notebooks
[private]
python-package: python-environment
    VIRTUAL_ENV="$PWD/target/python-venv" target/python-venv/bin/maturin develop --quiet --release --locked --manifest-path python/Cargo.toml

# Its library where maturin puts it, but as Rust's tests are built: they share all that it
# depends on, which takes a minute less than building it alone, and six less than `--release`
[private]
python-library: python-environment
    cargo build --workspace --lib --locked --features profiler/faults
    install target/debug/lib_backdraft.so python/backdraft/_backdraft.abi3.so

# What the tests and notebooks need
[private]
python-environment:
    #!/usr/bin/env bash
    set -euo pipefail
    venv="$PWD/target/python-venv"
    if ! cmp -s python/pyproject.toml "$venv/pyproject.toml"; then
        [ -x "$venv/bin/python" ] || python3 -m venv "$venv"
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --group python/pyproject.toml:develop
        cp python/pyproject.toml "$venv/pyproject.toml"
    fi

# Python's tests, several at a time, of the package that was built last
[private]
pytest *ARGS:
    cd python && ../target/python-venv/bin/ruff check . ../notebooks ../benches/engines
    cd python && ../target/python-venv/bin/ruff format --check . ../notebooks ../benches/engines
    cd python && PYTHONPATH="$PWD" ../target/python-venv/bin/python -m pytest -n auto --maxprocesses 4 --dist worksteal {{ ARGS }}

[private]
execute:
    PYTHONPATH="$PWD/python" target/python-venv/bin/python notebooks/execute.py notebooks target/notebooks

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
