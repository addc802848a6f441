//! Configuration, wiring, lifecycle: the only crate that sees all
