//! The only way out: an HTTP client that filters addresses where it connects
