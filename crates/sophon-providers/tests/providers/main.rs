//! Both wire formats, against a server that speaks them.

mod answers;
mod failures;
mod lists;
mod support;
