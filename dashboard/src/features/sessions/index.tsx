import { navigation } from "../../messages/en/navigation.ts";
import { route, type Feature } from "../feature.ts";
import { SessionsPage } from "./sessions-page.tsx";
import { sessionEvents } from "./session-cache.ts";

export const feature: Feature = {
  routes: [
    route("/", () => <SessionsPage view="list" />),
    route("/sessions/new", () => <SessionsPage view="new" />),
    route("/sessions/:id", ({ id }) => <SessionsPage view={{ session: id }} />),
  ],
  navigation: {
    path: "/",
    root: "/sessions",
    label: () => navigation.sessions,
    icon: "sessions",
    order: 10,
  },
  events: sessionEvents,
};
