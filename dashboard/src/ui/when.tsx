import { dayAndTime, fullTime, shortTime } from "./time.ts";

/** A time on the page: short to read, whole in the tooltip. */
export function When({ at, long = false }: { at: string; long?: boolean }) {
  return (
    <time dateTime={at} title={fullTime(at)}>
      {long ? dayAndTime(at) : shortTime(at)}
    </time>
  );
}
