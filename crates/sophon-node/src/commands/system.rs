//! `system.info` and `system.processes`

use serde_json::{Value, json};
use sysinfo::{ProcessesToUpdate, System};

use super::failed;
use crate::answer::Answer;
use crate::machine;

/// Processes that are listed: those that use the most memory.
const MOST_PROCESSES: usize = 200;
/// A process's name, in characters.
const LONGEST_NAME: usize = 200;

pub(super) async fn info() -> Result<Value, Answer> {
    let load = machine::load().await.map_err(failed)?;
    Ok(json!({
        "os": std::env::consts::OS,
        "arch": std::env::consts::ARCH,
        "osName": System::long_os_version(),
        "kernel": System::kernel_version(),
        "hostName": System::host_name(),
        "version": env!("CARGO_PKG_VERSION"),
        "uptime": load.uptime,
        "cpuPercent": load.cpu_percent,
        "cpus": load.cpus,
        "memoryMb": load.memory_mb,
        "totalMemoryMb": load.total_memory_mb,
    }))
}

pub(super) async fn processes() -> Result<Value, Answer> {
    tokio::task::spawn_blocking(listed).await.map_err(failed)
}

fn listed() -> Value {
    let mut system = System::new();
    system.refresh_processes(ProcessesToUpdate::All, true);
    let mut processes: Vec<_> =
        system.processes().values().filter(|process| process.thread_kind().is_none()).collect();
    processes.sort_by_key(|process| std::cmp::Reverse(process.memory()));
    let shown = processes.iter().take(MOST_PROCESSES).map(|process| {
        json!({
            "pid": process.pid().as_u32(),
            "name": process.name().to_string_lossy().chars().take(LONGEST_NAME).collect::<String>(),
            "memoryMb": process.memory() / (1024 * 1024),
        })
    });
    json!({ "processes": shown.collect::<Vec<_>>(), "count": processes.len() })
}
