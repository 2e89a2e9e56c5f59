//! The API document is whole, and is what the server does.

use crate::app::{Answer, Person, TestApp};
use crate::contract::{DOCUMENT, misfits, resolved};
use protocol::ErrorCode;
use protocol::account::Role;
use serde_json::Value;
use server::http::policy::{self, Rule};

/// One operation of the document.
struct Operation {
    id: &'static str,
    method: &'static str,
    path: &'static str,
    said: &'static Value,
    rule: Rule,
}

impl Operation {
    fn takes(&self, place: &str) -> bool {
        self.parameters().any(|parameter| parameter["in"] == place)
    }

    fn parameters(&self) -> impl Iterator<Item = &'static Value> {
        self.said["parameters"].as_array().into_iter().flatten()
    }

    fn has_body(&self) -> bool {
        self.said["requestBody"].is_object()
    }

    fn writes(&self) -> bool {
        self.method != "get"
    }

    /// `None` where no key is taken, else whether one is needed.
    fn key(&self) -> Option<bool> {
        let key = self.parameters().find(|parameter| parameter["name"] == "Idempotency-Key")?;
        Some(key["required"] == true)
    }

    fn responses(&self) -> impl Iterator<Item = (&'static String, &'static Value)> {
        self.said["responses"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(status, of)| (status, resolved(of)))
    }
}

fn operations() -> Vec<Operation> {
    let mut all = Vec::new();
    for (path, item) in DOCUMENT["paths"].as_object().unwrap() {
        for (method, said) in item.as_object().unwrap() {
            let id = said["operationId"].as_str().unwrap();
            all.push(Operation { id, method, path, said, rule: policy::rule_of(id).unwrap().rule });
        }
    }
    assert!(all.len() > 100);
    all
}

#[test]
fn every_operation_has_a_name_below_its_tag_and_one_line_that_says_what_it_does() {
    for operation in operations() {
        let (id, tag) = (operation.id, operation.said["tags"][0].as_str().unwrap());
        let tags = DOCUMENT["tags"].as_array().unwrap();
        assert!(tags.iter().any(|known| known["name"] == tag), "{tag} is not explained");
        assert!(id.starts_with(&format!("{tag}_")), "{id} stands below {tag}");
        let summary = operation.said["summary"].as_str().unwrap_or_default();
        assert!((6..=90).contains(&summary.chars().count()), "{id}: {summary}");
        let sentence = summary.strip_suffix('.').unwrap_or_default();
        assert!(!sentence.is_empty(), "{id} ends without a full stop: {summary}");
        assert!(!sentence.contains('\n') && !sentence.contains(". "), "{id} goes on: {summary}");
    }
}

#[test]
fn every_parameter_says_what_it_is() {
    for operation in operations() {
        for parameter in operation.parameters() {
            let description = parameter["description"].as_str().unwrap_or_default();
            assert!(description.len() > 5, "{}: {}", operation.id, parameter["name"]);
        }
    }
}

#[test]
fn every_operation_lists_the_problems_that_follow_from_what_it_is() {
    for operation in operations() {
        let (id, body, key) = (operation.id, operation.has_body(), operation.key().is_some());
        let public = matches!(operation.rule, Rule::Public);
        let permits = !matches!(operation.rule, Rule::Public | Rule::SignedIn);
        let in_dispute = permits && !matches!(operation.rule, Rule::Roles(_));
        for (status, follows) in [
            ("400", body || key),
            ("401", !public),
            ("403", permits),
            ("404", operation.takes("path")),
            ("409", in_dispute && operation.writes()),
            ("413", body),
            ("415", body),
            ("422", body || key || operation.takes("query")),
            ("429", true),
            ("500", true),
            ("503", true),
            ("507", operation.writes()),
        ] {
            let listed = operation.said["responses"][status].is_object();
            assert!(listed || !follows, "{id} does not list {status}");
        }
        for (status, response) in operation.responses().filter(|(s, _)| !s.starts_with('2')) {
            let problem = &response["content"]["application/problem+json"];
            assert_eq!(problem["schema"]["$ref"], "#/components/schemas/Problem", "{id} {status}");
            assert_eq!(problem["example"]["status"].to_string(), *status, "{id}");
        }
    }
}

#[test]
fn every_body_has_an_example_that_fits_its_schema() {
    for operation in operations() {
        let id = operation.id;
        let answers = operation.responses().map(|(_, response)| response);
        let mut bodies: Vec<&Value> = answers.collect();
        assert!(!bodies.is_empty(), "{id} answers nothing");
        bodies.push(&operation.said["requestBody"]);
        for (kind, content) in
            bodies.iter().filter_map(|body| body["content"].as_object()).flatten()
        {
            if !kind.ends_with("json") {
                continue;
            }
            let example = content.get("example").unwrap_or_else(|| panic!("{id}: {content}"));
            let misfits = misfits(&content["schema"], example);
            assert!(misfits.is_empty(), "{id}: {misfits:#?} in {example:#}");
            assert_eq!(real_phone(&example.to_string()), None, "{id}");
        }
        for (_, answer) in operation.responses().filter(|(status, _)| status.starts_with('2')) {
            assert!(answer["description"].is_string(), "{id} does not say what it answers");
            let answer = &answer["content"]["application/json"];
            assert_eq!(left_out(&answer["schema"], &answer["example"]), [""; 0], "{id}");
        }
    }
}

/// Fields of a schema that its example does not show.
fn left_out(schema: &'static Value, example: &Value) -> Vec<String> {
    let schema = resolved(schema);
    let alternatives: Vec<&Value> = schema["oneOf"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|one| one["type"] != "null")
        .collect();
    if let ([one], false) = (&alternatives[..], example.is_null()) {
        return left_out(one, example);
    }
    let items = example.as_array().into_iter().flatten();
    let mut all: Vec<String> = items.flat_map(|item| left_out(&schema["items"], item)).collect();
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        match example.get(name) {
            None if example.is_object() => all.push(name.clone()),
            None => {}
            Some(shown) => all.extend(left_out(field, shown)),
        }
    }
    all
}

/// Examples hold numbers that nobody has: 1900000000x.
fn real_phone(text: &str) -> Option<&str> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    let numbers = words.filter(|word| word.len() == 11 && word.bytes().all(|b| b.is_ascii_digit()));
    numbers.into_iter().find(|number| !number.starts_with("1900000000"))
}

#[tokio::test]
async fn the_document_names_the_key_where_the_server_reads_it() {
    let test = TestApp::start().await;
    let too_long = "k".repeat(101);
    for operation in operations().iter().filter(|one| one.writes()) {
        let role = match operation.rule {
            Rule::Public => continue,
            Rule::Roles(roles) => roles[0],
            _ => Role::Resident,
        };
        let person = test.person(operation.id, role).await;
        let told = ask(&person, operation, Some(&too_long)).await;
        let reads = told.body["detail"].to_string().contains("Idempotency-Key");
        assert_eq!(reads, operation.key().is_some(), "{}: {}", operation.id, told.body);
        let told = ask(&person, operation, None).await;
        let needs = told.body["code"] == ErrorCode::IdempotencyKeyRequired.as_str();
        assert_eq!(needs, operation.key() == Some(true), "{}: {}", operation.id, told.body);
    }
}

/// Asks with ids that nothing has; the body is the document's example.
async fn ask(person: &Person<'_>, operation: &Operation, key: Option<&str>) -> Answer {
    let mut path = operation.path.to_owned();
    for parameter in operation.parameters().filter(|parameter| parameter["in"] == "path") {
        let example = &resolved(&parameter["schema"])["examples"][0];
        path = path.replace(
            &format!("{{{}}}", parameter["name"].as_str().unwrap()),
            example.as_str().unwrap(),
        );
    }
    let body = &operation.said["requestBody"]["content"]["application/json"]["example"];
    let body = (!body.is_null()).then(|| body.clone());
    let method = operation.method.to_uppercase().parse().unwrap();
    person.request(method, &path, body, key).await
}

#[tokio::test]
async fn a_bad_query_is_answered_with_the_name_at_fault() {
    let test = TestApp::start().await;
    let ana = test.person("Ana", Role::Resident).await;
    for (query, path) in [("limit=0", "limit"), ("status=lost", "status"), ("page=2", "page")] {
        let told = ana.get(&format!("/v1/disputes?{query}")).await;
        told.is_refused(422, ErrorCode::Invalid);
        assert_eq!(told.body["fields"][0]["path"], path, "{}", told.body);
    }
}

#[test]
fn every_law_is_cited_by_a_short_name_that_the_glossary_explains() {
    let glossary = include_str!("../../../docs/GLOSSARY.md");
    let document = DOCUMENT.to_string();
    let mut cited = 0;
    for (before, _) in document.match_indices(" Art ").map(|(at, _)| document.split_at(at)) {
        let from = before.rfind([' ', '(', '"', ',', '·']).map_or(0, |at| at + 1);
        let law = before[from..].trim_start_matches(|c: char| c.is_ascii_punctuation());
        assert!(glossary.contains(&format!("| {law} |")), "{law} is not in the glossary");
        cited += 1;
    }
    assert!(cited > 10);
    assert!(!document.contains('条') || !document.contains("法第"), "cite as `人民调解法 Art 31`");
}

#[tokio::test]
async fn the_document_and_its_page_are_served() {
    let test = TestApp::start().await;
    let url = format!("{}/v1/openapi.json", test.url);
    let served: Value = test.http.get(url).send().await.unwrap().json().await.unwrap();
    assert_eq!(served["openapi"], "3.1.0");
    assert_eq!(served, *DOCUMENT);
    let page = test.http.get(format!("{}/docs/", test.url)).send().await.unwrap();
    assert_eq!(page.status(), 200);
}
