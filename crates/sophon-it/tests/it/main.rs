//! The gateway through its real wires: in this process where nothing is to be killed, and as the built binary where
//! something is.

mod support;

mod addresses;
mod approvals;
mod authorization;
mod bad_input;
mod coming_back;
mod cursors;
mod discussions;
mod discussions_killed;
mod drain;
mod failing_disk;
mod gateways;
mod hub_document;
mod kill;
mod make;
mod many_sessions;
mod nodes;
mod notifications;
mod oidc;
mod one_turn;
mod participants;
mod password_due;
mod revocation;
mod session_marks;
mod shares;
mod tenants;
