import { navigation } from "../../messages/en/navigation.ts";
import { lazyComponent } from "../../ui/lazy.tsx";
import { route, type Feature } from "../feature.ts";
import { WaitingBadge } from "./waiting-badge.tsx";

const ApprovalsPage = lazyComponent(
  async () => (await import("./approvals-page.tsx")).ApprovalsPage,
);

export const feature: Feature = {
  routes: [route("/approvals", () => <ApprovalsPage />)],
  navigation: {
    path: "/approvals",
    label: () => navigation.approvals,
    icon: "approvals",
    order: 20,
    badge: WaitingBadge,
  },
};
