//! `market`: writes one pair of the synthetic market to stdout as CSV.

use bench_fixtures::market::{DEFAULT_SEED, Pair, pairs, write_csv};
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

const HELP: &str = "\
Write one pair of the synthetic hourly market, 2015-12 to 2018-02, as CSV.

Usage: market [--pair BASE/QUOTE] [--seed N]
       market --list

Options:
  --pair BASE/QUOTE  Pair to write [default: BTC/USDT]
  --seed N           Seed of the market, a whole number [default: 2018]
  --list             List the pairs
  --help             Print this help

Exit codes: 0 done, 2 could not run.";

fn main() -> ExitCode {
    let done = match Command::parse(std::env::args().skip(1)) {
        Ok(command) => command.run().map_err(Failure::Output),
        Err(message) => Err(Failure::Usage(message)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        // The reader has seen enough, as `head` has.
        Err(Failure::Output(error)) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(Failure::Output(error)) => {
            eprintln!("error: writing to stdout failed: {error}");
            ExitCode::from(2)
        }
        Err(Failure::Usage(message)) => {
            eprintln!("error: {message}\nhint: `market --help` shows the options");
            ExitCode::from(2)
        }
    }
}

enum Failure {
    Usage(String),
    Output(io::Error),
}

enum Command {
    Help,
    List,
    Write { pair_idx: usize, seed: u64 },
}

impl Command {
    fn parse(mut args: impl Iterator<Item = String>) -> Result<Self, String> {
        let (mut pair_idx, mut seed) = (0, DEFAULT_SEED);
        while let Some(arg) = args.next() {
            let (flag, mut inline) = match arg.split_once('=') {
                Some((flag, value)) => (flag, Some(value.to_owned())),
                None => (arg.as_str(), None),
            };
            let mut value = || {
                let value = inline.take().or_else(|| args.next());
                value.ok_or_else(|| format!("{flag} needs a value"))
            };
            match flag {
                "--help" | "-h" => return Ok(Self::Help),
                "--list" => return Ok(Self::List),
                "--pair" => pair_idx = find_pair(&value()?)?,
                "--seed" => seed = parse_seed(&value()?)?,
                _ => return Err(format!("unknown argument `{arg}`")),
            }
        }
        Ok(Self::Write { pair_idx, seed })
    }

    fn run(self) -> io::Result<()> {
        let mut out = io::stdout().lock();
        match self {
            Self::Help => writeln!(out, "{HELP}"),
            Self::List => pairs()
                .iter()
                .try_for_each(|pair| writeln!(out, "{}", symbol(pair))),
            Self::Write { pair_idx, seed } => write_csv(out, pair_idx, seed),
        }
    }
}

fn find_pair(name: &str) -> Result<usize, String> {
    let found = pairs().iter().position(|pair| symbol(pair) == name);
    found.ok_or_else(|| format!("no pair `{name}`; `market --list` names them"))
}

fn parse_seed(text: &str) -> Result<u64, String> {
    text.parse()
        .map_err(|_| format!("--seed `{text}` is not a whole number from 0 to 2^64 - 1"))
}

fn symbol(pair: &Pair) -> String {
    format!("{}/{}", pair.base, pair.quote)
}
