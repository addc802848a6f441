import { lazyComponent } from "../../ui/lazy.tsx";
import { route, type Feature } from "../feature.ts";

const ReturnedPage = lazyComponent(async () => (await import("./returned-page.tsx")).ReturnedPage);

export const feature: Feature = {
  publicRoutes: [
    route("/sign-in/:provider", ({ provider }) => <ReturnedPage provider={provider} />),
  ],
};
