//! What the arguments of a sweep stand for.

use std::num::NonZero;
use std::thread;

use backtest::strategy::StrategySpec;
use backtest::sweep::{Axis, Objective, Sampling, Space, Table};
use backtest::walk_forward::Span;
use backtest::{Error, Result};

use super::SweepArgs;
use crate::cli::options::{invalid, number, parse_seed};

/// What the arguments stand for.
pub(super) struct Plan {
    pub(super) strategy: StrategySpec,
    pub(super) space: Space,
    pub(super) objective: Objective,
    pub(super) top: usize,
    pub(super) n_threads: usize,
    pub(super) walk_forward: Option<(Span, Span)>,
}

/// More points than anybody waits for.
const MAX_POINTS: usize = 10_000_000;

impl Plan {
    pub(super) fn parse(args: &SweepArgs) -> Result<Self> {
        let strategy = StrategySpec::parse(&args.strategy)?;
        let mut axes: Vec<Axis> = Vec::new();
        for text in &args.params {
            let rule = "write it as fast=2..41, slow=50..290:10 or fast=5,10,20";
            let parsed = Axis::parse(text).ok_or_else(|| invalid("--param", text, rule))?;
            if axes.iter().any(|axis| axis.name == parsed.name) {
                return Err(invalid("--param", text, "this parameter stands twice"));
            }
            axes.push(parsed);
        }
        let space = Space {
            axes,
            sampling: sampling(&args.sampling)?,
            seed: parse_seed("--sampling-seed", &args.sampling_seed)?,
        };
        if space.n_points().is_none_or(|n| n > MAX_POINTS) {
            let rule =
                format!("these are more than {MAX_POINTS} points; try --sampling latin:1000");
            return Err(invalid("--param", &args.params.join(" "), rule));
        }
        let objective = objective(args.objective.as_deref(), args.values_only)?;
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let rule = "it has to be a whole number of at least 1";
        let n_threads = match &args.threads {
            None => cores,
            Some(text) => number("--threads", text, rule)?,
        };
        if n_threads == 0 {
            return Err(invalid("--threads", "0", rule));
        }
        Ok(Self {
            strategy,
            space,
            objective,
            top: number("--top", &args.top, "it has to be a whole number")?,
            n_threads,
            walk_forward: args.walk_forward.as_deref().map(spans).transpose()?,
        })
    }

    /// Where no point could be run, the first one says why.
    pub(super) fn refuse_if_nothing_ran(&self, table: &Table) -> Result<()> {
        if table.rows.iter().any(|row| row.result.is_some()) {
            return Ok(());
        }
        let first = table.rows.first();
        Err(Error::Option {
            option: "--param",
            value: first.map_or_else(|| self.strategy.to_string(), |row| row.strategy.clone()),
            rule: first
                .and_then(|row| row.refused.clone())
                .unwrap_or_else(|| "there is no point to run".into()),
        })
    }
}

fn objective(name: Option<&str>, values_only: bool) -> Result<Objective> {
    let default = if values_only {
        "total_return"
    } else {
        "sharpe"
    };
    let name = name.unwrap_or(default);
    let objective = Objective::parse(name).ok_or_else(|| {
        let rule = format!("choose one of {}", Objective::NAMES.join(", "));
        invalid("--objective", name, rule)
    })?;
    if values_only && !objective.is_of_values() {
        let rule = "with --values-only, choose total_return or final_value";
        return Err(invalid("--objective", name, rule));
    }
    Ok(objective)
}

fn sampling(text: &str) -> Result<Sampling> {
    let n = |text: &str| text.parse().ok().filter(|n| *n > 0);
    let sampling = match text.split_once(':') {
        None if text == "grid" => Some(Sampling::Grid),
        Some(("random", count)) => n(count).map(Sampling::Random),
        Some(("latin", count)) => n(count).map(Sampling::LatinHypercube),
        _ => None,
    };
    sampling.ok_or_else(|| invalid("--sampling", text, "write grid, random:1000 or latin:1000"))
}

fn spans(text: &str) -> Result<(Span, Span)> {
    let span = |name: &str| {
        let terms = text
            .split(',')
            .filter_map(|term| term.trim().split_once('='));
        let mut of_name = terms.filter(|(term, _)| *term == name);
        of_name.next().and_then(|(_, value)| Span::parse(value))
    };
    let spans = span("train")
        .zip(span("test"))
        .filter(|_| text.split(',').count() == 2);
    spans.ok_or_else(|| invalid("--walk-forward", text, "write it as train=6m,test=1m"))
}
