//! The gateway through its real wires: in this process where nothing is to be killed, and as the built binary where
//! something is.

mod support;

mod authorization;
mod bad_input;
mod coming_back;
mod drain;
mod kill;
mod notifications;
mod one_turn;
mod revocation;
