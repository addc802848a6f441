/** What the tests of a file stand on: a gateway, a browser, and a signed-in dashboard for each test. */
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { Dashboard, launch } from "./dashboard.ts";
import { Gateway } from "./gateway.ts";
import { Model } from "./model.ts";

interface Stage {
  gateway: Gateway;
  /** Answers for the agents in a file that asks for it; else the gateway is offline. */
  model: Model;
  /** Another in every test. */
  dashboard: Dashboard;
  /** A further window, of somebody who is not signed in; closed after the test. */
  open: () => Promise<Dashboard>;
}

interface Setting {
  /** Whether the model answers. */
  scripted?: boolean;
  /** Whether nobody has chosen yet how to begin. */
  firstRun?: boolean;
  /** Whether the dashboard is kept for times without a network. */
  installed?: boolean;
  /** Variables of the gateway. */
  environment?: Record<string, string>;
}

export function onStage({
  scripted = false,
  firstRun = false,
  installed = false,
  environment = {},
}: Setting = {}): Stage {
  const model = new Model();
  const gateway = new Gateway(() => ({ ...(scripted && model.environment), ...environment }));
  const dashboard = new Dashboard();
  let windows: Dashboard[] = [];
  let browser: Browser;

  const show = async (window: Dashboard) => {
    windows.push(window);
    await window.open(browser, gateway, firstRun, installed);
    return window;
  };

  beforeAll(async () => {
    await model.start();
    await gateway.start();
    browser = await launch();
  });
  beforeEach(async () => {
    await show(dashboard);
    await dashboard.signIn();
  });
  afterEach(async () => {
    const complaints = windows.flatMap((window) => window.complaints);
    await Promise.all(windows.map((window) => window.close()));
    windows = [];
    model.forget();
    expect(complaints).toEqual([]);
  });
  afterAll(async () => {
    await browser.close();
    await gateway.remove();
    model.stop();
  });
  return { gateway, model, dashboard, open: () => show(new Dashboard()) };
}
