//! What happens: services, policy, the agent loop, the event logs, jobs
