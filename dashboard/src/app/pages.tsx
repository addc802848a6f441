import { matchRoute, Redirect, useLocation, useRouter } from "wouter";
import { routes } from "./features.ts";

/** The page of the current path. Pages of one component stay mounted while the path changes between them. */
export function Pages() {
  const [location] = useLocation();
  const { parser } = useRouter();
  for (const { path, page } of routes) {
    const [matches, params] = matchRoute(parser, path, location);
    if (matches) return page(params);
  }
  return <Redirect to="/" replace />;
}
