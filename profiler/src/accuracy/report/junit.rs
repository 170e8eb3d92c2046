//! Results as JUnit's XML, which continuous integration shows.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::super::grade::{Grade, Verdict};
use super::super::results::Results;
use super::text::name;
use crate::error::{Error, Result};

/// Writes a test suite for each subject, with a test case for each workload.
///
/// # Errors
///
/// [`Error::Io`] if the XML cannot be made.
pub fn junit(results: &Results) -> Result<String> {
    let mut report = Report::new("profiler accuracy");
    for subject in &results.subjects {
        let mut suite = TestSuite::new(subject.name.as_str());
        let grades = results.results.iter();
        for grade in grades.filter(|grade| grade.subject == subject.name) {
            suite.add_test_case(test_case(grade));
        }
        report.add_test_suite(suite);
    }
    report.to_string().map_err(|error| Error::Io {
        action: "write JUnit's XML",
        source: std::io::Error::other(error),
    })
}

fn test_case(grade: &Grade) -> TestCase {
    let mut status = match grade.verdict {
        Verdict::Pass => TestCaseStatus::success(),
        Verdict::Skipped => TestCaseStatus::skipped(),
        Verdict::Fail => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Verdict::Broken => TestCaseStatus::non_success(NonSuccessKind::Error),
    };
    let texts: Vec<&str> = grade
        .findings
        .iter()
        .map(|finding| finding.text.as_str())
        .collect();
    if grade.verdict != Verdict::Pass {
        status.set_message(texts.join("; "));
    }
    let mut case = TestCase::new(name(grade), status);
    case.set_classname(format!("{} on {}", grade.subject, grade.language));
    case
}
