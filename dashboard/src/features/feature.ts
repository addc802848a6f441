/** What a feature brings to the dashboard. Each folder beside this file exports one `feature` from its `index.tsx`. */
import type { ComponentType, ReactNode } from "react";
import type { StringRouteParams } from "wouter";
import type { Permission } from "../api/types.ts";
import type { EventHandler } from "../live/handlers.ts";
import type { IconName } from "../ui/icon.tsx";

export interface Feature {
  routes?: readonly FeatureRoute[];
  /** Pages for everybody, who need not sign in. */
  publicRoutes?: readonly FeatureRoute[];
  navigation?: NavigationEntry;
  /** A control in the navigation bar that opens no page of its own. */
  barItem?: ComponentType<{ className: string }>;
  /** What live events change in the query cache, whichever page is shown. */
  events?: readonly EventHandler[];
}

export interface FeatureRoute {
  path: string;
  page: (params: Readonly<Record<string, string | undefined>>) => ReactNode;
}

export interface NavigationEntry {
  path: string;
  /** Every page below this path belongs to the entry; `path` if absent. */
  root?: string;
  /** A function, since texts are read when they are shown. */
  label: () => string;
  icon: IconName;
  /** Entries are shown in rising order. */
  order: number;
  /** People without this permission do not see the entry. */
  needs?: Permission;
  /** In a narrow window the entry is in the "More pages" menu. */
  secondary?: boolean;
  /** A count in the corner of the entry. */
  badge?: ComponentType;
}

/** A page at a path such as `/nodes/:id`; `page` gets the path's parameters. */
export function route<Path extends string>(
  path: Path,
  page: (params: StringRouteParams<Path>) => ReactNode,
): FeatureRoute {
  return { path, page: page as FeatureRoute["page"] };
}
