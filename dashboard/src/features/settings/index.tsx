import { navigation } from "../../messages/en/navigation.ts";
import { lazyComponent } from "../../ui/lazy.tsx";
import { route, type Feature } from "../feature.ts";

const SettingsPage = lazyComponent(async () => (await import("./settings-page.tsx")).SettingsPage);

export const feature: Feature = {
  routes: [route("/settings", () => <SettingsPage />)],
  navigation: {
    path: "/settings",
    label: () => navigation.settings,
    icon: "settings",
    order: 70,
    secondary: true,
  },
};
