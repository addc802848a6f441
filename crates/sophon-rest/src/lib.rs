//! The REST wire: one folder a subject
