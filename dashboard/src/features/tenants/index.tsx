import { navigation } from "../../messages/en/navigation.ts";
import { lazyComponent } from "../../ui/lazy.tsx";
import { route, type Feature } from "../feature.ts";
import { TenantSwitcher } from "./tenant-switcher.tsx";

const TenantsPage = lazyComponent(async () => (await import("./tenants-page.tsx")).TenantsPage);

export const feature: Feature = {
  routes: [
    route("/tenants", () => <TenantsPage id={null} />),
    route("/tenants/:id", ({ id }) => <TenantsPage id={id} />),
  ],
  navigation: {
    path: "/tenants",
    label: () => navigation.tenants,
    icon: "building",
    order: 68,
    needs: "ManageTenants",
    secondary: true,
  },
  barItem: TenantSwitcher,
};
