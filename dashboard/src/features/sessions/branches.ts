/** The branches of a session's messages: where a message has alternatives, and which of them is shown. */
import { useQuery } from "@tanstack/react-query";
import { api, call } from "../../api/client.ts";
import type { Message, SessionBranch } from "../../api/types.ts";

export interface Alternatives {
  /** The branches on which there is another message in its place, in the order in which they were made. */
  branches: number[];
  /** Which of them is shown. */
  shown: number;
}

export function branchesKey(id: string) {
  return ["session", id, "branches"];
}

export function useBranches(id: string): SessionBranch[] {
  const { data } = useQuery({
    queryKey: branchesKey(id),
    queryFn: () => call(api.GET("/api/sessions/{id}/branches", { params: { path: { id } } })),
    // Events say when there are more.
    staleTime: Infinity,
  });
  return data?.items ?? NONE;
}

const NONE: SessionBranch[] = [];

/**
 * The alternatives of the messages that have some, by their ids. `messages` are those that are shown, in their order;
 * there may be older ones before them.
 */
export function alternativesOf(
  messages: Message[],
  branches: SessionBranch[],
  hasOlder: boolean,
): Map<string, Alternatives> {
  const found = new Map<string, Alternatives>();
  if (branches.length === 0) return found;
  const forks = forksOf(branches);
  messages.forEach((message, place) => {
    const before = messages[place - 1];
    const isFirst = before === undefined ? !hasOlder : before.branch !== message.branch;
    const begun = branches.find(({ branch }) => branch === message.branch);
    const fork = isFirst && begun ? forks.get(begun.forksAt) : forks.get(message.id);
    const shown = fork?.indexOf(message.branch) ?? -1;
    if (fork && shown >= 0) found.set(message.messageId, { branches: fork, shown });
  });
  return found;
}

/** The branches that have a message in one place, by the number of the message that was there first. */
function forksOf(branches: SessionBranch[]): Map<number, number[]> {
  const forks = new Map<number, number[]>();
  for (const { branch, parent, forksAt } of branches) {
    forks.set(forksAt, [...(forks.get(forksAt) ?? [parent]), branch]);
  }
  return forks;
}
