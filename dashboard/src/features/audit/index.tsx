import { navigation } from "../../messages/en/navigation.ts";
import { lazyComponent } from "../../ui/lazy.tsx";
import { route, type Feature } from "../feature.ts";

const AuditPage = lazyComponent(async () => (await import("./audit-page.tsx")).AuditPage);

export const feature: Feature = {
  routes: [route("/audit", () => <AuditPage />)],
  navigation: {
    path: "/audit",
    label: () => navigation.audit,
    icon: "audit",
    order: 67,
    needs: "ViewAudit",
    secondary: true,
  },
};
