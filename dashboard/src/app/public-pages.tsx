/** Pages for everybody stand before the sign-in. */
import { Suspense, type ReactNode } from "react";
import { matchRoute, useLocation, useRouter } from "wouter";
import { Loading } from "../ui/notice.tsx";
import { TitleProvider } from "../ui/title.tsx";
import { publicRoutes } from "./features.ts";

/** The public page of the current path; `children` where there is none. */
export function PublicPages({ children }: { children: ReactNode }) {
  const [location] = useLocation();
  const { parser } = useRouter();
  for (const { path, page } of publicRoutes) {
    const [matches, params] = matchRoute(parser, path, location);
    if (matches) {
      return (
        <TitleProvider waiting={0}>
          <Suspense fallback={<Loading />}>{page(params)}</Suspense>
        </TitleProvider>
      );
    }
  }
  return children;
}
