/** Every feature there is: each folder of `features/` with an `index.tsx` takes part, and none is named here. */
import type { Feature } from "../features/feature.ts";

const modules = import.meta.glob<Feature>("../features/*/index.tsx", {
  eager: true,
  import: "feature",
});

export const features: readonly Feature[] = Object.values(modules);

export const routes = features.flatMap((feature) => feature.routes ?? []);

export const publicRoutes = features.flatMap((feature) => feature.publicRoutes ?? []);

export const navigation = features
  .flatMap((feature) => feature.navigation ?? [])
  .sort((a, b) => a.order - b.order);

export const barItems = features.flatMap((feature) => feature.barItem ?? []);

export const eventHandlers = features.flatMap((feature) => feature.events ?? []);
