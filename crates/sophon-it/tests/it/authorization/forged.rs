//! What is not for the caller to say.
