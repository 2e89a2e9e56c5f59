//! A `pgbench` script with the very statements of one of the server's transactions, taken from PostgreSQL's log.

use std::collections::HashMap;
use std::fmt::Write as _;
use uuid::Uuid;

/// A value that each client has its own of, by client.
pub type PerClient = Vec<String>;

struct Statement {
    text: String,
    parameters: Vec<Option<String>>,
}

/// The transaction that contains `marker` and `key`, as a script: the server's ids become each client's own, ids that the
/// server made and `key` become new ones for every transaction. What does not change is written as it was.
pub fn script(
    log: &str,
    marker: &str,
    key: &str,
    per_client: &[PerClient],
) -> anyhow::Result<Option<String>> {
    let Some(transaction) = transaction(log, marker, key) else { return Ok(None) };
    let mut fresh: HashMap<String, usize> = HashMap::new();
    let mut script = String::from("\\set seed random(1, 9007199254740991)\n");
    for statement in &transaction {
        let text = filled(statement, |value| expression(value, key, per_client, &mut fresh));
        writeln!(script, "{text};")?;
    }
    Ok(Some(script))
}

/// All its statements in a log whose lines begin with the process and a bar: from `begin` to `commit`, or one that stands
/// alone.
fn transaction(log: &str, marker: &str, key: &str) -> Option<Vec<Statement>> {
    let mut open: HashMap<&str, Vec<Statement>> = HashMap::new();
    let mut alone: HashMap<&str, Statement> = HashMap::new();
    for line in lines(log) {
        let Some((process, said)) = line.0.split_once('|') else { continue };
        let text = [said, line.1.as_str()].concat();
        if let Some(parameters) = text.strip_prefix("DETAIL:  parameters: ") {
            if let Some(all) = open.get_mut(process) {
                if let Some(last) = all.last_mut() {
                    last.parameters = values(parameters);
                }
            } else if let Some(mut statement) = alone.remove(process) {
                statement.parameters = values(parameters);
                let all = vec![statement];
                if is_it(&all, marker, key) {
                    return Some(all);
                }
            }
            continue;
        }
        let Some(text) = statement(&text) else { continue };
        let word = text.trim().to_ascii_lowercase();
        if word == "begin" {
            open.insert(process, Vec::new());
        }
        let statement = Statement { text: text.to_owned(), parameters: Vec::new() };
        let Some(all) = open.get_mut(process) else {
            alone.insert(process, statement);
            continue;
        };
        all.push(statement);
        if word == "commit" {
            let all = open.remove(process).unwrap_or_default();
            if is_it(&all, marker, key) {
                return Some(all);
            }
        } else if word == "rollback" {
            open.remove(process);
        }
    }
    None
}

fn is_it(all: &[Statement], marker: &str, key: &str) -> bool {
    let mut values = all.iter().flat_map(|statement| &statement.parameters).flatten();
    all.iter().any(|statement| statement.text.contains(marker))
        && values.any(|value| value == key || only(value) == Some(key))
}

/// The only element of an array of plain words, as PostgreSQL writes it.
fn only(value: &str) -> Option<&str> {
    let element = value.strip_prefix('{')?.strip_suffix('}')?;
    let is_plain = element.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    (is_plain && !element.is_empty() && element != "NULL").then_some(element)
}

/// Lines of the log, each with those that continue it.
fn lines(log: &str) -> Vec<(&str, String)> {
    let mut found: Vec<(&str, String)> = Vec::new();
    for line in log.lines() {
        match (line.strip_prefix('\t'), found.last_mut()) {
            (Some(more), Some(last)) => {
                last.1.push('\n');
                last.1.push_str(more);
            }
            _ => found.push((line, String::new())),
        }
    }
    found
}

fn statement(said: &str) -> Option<&str> {
    if let Some(text) = said.strip_prefix("LOG:  statement: ") {
        return Some(text);
    }
    said.strip_prefix("LOG:  execute ")?.split_once(": ").map(|(_, text)| text)
}

/// `$1 = 'it''s', $2 = NULL`
fn values(text: &str) -> Vec<Option<String>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, value)) = rest.split_once(" = ") {
        let Some(quoted) = value.strip_prefix('\'') else {
            found.push(None);
            rest = value;
            continue;
        };
        let mut read = String::new();
        let mut end = quoted.len();
        let mut letters = quoted.char_indices().peekable();
        while let Some((at, letter)) = letters.next() {
            if letter != '\'' {
                read.push(letter);
            } else if letters.next_if(|(_, next)| *next == '\'').is_some() {
                read.push('\'');
            } else {
                end = at + 1;
                break;
            }
        }
        found.push(Some(read));
        rest = &quoted[end..];
    }
    found
}

/// The statement with an expression in the place of every parameter.
fn filled(statement: &Statement, mut of: impl FnMut(&str) -> String) -> String {
    let mut text = String::new();
    let mut letters = statement.text.chars().peekable();
    while let Some(letter) = letters.next() {
        let mut number = String::new();
        while letter == '$'
            && let Some(digit) = letters.next_if(char::is_ascii_digit)
        {
            number.push(digit);
        }
        let value = number.parse::<usize>().ok().and_then(|n| statement.parameters.get(n - 1));
        match value {
            Some(Some(value)) => text.push_str(&of(value)),
            Some(None) => text.push_str("null"),
            None => {
                text.push(letter);
                text.push_str(&number);
            }
        }
    }
    // A script's statement may go over several lines, but not hold an empty one.
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn expression(
    value: &str,
    key: &str,
    per_client: &[PerClient],
    fresh: &mut HashMap<String, usize>,
) -> String {
    if let Some(element) = only(value) {
        return format!("array[{}]", expression(element, key, per_client, fresh));
    }
    if value == key {
        return "('k' || :seed::text)".into();
    }
    let is_id = Uuid::try_parse(value).is_ok();
    if let Some(all) = per_client.iter().find(|all| all.first().is_some_and(|it| it == value)) {
        let kind = if is_id { "uuid" } else { "text" };
        return format!("('{{{}}}'::{kind}[])[:client_id + 1]", all.join(","));
    }
    if is_id {
        let next = fresh.len();
        let number = *fresh.entry(value.to_owned()).or_insert(next);
        return format!("md5(:seed::text || '-{number}')::uuid");
    }
    literal(value)
}

/// Without a colon: one before a letter would be a variable of the script.
fn literal(value: &str) -> String {
    let quoted = value.replace('\'', "''");
    if quoted.contains(':') {
        format!("e'{}'", quoted.replace('\\', "\\\\").replace(':', "\\072"))
    } else {
        format!("'{quoted}'")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "1|LOG:  statement: BEGIN\n2|LOG:  statement: BEGIN\n\
        1|LOG:  execute s_1: insert into things (id, owner, name, note)\n\tvalues ($1, $2, $3, $4)\n\
        1|DETAIL:  parameters: $1 = '0a000000-0000-4000-8000-000000000001', $2 = 'me', $3 = 'it''s 9:00, $2 = x', $4 = NULL\n\
        2|LOG:  statement: ROLLBACK\n1|LOG:  execute s_2: update keys set at = $1 where key = $2\n\
        1|DETAIL:  parameters: $1 = '9', $2 = 'key'\n1|LOG:  statement: COMMIT\n";

    #[test]
    fn a_transaction_becomes_a_script() {
        let owners = [vec!["me".into(), "you".into()]];
        let script = script(LOG, "insert into things", "key", &owners).unwrap();
        let script = script.unwrap();
        let expected = "\\set seed random(1, 9007199254740991)\nBEGIN;\n\
            insert into things (id, owner, name, note) values (md5(:seed::text || '-0')::uuid, \
            ('{me,you}'::text[])[:client_id + 1], e'it''s 9\\07200, $2 = x', null);\n\
            update keys set at = '9' where key = ('k' || :seed::text);\nCOMMIT;\n";
        assert_eq!(script, expected);
    }

    #[test]
    fn a_statement_that_stands_alone_is_one_too_and_its_arrays_are_filled() {
        let log = "3|LOG:  execute s_1: select tell($1, $2, $3)\n\
            3|DETAIL:  parameters: $1 = '{me}', $2 = '{key}', $3 = '{\"{a: 1}\"}'\n";
        let owners = [vec!["me".into(), "you".into()]];
        let script = script(log, "select tell", "key", &owners).unwrap().unwrap();
        let expected = "\\set seed random(1, 9007199254740991)\n\
            select tell(array[('{me,you}'::text[])[:client_id + 1]], array[('k' || :seed::text)], e'{\"{a\\072 1}\"}');\n";
        assert_eq!(script, expected);
    }

    #[test]
    fn a_transaction_that_is_not_there_is_not_found() {
        assert!(script(LOG, "insert into others", "key", &[]).unwrap().is_none());
        assert!(script(LOG, "insert into things", "another key", &[]).unwrap().is_none());
    }
}
