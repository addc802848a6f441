import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { Suspense, useEffect } from "react";
import { Router } from "wouter";
import { basePath } from "../api/base-path.ts";
import { ApiError, isTransient } from "../api/client.ts";
import { InboxProvider } from "../entities/prompt/inbox-provider.tsx";
import { LiveProvider } from "../live/live.tsx";
import { preloadComponents } from "../ui/lazy.tsx";
import { Loading } from "../ui/notice.tsx";
import { ToastProvider } from "../ui/toast.tsx";
import { AuthGate } from "./auth-gate.tsx";
import { eventHandlers } from "./features.ts";
import { Pages } from "./pages.tsx";
import { PublicPages } from "./public-pages.tsx";
import { Shell } from "./shell.tsx";

/** How long after the first render the other pages are fetched (milliseconds). */
const PRELOAD_AFTER = 1_000;

const RETRIES = 3;

/** Retrying automatically would only make it worse. */
function isRateLimit(error: Error): boolean {
  return error instanceof ApiError && error.status === 429;
}

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (count, error) => count < RETRIES && isTransient(error) && !isRateLimit(error),
      staleTime: 5_000,
      networkMode: "always",
      // Events report changes, and the gateway limits the rate of requests.
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
    },
    mutations: { networkMode: "always" },
  },
});

export function App() {
  useEffect(() => {
    const timer = setTimeout(() => void preloadComponents(), PRELOAD_AFTER);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Router base={basePath}>
      <QueryClientProvider client={queries}>
        <ToastProvider>
          <PublicPages>
            <AuthGate>
              <LiveProvider handlers={eventHandlers}>
                <InboxProvider>
                  <Shell>
                    <Suspense fallback={<Loading />}>
                      <Pages />
                    </Suspense>
                  </Shell>
                </InboxProvider>
              </LiveProvider>
            </AuthGate>
          </PublicPages>
        </ToastProvider>
      </QueryClientProvider>
    </Router>
  );
}
