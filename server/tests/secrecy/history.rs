//! What can happen: in both worlds alike, or in the caucus of one of them.

use proptest::collection::vec;
use proptest::prelude::*;

#[derive(Clone, Copy, Debug)]
pub enum Who {
    Ana,
    Ben,
    Mediator,
}

/// What happens in both worlds. The respondent takes part in it or sees it.
#[derive(Clone, Copy, Debug)]
pub enum Common {
    SayInJoint(Who),
    SayToBen(bool),
    SayAmongNeutrals,
    Read(Who),
    HandIn(Who),
    ShowLast,
    Typing,
    Reconnect,
    Guess,
    Reuse,
    Look,
}

/// What happens in the applicant's caucus, in one world only.
#[derive(Clone, Copy, Debug)]
pub enum Secret {
    Say {
        by_mediator: bool,
        times: u8,
    },
    Read,
    HandIn,
    Download,
    /// The applicant is there with a device of its own, types, and goes.
    Visit,
    Reuse,
}

#[derive(Clone, Copy, Debug)]
pub enum Step {
    Common(Common),
    Only(usize, Secret),
}

fn who() -> impl Strategy<Value = Who> {
    prop_oneof![Just(Who::Ana), Just(Who::Ben), Just(Who::Mediator)]
}

fn common() -> impl Strategy<Value = Common> {
    prop_oneof![
        3 => who().prop_map(Common::SayInJoint),
        2 => any::<bool>().prop_map(Common::SayToBen),
        1 => Just(Common::SayAmongNeutrals),
        2 => who().prop_map(Common::Read),
        1 => who().prop_map(Common::HandIn),
        1 => Just(Common::ShowLast),
        1 => Just(Common::Typing),
        1 => Just(Common::Reconnect),
        2 => Just(Common::Guess),
        1 => Just(Common::Reuse),
        2 => Just(Common::Look),
    ]
}

fn secret() -> impl Strategy<Value = Secret> {
    prop_oneof![
        4 => (any::<bool>(), 1..4_u8).prop_map(|(by_mediator, times)| Secret::Say { by_mediator, times }),
        2 => Just(Secret::Read),
        2 => Just(Secret::HandIn),
        1 => Just(Secret::Download),
        1 => Just(Secret::Visit),
        1 => Just(Secret::Reuse),
    ]
}

pub fn histories() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        common().prop_map(Step::Common),
        (0..2_usize, secret()).prop_map(|(world, what)| Step::Only(world, what)),
    ];
    vec(step, 4..12)
}
