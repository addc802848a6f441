import type { Feature } from "../feature.ts";
import { Tray } from "./tray.tsx";

export const feature: Feature = { barItem: Tray };
