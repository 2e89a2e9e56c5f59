//! The mediation service.

fn main() {}
