import { navigation } from "../../messages/en/navigation.ts";
import { lazyComponent } from "../../ui/lazy.tsx";
import { route, type Feature } from "../feature.ts";

const JobsPage = lazyComponent(async () => (await import("./jobs-page.tsx")).JobsPage);

export const feature: Feature = {
  routes: [route("/jobs", () => <JobsPage />)],
  navigation: {
    path: "/jobs",
    label: () => navigation.jobs,
    icon: "jobs",
    order: 65,
    needs: "ViewSystem",
    secondary: true,
  },
};
