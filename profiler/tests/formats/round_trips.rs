//! Writing and then reading keeps what the format can hold.

use std::collections::BTreeSet;
use std::time::Duration;

use profiler::format::{Format, WriteOptions, folded, read};
use profiler::{Profile, Quality, Source, Weight, WeightUnit};
use proptest::prelude::*;

use crate::support::{Stacks, bytes, profiles, stacks};

fn units() -> impl Strategy<Value = WeightUnit> {
    prop_oneof![
        Just(WeightUnit::Samples),
        Just(WeightUnit::Nanoseconds),
        Just(WeightUnit::Bytes),
        Just(WeightUnit::Unknown),
    ]
}

fn any_profile() -> impl Strategy<Value = Profile> {
    units().prop_flat_map(profiles)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Everything: times, threads with their numbers, and every single file's bytes.
    #[test]
    fn json_keeps_all(before in any_profile()) {
        let written = bytes(Format::Json, &before);
        let after = read(&written[..], None).unwrap();
        prop_assert_eq!(stacks(&before), stacks(&after));
        prop_assert_eq!(before.unit(), after.unit());
        prop_assert_eq!(before.timeline().count(), after.timeline().count());
        let share = before.share(Weight::from_units(1));
        prop_assert_eq!(share, after.share(Weight::from_units(1)));
        let again = read(&bytes(Format::Json, &after)[..], None).unwrap();
        prop_assert_eq!(bytes(Format::Json, &after), bytes(Format::Json, &again));
    }

    #[test]
    fn firefox_keeps_stacks_threads_and_times(before in any_profile()) {
        let after = read(&bytes(Format::Firefox, &before)[..], None).unwrap();
        prop_assert_eq!(stacks(&before), stacks(&after));
        if before.unit() != WeightUnit::Unknown && before.total() > Weight::default() {
            prop_assert_eq!(before.unit(), after.unit());
        }
        let times = |profile: &Profile| {
            let mut times: Vec<Duration> = profile.timeline().map(|moment| moment.at).collect();
            times.sort();
            times
        };
        if before.timeline().next().is_some() {
            prop_assert_eq!(times(&before), times(&after));
        }
    }

    /// Threads of one name are told apart by their numbers.
    #[test]
    fn pprof_keeps_stacks_and_threads(before in any_profile()) {
        let after = read(&bytes(Format::Pprof, &before)[..], None).unwrap();
        prop_assert_eq!(stacks(&before), stacks(&after));
        prop_assert_eq!(before.unit(), after.unit());
        let threads = |profile: &Profile| -> BTreeSet<(String, Option<u32>, Option<u32>)> {
            profile
                .samples()
                .map(|sample| profile.thread(sample.thread))
                .map(|thread| (thread.name.to_owned(), thread.pid, thread.tid))
                .collect()
        };
        prop_assert_eq!(threads(&before), threads(&after));
    }

    /// Modules have no place in the format.
    #[test]
    fn speedscope_keeps_stacks_by_function_file_and_line(before in any_profile()) {
        let after = read(&bytes(Format::Speedscope, &before)[..], None).unwrap();
        let mut expected = Stacks::new();
        for ((thread, mut stack), weight) in stacks(&before) {
            for frame in &mut stack {
                frame.module = None;
            }
            *expected.entry((thread, stack)).or_default() += weight;
        }
        prop_assert_eq!(expected, stacks(&after));
    }

    #[test]
    fn folded_stacks_keep_labels(before in any_profile()) {
        let after = folded::read(&bytes(Format::Folded, &before)[..]).unwrap();
        prop_assert_eq!(
            before.stacks().collect::<Vec<_>>(),
            after.stacks().collect::<Vec<_>>()
        );
    }

    /// A packed file is read like a plain one.
    #[test]
    fn packing_changes_nothing(before in any_profile()) {
        let options = WriteOptions::for_path("profile.json.gz".as_ref());
        for format in [Format::Firefox, Format::Json, Format::Speedscope] {
            let mut packed = Vec::new();
            format.write(&before, &options, &mut packed).unwrap();
            prop_assert!(packed.starts_with(&[0x1f, 0x8b]));
            let plain = bytes(format, &before);
            prop_assert_eq!(
                stacks(&read(&packed[..], None).unwrap()),
                stacks(&read(&plain[..], None).unwrap())
            );
        }
    }

    #[test]
    fn the_same_profile_gives_the_same_bytes(profile in any_profile()) {
        for format in Format::all().filter(|_| profile.total() > Weight::default()) {
            prop_assert_eq!(bytes(format, &profile), bytes(format, &profile.clone()), "{}", format);
        }
    }
}

#[test]
fn json_keeps_how_the_profile_was_taken() {
    let mut before = Profile::from_stacks([(["main"], 3)]);
    let mut quality = Quality::default();
    quality.lost = Weight::from_samples(1);
    quality.late = Weight::from_samples(2);
    quality.truncated = Weight::from_samples(3);
    quality.unreadable = Weight::from_samples(4);
    quality.cpu_time = Duration::from_nanos(5_000_000_001);
    quality.wall_time = Duration::from_secs(6);
    quality.overhead = Duration::from_micros(7);
    quality.rate_asked = 99.7;
    quality.rate_lowered_to_hz = Some(49.5);
    quality.source = Some(Source::PerfEvent);
    before.set_quality(quality);
    let after = read(&bytes(Format::Json, &before)[..], None).unwrap();
    assert_eq!(before.quality(), after.quality());
}

#[test]
fn formats_are_known_by_name_and_by_path() {
    for format in Format::all() {
        assert_eq!(format.to_string().parse::<Format>().unwrap(), format);
        let path = format!("some.where/p.{format}");
        assert_eq!(Format::from_path(path.as_ref()), Some(format), "{path}");
    }
    for (path, format) in [
        ("a.SVG", Some(Format::Svg)),
        ("a.txt", Some(Format::Folded)),
        ("a.speedscope.json", Some(Format::Speedscope)),
        ("a.pb.gz", Some(Format::Pprof)),
        ("a.profile.json.gz", Some(Format::Firefox)),
        ("profile.json", Some(Format::Json)),
        ("noextension", None),
        ("..", None),
    ] {
        assert_eq!(Format::from_path(path.as_ref()), format, "{path}");
    }
    let error = "cheese".parse::<Format>().unwrap_err().to_string();
    assert!(error.contains("`cheese`"), "{error}");
    for format in Format::all() {
        assert!(error.contains(&format.to_string()), "{error}");
    }
}

/// A name that begins with a brace does not make folded stacks JSON; where it might,
/// the file's name decides.
#[test]
fn folded_stacks_of_odd_names_stay_folded_stacks() {
    let text = "{closure#0};{\"schema\" 3\n";
    let profile = read(text.as_bytes(), None).unwrap();
    let expected = folded::read(text.as_bytes()).unwrap();
    assert_eq!(stacks(&profile), stacks(&expected));
    let text = "{\"schema\" 3\n";
    let profile = read(text.as_bytes(), Some("a.folded".as_ref())).unwrap();
    assert_eq!(profile.total().as_samples(), 3);
}
