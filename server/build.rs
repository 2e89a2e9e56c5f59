//! Tells cargo what is part of the program beside its source: the migrations, and the web client as it was built.

use std::path::Path;

fn main() {
    println!("cargo:rerun-if-changed=../migrations");
    // What is not there would count as changed each time.
    if Path::new("../web/dist").exists() {
        println!("cargo:rerun-if-changed=../web/dist");
    } else {
        println!("cargo:rerun-if-changed=../web/package.json");
    }
}
