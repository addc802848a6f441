/** Parts of the dashboard that come after the first paint, so that this is soon. */
import { lazy, useState, type ComponentType } from "react";

const loads: (() => Promise<unknown>)[] = [];

/** A component that is loaded when it is first shown, or by `loadTheRest`. */
export function later<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> {
  let loaded: ComponentType<Props> | undefined;
  const get = async () => (loaded ??= await load());
  const Awaited = lazy(async () => ({ default: await get() }));
  loads.push(get);
  return function Later(props: Props) {
    // What is there already is shown at once: waiting for it, if only for a moment, would flash.
    const [Part] = useState(() => loaded ?? (Awaited as ComponentType<Props>));
    return <Part {...props} />;
  };
}

/** Fetches what was left out, so that no click waits for it, or fails because the gateway has gone away. */
export function loadTheRest() {
  return Promise.allSettled(loads.map((load) => load()));
}
