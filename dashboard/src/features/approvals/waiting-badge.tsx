import { useInbox } from "../../entities/prompt/inbox-provider.tsx";
import { navigation } from "../../messages/en/navigation.ts";
import { Badge } from "../../ui/badge.tsx";

/** How many prompts wait for an answer. */
export function WaitingBadge() {
  return <Badge count={useInbox().waiting} label={navigation.waiting} />;
}
