import { navigation } from "../../messages/en/navigation.ts";
import { lazyComponent } from "../../ui/lazy.tsx";
import { route, type Feature } from "../feature.ts";

const AgentsPage = lazyComponent(async () => (await import("./agents-page.tsx")).AgentsPage);

export const feature: Feature = {
  routes: [
    route("/agents", () => <AgentsPage view="list" />),
    route("/agents/new", () => <AgentsPage view="new" />),
    route("/agents/:id", ({ id }) => <AgentsPage view={{ agent: id }} />),
  ],
  navigation: {
    path: "/agents",
    label: () => navigation.agents,
    icon: "agents",
    order: 40,
    secondary: true,
  },
};
