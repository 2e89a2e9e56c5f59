//! Every input that is kept goes through its target, in every run of the tests.

use super::TARGETS;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Many times what any of them takes.
const PATIENCE: Duration = Duration::from_secs(5);

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(all) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = all.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn names(folder: &Path) -> BTreeSet<String> {
    files(folder)
        .iter()
        .map(|file| file.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect()
}

#[test]
fn no_target_fails_on_what_is_kept() {
    for (name, target) in TARGETS {
        let seeds = files(&folder("seeds").join(name));
        assert!(seeds.len() > 1, "{name} has no seeds");
        for file in [seeds, files(&folder("regressions").join(name))].concat() {
            // Told by the test that failed.
            println!("{}", file.display());
            let input = fs::read(&file).unwrap();
            let began = Instant::now();
            target(&input);
            assert!(began.elapsed() < PATIENCE, "took {:?}", began.elapsed());
        }
    }
}

#[test]
fn every_target_has_its_program_and_its_folder_and_nothing_else_has() {
    let targets: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names(&folder("fuzz_targets")), targets);
    assert_eq!(names(&folder("seeds")), targets);
    assert!(names(&folder("regressions")).is_subset(&targets));
    let manifest = fs::read_to_string(folder("Cargo.toml")).unwrap();
    for name in targets {
        assert!(
            manifest.contains(&format!("name = \"{name}\"\npath = \"fuzz_targets/{name}.rs\""))
        );
    }
}
