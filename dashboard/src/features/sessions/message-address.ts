/** The address of a message in its session. */
import { useSearchParams } from "wouter";

const PARAMETER = "message";

/** `number` is the message's number in its session. */
export function messageAddress(sessionId: string, number: number): string {
  return `/sessions/${sessionId}?${PARAMETER}=${number}`;
}

/** The number of the message that the address of the page names. */
export function useAddressedMessage(): number | null {
  const [params] = useSearchParams();
  const number = Number(params.get(PARAMETER));
  return Number.isSafeInteger(number) && number > 0 ? number : null;
}
