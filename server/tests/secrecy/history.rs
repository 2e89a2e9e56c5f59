//! What can happen: in both worlds alike, or in the applicant's caucus of one of them.

use proptest::collection::vec;
use proptest::prelude::*;

#[derive(Clone, Copy, Debug)]
pub enum Who {
    Ana,
    Ben,
    Mediator,
}

/// How far a dispute has come when its history begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Start {
    /// Accepted and staffed; no session is planned.
    Staffed,
    /// A session by video in which both sides know their rights.
    Ready,
    /// The same where domestic violence is indicated: the joint room is withheld.
    Withheld,
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
    /// The respondent's device comes back and knows the joint room up to here.
    Reconnect(i64),
    /// Asks for what only the other side could know.
    Guess,
    Reuse,
    /// Asks for everything about the dispute.
    Look,
    /// The talk begins: together, or in the world that this says in the applicant's caucus.
    Begin {
        apart_in: Option<usize>,
        recorded: bool,
    },
    TalkToBen {
        recorded: bool,
    },
    /// Back from the respondent's caucus.
    TalkTogether {
        recorded: bool,
    },
    /// The respondent comes to the sound of the joint room, stays, or goes.
    Sound(bool),
    /// The record is confirmed by all, and the session is over.
    Close,
    Draft,
    PutUp,
    SignedByBen,
    SignedByAll,
    Reopen,
    /// Both sides agree to meet where the joint room is withheld.
    AgreeToMeet,
    /// The mediator goes and another comes.
    Replace,
    /// What follows from events is done: notices and text messages.
    Work,
}

/// What happens on the applicant's side and among the neutrals, in one world only.
#[derive(Clone, Copy, Debug)]
pub enum Secret {
    Say {
        by_mediator: bool,
        times: u8,
    },
    SayAmongNeutrals,
    Read,
    HandIn,
    /// Shows a piece that was handed in, in the caucus.
    Show,
    Download,
    /// The applicant is there with a device of its own, types, and goes.
    Visit,
    Reuse,
    /// The session goes on in the caucus.
    Apart {
        recorded: bool,
    },
    /// And comes back.
    Back,
    /// Both are in the media of the caucus and are recorded there.
    Sound,
    /// The mediator works on the draft.
    Draft(u8),
    /// The applicant alone agrees to meet.
    AgreeToMeet,
}

#[derive(Clone, Copy, Debug)]
pub enum Step {
    Common(Common),
    Only(usize, Secret),
}

#[derive(Clone, Debug)]
pub struct History {
    pub start: Start,
    pub steps: Vec<Step>,
}

fn who() -> impl Strategy<Value = Who> {
    prop_oneof![Just(Who::Ana), Just(Who::Ben), Just(Who::Mediator)]
}

fn room() -> impl Strategy<Value = Common> {
    prop_oneof![
        3 => who().prop_map(Common::SayInJoint),
        2 => any::<bool>().prop_map(Common::SayToBen),
        1 => Just(Common::SayAmongNeutrals),
        2 => who().prop_map(Common::Read),
        2 => who().prop_map(Common::HandIn),
        // The second that does not fit tells whether somebody else has taken room.
        2 => Just(Common::HandIn(Who::Ben)),
        1 => Just(Common::ShowLast),
        1 => Just(Common::Typing),
        2 => (0..9_i64).prop_map(Common::Reconnect),
        2 => Just(Common::Guess),
        1 => Just(Common::Reuse),
        1 => Just(Common::Look),
        1 => Just(Common::Work),
    ]
}

fn begin() -> impl Strategy<Value = Common> {
    (prop_oneof![Just(None), Just(Some(0)), Just(Some(1))], any::<bool>())
        .prop_map(|(apart_in, recorded)| Common::Begin { apart_in, recorded })
}

fn talk() -> impl Strategy<Value = Common> {
    prop_oneof![
        3 => begin(),
        3 => any::<bool>().prop_map(|recorded| Common::TalkToBen { recorded }),
        3 => any::<bool>().prop_map(|recorded| Common::TalkTogether { recorded }),
        3 => any::<bool>().prop_map(Common::Sound),
        1 => Just(Common::Close),
        3 => Just(Common::Draft),
        2 => Just(Common::PutUp),
        1 => Just(Common::SignedByBen),
        1 => Just(Common::SignedByAll),
        1 => Just(Common::Reopen),
        1 => Just(Common::AgreeToMeet),
        1 => Just(Common::Replace),
    ]
}

fn secret() -> impl Strategy<Value = Secret> {
    prop_oneof![
        3 => (any::<bool>(), 1..4_u8).prop_map(|(by_mediator, times)| Secret::Say { by_mediator, times }),
        1 => Just(Secret::SayAmongNeutrals),
        2 => Just(Secret::Read),
        3 => Just(Secret::HandIn),
        1 => Just(Secret::Show),
        1 => Just(Secret::Download),
        1 => Just(Secret::Visit),
        1 => Just(Secret::Reuse),
        3 => any::<bool>().prop_map(|recorded| Secret::Apart { recorded }),
        1 => Just(Secret::Back),
        2 => Just(Secret::Sound),
        2 => (1..3_u8).prop_map(Secret::Draft),
        1 => Just(Secret::AgreeToMeet),
    ]
}

fn step(start: Start) -> BoxedStrategy<Step> {
    let secret = (0..2_usize, secret()).prop_map(|(world, what)| Step::Only(world, what));
    let room = room().prop_map(Step::Common);
    if start == Start::Staffed {
        prop_oneof![3 => room, 3 => secret].boxed()
    } else {
        prop_oneof![3 => room, 3 => talk().prop_map(Step::Common), 4 => secret].boxed()
    }
}

/// A history with a session begins its talk before long: most of what can happen comes after that.
pub fn histories() -> impl Strategy<Value = History> {
    let start =
        prop_oneof![2 => Just(Start::Staffed), 4 => Just(Start::Ready), 1 => Just(Start::Withheld)];
    start.prop_flat_map(|start| {
        let first = vec(begin().prop_map(Step::Common), usize::from(start != Start::Staffed));
        (vec(step(start), 0..3), first, vec(step(start), 4..11)).prop_map(
            move |(before, first, after)| History { start, steps: [before, first, after].concat() },
        )
    })
}
