//! Naming a mediator: appointed or claimed, free of conflicts, disclosed, accepted by every party.

pub mod conflicts;
pub mod nominee;
pub mod routes;
