/** Components that are loaded after the first paint, to keep the first load small. */
import { lazy, useState, type ComponentType } from "react";

const loads: (() => Promise<unknown>)[] = [];

/** A component that is loaded when it is first shown, or by `preloadComponents`. */
export function lazyComponent<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> {
  let loaded: ComponentType<Props> | undefined;
  const get = async () => (loaded ??= await load());
  const Lazy = lazy(async () => ({ default: await get() }));
  loads.push(get);
  return function Loaded(props: Props) {
    // A loaded component is shown at once: suspending, even briefly, would flash.
    const [Part] = useState(() => loaded ?? (Lazy as ComponentType<Props>));
    return <Part {...props} />;
  };
}

/** Fetches all lazy components, so that no click waits for one, or fails because the gateway is down. */
export function preloadComponents() {
  return Promise.allSettled(loads.map((load) => load()));
}
