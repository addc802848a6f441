//! A typed client of the REST wire and the hubs
