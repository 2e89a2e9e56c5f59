//! What the demo tells a newcomer.

use crate::accounts::second_factor;
use crate::app::App;
use crate::demo::{PASSWORD, SECRET, clock, data, directory};
use crate::notify::sms;
use protocol::account::Role;
use std::path::Path;

/// While it starts. To standard error: what programs read stays clean.
pub fn progress(what: &str) {
    eprintln!("ala: {what}");
}

/// The six digits of this moment, by the demo's own clock.
pub fn code(data: &Path) -> anyhow::Result<()> {
    let now = clock::open(data)?.now();
    println!("{}", second_factor::code(SECRET, now)?);
    Ok(())
}

pub fn print(app: &App) -> anyhow::Result<()> {
    let url = &app.config.public_url;
    let folder = app.config.data.display();
    println!("阿拉调解 Ala Mediation — a demo with invented people\n");
    println!("  address   {url}\n  API page  {url}/docs/\n");
    println!("Residents sign in with their phone number and the code from a text message.");
    println!("  text messages go to {}", sms::log_in(&app.config.data).display());
    for some in data::residents()?.chunks(4).take(3) {
        let line: Vec<String> = some.iter().map(|r| format!("{} {}", r.name, r.phone)).collect();
        println!("  {}", line.join("   "));
    }
    println!("\nStaff sign in with a name, the password {PASSWORD}, and six digits:");
    println!(
        "  now {}, later: {} demo code --data {folder}",
        second_factor::code(SECRET, app.clock.now())?,
        program(),
    );
    println!("  authenticator: {}", directory::otpauth()?);
    for member in data::staff()? {
        println!("  {:<14} {} {}", member.username, member.name, title(member.role));
    }
    print_what_to_try(url, &folder.to_string());
    Ok(())
}

fn print_what_to_try(url: &str, folder: &str) {
    println!("\nTo try, in another terminal:");
    println!("  {} demo walk --data {folder}", program());
    println!("      one dispute from its filing to the archive, step by step");
    println!("  curl {url}/health/ready");
    println!("  curl {url}/v1/consent-text");
    println!("  curl {url}/v1/login-codes --json '{{\"phone\": \"19000000001\"}}'");
    println!(
        "\nStop with Ctrl-C. The data is kept; `{} demo --reset --data {folder}` starts over.",
        program()
    );
}

/// As it was called: it need not stand on the path.
fn program() -> String {
    std::env::args().next().unwrap_or_else(|| "ala".into())
}

const fn title(role: Role) -> &'static str {
    match role {
        Role::Resident => "居民",
        Role::Lawyer => "律师",
        Role::PeoplesMediator => "人民调解员",
        Role::Officer => "社区民警",
        Role::GridWorker => "网格员",
        Role::StationLeader => "派出所领导",
        Role::LegalReviewer => "法制员",
        Role::CommitteeDirector => "调委会主任",
        Role::Operator => "系统管理员",
        Role::Auditor => "审计员",
    }
}
