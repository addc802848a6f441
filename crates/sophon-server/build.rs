//! Builds this crate again when the dashboard was built again: what is embedded is decided at compile time.

fn main() {
    println!("cargo:rerun-if-changed=../../dashboard/dist");
}
