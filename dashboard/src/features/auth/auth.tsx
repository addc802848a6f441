/** Who is signed in: the gate before everything else. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, use, useEffect, useSyncExternalStore, type ReactNode } from "react";
import { api, call } from "../../api/client.ts";
import { credentials } from "../../api/credentials.ts";
import type { Permission, User } from "../../api/types.ts";
import { forgetDrafts } from "../../ui/drafts.ts";
import { ErrorNotice, Loading } from "../../ui/notice.tsx";
import { SignIn } from "./sign-in.tsx";

interface Auth {
  user: User;
  /** Absent where the gateway signs everyone in by itself. */
  signOut: (() => Promise<void>) | null;
}

const AuthContext = createContext<Auth | null>(null);

export function useAuth(): Auth {
  const auth = use(AuthContext);
  if (auth === null) throw new Error("useAuth needs an AuthGate above it");
  return auth;
}

/** Whether the signed-in person may do a thing; the gateway decides, this only spares them the refusal. */
export function useMay(permission: Permission): boolean {
  return useAuth().user.permissions.includes(permission);
}

async function signOut() {
  await call(api.POST("/api/auth/logout")).catch(() => undefined);
  forgetDrafts();
  credentials.write(null);
}

export function AuthGate({ children }: { children: ReactNode }) {
  const config = useQuery({
    queryKey: ["auth", "config"],
    queryFn: () => call(api.GET("/api/auth/config")),
    staleTime: Infinity,
  });
  const held = useSyncExternalStore(credentials.subscribe, credentials.snapshot);

  if (config.error) {
    return <ErrorNotice error={config.error} onRetry={() => void config.refetch()} />;
  }
  if (config.data === undefined) return <Loading />;
  if (!config.data.autoAdmin && held === null) return <SignIn />;
  return <SignedIn autoAdmin={config.data.autoAdmin}>{children}</SignedIn>;
}

function SignedIn({ autoAdmin, children }: { autoAdmin: boolean; children: ReactNode }) {
  const queries = useQueryClient();
  const me = useQuery({ queryKey: ["auth", "me"], queryFn: () => call(api.GET("/api/auth/me")) });

  // Nothing that one person saw stays for the next.
  useEffect(() => {
    if (autoAdmin) credentials.write(null);
    return () => queries.removeQueries({ predicate: (query) => query.queryKey[1] !== "config" });
  }, [autoAdmin, queries]);

  if (me.error) return <ErrorNotice error={me.error} onRetry={() => void me.refetch()} />;
  if (me.data === undefined) return <Loading />;
  return (
    <AuthContext value={{ user: me.data, signOut: autoAdmin ? null : signOut }}>
      {children}
    </AuthContext>
  );
}
