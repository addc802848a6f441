import { navigation } from "../../messages/en/navigation.ts";
import { lazyComponent } from "../../ui/lazy.tsx";
import { route, type Feature } from "../feature.ts";

const ModelsPage = lazyComponent(async () => (await import("./models-page.tsx")).ModelsPage);
const FirstRun = lazyComponent(async () => (await import("./first-run.tsx")).FirstRun);

export const feature: Feature = {
  routes: [route("/models", () => <ModelsPage />), route("/welcome", () => <FirstRun />)],
  navigation: {
    path: "/models",
    label: () => navigation.models,
    icon: "models",
    order: 62,
    needs: "ManageModels",
    secondary: true,
  },
};
