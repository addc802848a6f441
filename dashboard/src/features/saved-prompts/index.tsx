import { navigation } from "../../messages/en/navigation.ts";
import { lazyComponent } from "../../ui/lazy.tsx";
import { route, type Feature } from "../feature.ts";

const PromptsPage = lazyComponent(async () => (await import("./prompts-page.tsx")).PromptsPage);

export const feature: Feature = {
  routes: [route("/prompts", () => <PromptsPage />)],
  navigation: {
    path: "/prompts",
    label: () => navigation.prompts,
    icon: "prompts",
    order: 42,
    secondary: true,
  },
};
