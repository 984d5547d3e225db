//! What the system says of this process, under the names that monitoring programs know. Nothing where the
//! system has no `/proc`.

use std::fs;

use prometheus_client::{metrics::gauge::Gauge, registry::Registry};

pub fn registry() -> Registry {
    let mut registry = Registry::with_prefix("process");
    let figures = [
        ("resident_memory_bytes", "Memory in use", status("VmRSS:").map(|kibibytes| kibibytes * 1_024)),
        ("threads", "Threads", status("Threads:")),
        (
            "open_fds",
            "Open files and connections",
            fs::read_dir("/proc/self/fd").ok().and_then(|files| files.count().try_into().ok()),
        ),
    ];
    for (name, help, value) in figures {
        let Some(value) = value else { continue };
        let gauge: Gauge = Gauge::default();
        gauge.set(value);
        registry.register(name, help, gauge);
    }
    registry
}

/// A number of `proc_pid_status(5)`.
fn status(name: &str) -> Option<i64> {
    let text = fs::read_to_string("/proc/self/status").ok()?;
    text.lines().find_map(|line| line.strip_prefix(name))?.split_whitespace().next()?.parse().ok()
}
