//! The `sophon` binary.

fn main() {}
