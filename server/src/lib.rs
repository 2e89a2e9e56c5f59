//! The mediation service.
