//! Memory that a process has for itself, from `/proc`.

use anyhow::Context;

/// KiB: what it shares with others counts for its share (Pss).
pub fn of(pid: u32) -> anyhow::Result<u64> {
    let path = format!("/proc/{pid}/smaps_rollup");
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
    read(&text).context("no Pss")
}

fn read(rollup: &str) -> Option<u64> {
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn reads_the_share_and_not_what_it_is_made_of() {
        let rollup =
            "55-7ff ---p 00000000 00:00 0 [rollup]\nRss: 900 kB\nPss: 812 kB\nPss_Anon: 700 kB\n";
        assert_eq!(read(rollup), Some(812));
        assert_eq!(read(""), None);
    }
}
