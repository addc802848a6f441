//! Model providers over egress
