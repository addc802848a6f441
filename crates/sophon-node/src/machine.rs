//! The machine: how busy it is, and whether somebody sits before it.

use sysinfo::System;

/// How busy it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    /// Seconds since it was started.
    pub(crate) uptime: u64,
    /// Of all processors.
    pub(crate) cpu_percent: u8,
    pub(crate) cpus: usize,
    pub(crate) memory_mb: u64,
    pub(crate) total_memory_mb: u64,
}

const MIB: u64 = 1024 * 1024;

/// Looks. Takes a fifth of a second, as being busy is a matter of time.
pub(crate) async fn load() -> Result<Load, tokio::task::JoinError> {
    let mut system = System::new();
    system.refresh_cpu_usage();
    tokio::time::sleep(sysinfo::MINIMUM_CPU_UPDATE_INTERVAL).await;
    let looking = move || {
        system.refresh_cpu_usage();
        system.refresh_memory();
        Load {
            uptime: System::uptime(),
            cpu_percent: system.global_cpu_usage().round() as u8,
            cpus: system.cpus().len(),
            memory_mb: system.used_memory() / MIB,
            total_memory_mb: system.total_memory() / MIB,
        }
    };
    tokio::task::spawn_blocking(looking).await
}

/// Whether there is a desktop that this program can use.
pub(crate) fn has_desktop() -> bool {
    ["WAYLAND_DISPLAY", "DISPLAY"].into_iter().any(has)
}

/// Whether the environment has a value of this name.
pub(crate) fn has(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty())
}
