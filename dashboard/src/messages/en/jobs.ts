import { section } from "../catalogue.ts";

/** Background jobs. */
export const jobs = section("jobs", {
  title: "Background jobs",
  queues: "Queues",
  queuesAbout: "Work that the gateway does in the background. It survives a restart.",
  loading: "Loading jobs",
  queue: "Queue",
  queueName: {
    turns: "Agents",
    delivery: "Delivery",
    indexing: "Indexing",
    maintenance: "Maintenance",
  },
  status: {
    ready: "Ready",
    blocked: "Blocked",
    running: "Running",
    parked: "Parked",
    dead: "Failed",
  },
  failed: "Failed jobs",
  noneTitle: "No failed jobs",
  noneAbout:
    "A job that fails after its last attempt is kept here until you run it again or delete it.",
  failedAt: "failed <time/>",
  attempts: (count: number) => (count === 1 ? "1 attempt" : `${count} attempts`),
  retry: "Run again",
  deleteTitle: "Delete failed job",
  deleteAbout: (kind: string) => `The work of this ${kind} job will not be done.`,
  older: "Show older jobs",
});
