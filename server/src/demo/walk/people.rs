//! Who walks: two new residents, and staff of the demo.

use crate::clock::Ids;

pub struct Person {
    pub name: &'static str,
    pub title: &'static str,
    pub key: Key,
}

/// By what somebody signs in.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Key {
    Phone(String),
    Username(&'static str),
}

pub struct Cast {
    pub applicant: Person,
    pub respondent: Person,
    pub officer: Person,
    pub director: Person,
    pub mediator: Person,
    pub lawyer: Person,
    pub grid_worker: Person,
}

impl Person {
    pub fn described(&self) -> String {
        format!("{} {}", self.title, self.name)
    }

    pub fn phone(&self) -> &str {
        match &self.key {
            Key::Phone(phone) => phone,
            Key::Username(_) => "",
        }
    }
}

impl Cast {
    pub fn fresh() -> Self {
        let resident = |name, title, phone| Person { name, title, key: Key::Phone(phone) };
        let staff = |username, name, title| Person { name, title, key: Key::Username(username) };
        // Two numbers that nobody has, neighbours like their owners.
        let number = Ids::Random.next().as_u128() % 49_000 + 1_000;
        Self {
            applicant: resident("陈小满", "申请人", format!("190000{:05}", number * 2 - 1)),
            respondent: resident("林有声", "被申请人", format!("190000{:05}", number * 2)),
            officer: staff("wang.haiping", "王海平", "社区民警"),
            director: staff("gu.zhuren", "顾明理", "调委会主任"),
            mediator: staff("he.niangjiu", "何阿根", "人民调解员"),
            lawyer: staff("wu.lvshi", "吴正言", "律师"),
            grid_worker: staff("mao.wangge", "毛小勤", "网格员"),
        }
    }
}
