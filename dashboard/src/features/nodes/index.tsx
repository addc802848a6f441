import { navigation } from "../../messages/en/navigation.ts";
import { lazyComponent } from "../../ui/lazy.tsx";
import { route, type Feature } from "../feature.ts";
import { nodeEvents } from "./node-events.ts";

const NodesPage = lazyComponent(async () => (await import("./nodes-page.tsx")).NodesPage);

export const feature: Feature = {
  routes: [
    route("/nodes", () => <NodesPage view="list" />),
    route("/nodes/new", () => <NodesPage view="new" />),
    route("/nodes/:id", ({ id }) => <NodesPage view={{ node: id }} />),
  ],
  navigation: {
    path: "/nodes",
    label: () => navigation.nodes,
    icon: "nodes",
    order: 60,
    needs: "ManageNodes",
    secondary: true,
  },
  events: nodeEvents,
};
