//! The page of a study made by hand: small enough to review, with every kind of content.

use profiler::Profile;

use super::page::{body, page};
use super::savings_chart::savings_chart;
use crate::case_study::{
    CaseStudy, Composition, Environment, Prediction, Profiled, Round, SampledRun, Savings,
    VariantRun,
};

fn run(loop_seconds: f64) -> VariantRun {
    VariantRun {
        prepare_seconds: 0.25,
        loop_seconds,
        wall_seconds: loop_seconds,
        n_lookups: 200_000,
        digest: 1,
        equity: vec![100_000.0, 120_000.0, 90_000.0, 250_000.0],
        sampled: None,
    }
}

fn profiled(stacks: &[(&str, u64)]) -> Profiled {
    let stacks = stacks
        .iter()
        .map(|(stack, n)| (format!("main;backtest::engine::run;{stack}"), *n))
        .map(|(stack, n)| (stack.split(';').map(str::to_owned).collect::<Vec<_>>(), n));
    Profiled {
        profile: Profile::from_stacks(stacks),
        runs: vec![SampledRun {
            folded: String::new(),
            rate_asked: 997.0,
            rate_obtained: 990.0,
            lost: 1,
            incomplete: 2,
        }],
    }
}

/// Four thousand samples, of which lazy formatting would save 10 % and the memo 22 %.
pub fn study() -> CaseStudy {
    let tick = ("Strategy::on_tick;z_score<f64>", 2_720);
    let message = ("Retrier::retry;Call<A>::log_eagerly", 400);
    let folder = (
        "Retrier::retry;get_exchange_folder;ensure_directory;mkdir",
        880,
    );
    let before = profiled(&[tick, message, folder]);
    let share = |part: &str| before.profile.share_of(|frame| frame.contains(part));
    let rounds: Vec<Round> = [1.0, 1.1, 1.05]
        .iter()
        .zip([0.0, 0.01, -0.01])
        .map(|(drift, spread)| Round {
            runs: [4.0, 3.6, 3.1 + spread, 2.7 - spread].map(|seconds| run(drift * seconds)),
        })
        .collect();
    CaseStudy {
        composition: Composition {
            window: Some(720),
            ..Composition::talk()
        },
        environment: Environment {
            cpu: "A <fast> \"processor\"".into(),
            cores: 2,
            system: "Linux 6.1".into(),
            file_system: "ext4".into(),
            virtualization: None,
            version: "0.1.0",
            build: "release",
        },
        prediction: Prediction {
            lazy: share("log_eagerly"),
            cached: share("get_exchange_folder"),
            both: share("Retrier::retry"),
            profile: before,
        },
        savings: Savings::of(&rounds, 1),
        rounds,
        doing_nothing: [vec![run(1.0), run(1.1)], vec![run(0.2), run(0.21)]],
        lazy_profile: profiled(&[tick, folder]),
        both_profile: profiled(&[tick]),
        seed: 1,
    }
}

/// The page without what the browser's test looks at: the documents of the flame graphs.
fn without_drawings(page: &str) -> String {
    let mut short = String::new();
    let mut parts = page.split(r#"srcdoc=""#);
    short.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (_, rest) = part.split_once('"').expect("an attribute ends");
        short.push_str(r#"srcdoc="…""#);
        short.push_str(rest);
    }
    short
}

#[test]
fn the_story_is_told_with_every_figure() {
    let body = body(&study()).expect("it can be drawn");
    insta::assert_snapshot!("body", without_drawings(&body));
}

#[test]
fn the_savings_are_drawn_with_their_intervals() {
    insta::assert_snapshot!("savings_chart", savings_chart(&study()));
}

#[test]
fn the_same_study_gives_the_same_bytes() {
    assert_eq!(
        page(&study()).expect("drawn"),
        page(&study()).expect("drawn")
    );
}

#[test]
fn a_page_needs_nothing_else() {
    let page = without_drawings(&page(&study()).expect("it can be drawn"));
    for reference in ["http:", "https:", "src=", "url(", "@import"] {
        assert!(!page.contains(reference), "{reference}");
    }
    assert!(page.contains("A &lt;fast&gt; &quot;processor&quot;"));
}

/// A run can be too short for the sampler; the rest of the page is still worth having.
#[test]
fn a_profile_without_samples_is_said_to_be_empty() {
    let mut study = study();
    study.both_profile = profiled(&[]);
    let body = body(&study).expect("it can be drawn");
    assert_eq!(body.matches("No samples").count(), 2);
    assert_eq!(body.matches("<iframe").count(), 2);
}
