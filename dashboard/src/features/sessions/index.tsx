import { useQueryClient } from "@tanstack/react-query";
import { Redirect } from "wouter";
import { isFirstRun } from "../../entities/model/first-run.ts";
import { knownStart } from "../../entities/start/start.ts";
import { navigation } from "../../messages/en/navigation.ts";
import { route, type Feature } from "../feature.ts";
import { lazyComponent } from "../../ui/lazy.tsx";
import { PUBLIC_PATH } from "./public-address.ts";
import { SessionsPage } from "./sessions-page.tsx";
import { sessionEvents } from "./session-cache.ts";

const PublicSession = lazyComponent(
  async () => (await import("./public-session.tsx")).PublicSession,
);

/** The first page: the list of sessions, or how to set up a model where there is none yet. */
function Start() {
  const start = knownStart(useQueryClient());
  return isFirstRun(start) ? <Redirect to="/welcome" replace /> : <SessionsPage view="list" />;
}

export const feature: Feature = {
  routes: [
    route("/", () => <Start />),
    route("/sessions/new", () => <SessionsPage view="new" />),
    route("/sessions/:id", ({ id }) => <SessionsPage view={{ session: id }} />),
  ],
  publicRoutes: [route(PUBLIC_PATH, ({ id }) => <PublicSession id={id} />)],
  navigation: {
    path: "/",
    root: "/sessions",
    label: () => navigation.sessions,
    icon: "sessions",
    order: 10,
  },
  events: sessionEvents,
};
