//! What things are: ids, entities, events, errors, the caller, and the ports
