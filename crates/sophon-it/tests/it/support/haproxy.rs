//! HAProxy with the configuration that we ship.

use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;

use tempfile::TempDir;
use tokio::process::{Child, Command};

use super::{Http, Process, soon};

/// Before three gateways; gone with the test.
pub struct HaProxy {
    pub url: String,
    statistics: Http,
    _child: Child,
    _folder: TempDir,
}

impl HaProxy {
    /// Starts it; `None`, and said aloud, where it is not installed (`scripts/install-test-tools`).
    #[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
    pub async fn start(gateways: &[Process]) -> Option<Self> {
        if Command::new("haproxy").arg("-v").stdout(Stdio::null()).status().await.is_err() {
            eprintln!("skipped: haproxy is not installed");
            return None;
        }
        let [address, statistics] = [free_address(), free_address()];
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("haproxy.cfg");
        std::fs::write(&file, configuration(&address, &statistics, gateways)).unwrap();
        let child = Command::new("haproxy")
            .args(["-db", "-f"])
            .arg(&file)
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let statistics = Http::new(&format!("http://{statistics}"));
        let proxy = Self { url: format!("http://{address}"), statistics, _child: child, _folder: folder };
        proxy.until_all_are_up(gateways.len()).await;
        Some(proxy)
    }

    /// Waits until it sends requests to so many gateways.
    pub async fn until_all_are_up(&self, count: usize) {
        soon("HAProxy sees all gateways", async {
            while self.up().await != count {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
        })
        .await;
    }

    /// The servers that it takes for well: of its table, `# pxname,svname,…,status,…`.
    async fn up(&self) -> usize {
        let Ok(answer) = self.statistics.request(reqwest::Method::GET, "/;csv").send().await else {
            return 0;
        };
        let table = answer.text().await.unwrap_or_default();
        let mut lines = table.lines().map(|line| line.split(',').collect::<Vec<_>>());
        let names = lines.next().unwrap_or_default();
        let status = names.iter().position(|name| *name == "status");
        let is_up = |row: &Vec<&str>| {
            status.and_then(|at| row.get(at)).is_some_and(|status| status.starts_with("UP"))
        };
        let servers =
            lines.filter(|row| row.get(1).is_some_and(|name| *name != "BACKEND" && *name != "FRONTEND"));
        servers.filter(is_up).count()
    }
}

/// What we ship, with these addresses, and a table of how the servers are.
fn configuration(address: &str, statistics: &str, gateways: &[Process]) -> String {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/gateways/haproxy.cfg");
    let shipped = std::fs::read_to_string(shipped).unwrap();
    // So many connections need more open files than a test may have.
    let text = shipped.replace("maxconn 20000", "maxconn 1000");
    // Where nobody signs in, nobody is served who comes through a proxy that says so.
    let text = text.replace("    option forwardfor\n", "");
    let mut text = text.replace("bind :8080", &format!("bind {address}"));
    for (at, gateway) in gateways.iter().enumerate() {
        text = text.replace(&format!("gateway-{}:8080", at + 1), gateway.address());
    }
    text + &format!("\nfrontend statistics\n    bind {statistics}\n    stats enable\n    stats uri /\n")
}

fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}
