//! Fakes and conformance suites
