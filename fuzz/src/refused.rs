//! What every refusal has to be.

use protocol::{ErrorCode, Problem};

/// Says what is wrong and what to do, and is not our fault.
pub fn assert_refused(problem: &Problem, code: ErrorCode) {
    assert_eq!(problem.code, code, "{problem:?}");
    assert!((400..500).contains(&problem.status), "{problem:?}");
    assert_eq!(problem.kind, format!("/problems/{code}"));
    assert!(!problem.title.is_empty() && !problem.detail.is_empty(), "{problem:?}");
    assert!(
        problem.fields.iter().all(|f| !f.path.is_empty() && !f.detail.is_empty()),
        "{problem:?}"
    );
}
