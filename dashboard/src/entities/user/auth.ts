/** The signed-in user and what the user may do. */
import { createContext, use } from "react";
import type { Permission, User } from "../../api/types.ts";

interface Auth {
  user: User;
  /** Null where the gateway signs everyone in automatically. */
  signOut: (() => Promise<void>) | null;
}

export const AuthContext = createContext<Auth | null>(null);

export function useAuth(): Auth {
  const auth = use(AuthContext);
  if (auth === null) throw new Error("useAuth needs an AuthGate above it");
  return auth;
}

/** Whether the user has a permission. The gateway decides; this check only avoids a refusal. */
export function useCan(permission: Permission): boolean {
  return useAuth().user.permissions.includes(permission);
}
