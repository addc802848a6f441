import { navigation } from "../../messages/en/navigation.ts";
import { lazyComponent } from "../../ui/lazy.tsx";
import { route, type Feature } from "../feature.ts";
import { discussionEvents } from "./run-events.ts";

const DiscussionsPage = lazyComponent(
  async () => (await import("./discussions-page.tsx")).DiscussionsPage,
);

export const feature: Feature = {
  routes: [
    route("/discussions", () => <DiscussionsPage view="list" />),
    route("/discussions/new", () => <DiscussionsPage view="new" />),
    route("/discussions/:id", ({ id }) => <DiscussionsPage view={{ discussion: id }} />),
    route("/discussions/:id/runs/:run", ({ id, run }) => (
      <DiscussionsPage view={{ discussion: id, run }} />
    )),
  ],
  navigation: {
    path: "/discussions",
    label: () => navigation.discussions,
    icon: "discussions",
    order: 50,
    secondary: true,
  },
  events: discussionEvents,
};
