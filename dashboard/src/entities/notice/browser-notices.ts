/** Notifications of the browser, for what happens while nobody looks at the dashboard. */
import { useEffect, useSyncExternalStore } from "react";

/** Whether the person wants them is kept for this browser. */
const KEY = "sophon.browser-notices";
/** A window that is looked at holds this lock, so that the others stay silent. */
const LOOKED_AT = "sophon.looked-at";

const listeners = new Set<() => void>();

/** `blocked`: the browser was told to show none. `missing`: it has none, or only over HTTPS. */
export type BrowserNotices = "on" | "off" | "blocked" | "missing";

function read(): BrowserNotices {
  if (!("Notification" in window) || !window.isSecureContext) return "missing";
  if (Notification.permission === "denied") return "blocked";
  const isWanted = localStorage.getItem(KEY) === "on";
  return isWanted && Notification.permission === "granted" ? "on" : "off";
}

export function useBrowserNotices(): BrowserNotices {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, read);
}

/** Turns them on, for which the browser may ask the person, or off. */
export async function setBrowserNotices(wanted: boolean) {
  if (wanted) {
    await Notification.requestPermission();
    localStorage.setItem(KEY, "on");
  } else {
    localStorage.removeItem(KEY);
  }
  listeners.forEach((listener) => listener());
}

interface BrowserNotice {
  /** Two with one tag are shown as one, also of several windows. */
  tag: string;
  title: string;
  body: string;
  /** What a click does, once the window is there again. */
  onOpen: () => void;
}

/** Shows a notification, unless they are off or the dashboard is looked at. */
export async function showBrowserNotice({ tag, title, body, onOpen }: BrowserNotice) {
  if (read() !== "on" || document.visibilityState === "visible") return;
  const { held } = await navigator.locks.query();
  if (held?.some(({ name }) => name === LOOKED_AT)) return;
  const notice = new Notification(title, { tag, body, icon: "logo.svg" });
  notice.onclick = () => {
    notice.close();
    window.focus();
    onOpen();
  };
}

/** Tells the other windows while this one is looked at. */
export function useLookedAt() {
  useEffect(() => {
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- absent on plain HTTP
    if (!navigator.locks) return;
    let letGo: (() => void) | null = null;
    const follow = () => {
      letGo?.();
      letGo = null;
      if (document.visibilityState !== "visible") return;
      const looksAway = new Promise<void>((resolve) => (letGo = resolve));
      void navigator.locks.request(LOOKED_AT, { mode: "shared" }, () => looksAway);
    };
    follow();
    document.addEventListener("visibilitychange", follow);
    return () => {
      document.removeEventListener("visibilitychange", follow);
      letGo?.();
    };
  }, []);
}
