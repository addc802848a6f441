import { useSyncExternalStore } from "react";

const system = () => window.matchMedia("(prefers-color-scheme: dark)");

function subscribe(onChange: () => void) {
  const preference = system();
  preference.addEventListener("change", onChange);
  const choice = new MutationObserver(onChange);
  choice.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return () => {
    preference.removeEventListener("change", onChange);
    choice.disconnect();
  };
}

function read(): boolean {
  const chosen = document.documentElement.dataset.theme;
  return chosen === undefined ? system().matches : chosen === "dark";
}

/** Whether the page is shown in dark colours. */
export function useDark(): boolean {
  return useSyncExternalStore(subscribe, read, () => false);
}
