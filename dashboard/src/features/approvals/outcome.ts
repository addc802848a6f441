/** How an approval or a question ended, in words. */
const WORDS: Record<string, string> = {
  approved: "It was approved.",
  edited: "It was approved with changes.",
  rejected: "It was rejected.",
  answered: "It was answered.",
  timeOut: "Nobody answered in time, so it was refused.",
  cancelled: "It was called off.",
};

export function outcomeWords(outcome: string): string {
  return WORDS[outcome] ?? "It was settled already.";
}

export const OUTCOMES = [
  { value: "", label: "Any outcome" },
  { value: "approved", label: "Approved" },
  { value: "edited", label: "Approved with changes" },
  { value: "rejected", label: "Rejected" },
  { value: "timeOut", label: "Out of time" },
  { value: "cancelled", label: "Called off" },
];
