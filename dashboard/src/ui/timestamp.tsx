import { dayAndTime, fullTime, shortTime } from "./time.ts";

/** A time: short on the page, complete in the tooltip. */
export function Timestamp({ at, long = false }: { at: string; long?: boolean }) {
  return (
    <time dateTime={at} title={fullTime(at)}>
      {long ? dayAndTime(at) : shortTime(at)}
    </time>
  );
}
