import "@fontsource-variable/instrument-sans/wght.css";
import "./styles/tokens.css";
import "./styles/base.css";
import { createRoot } from "react-dom/client";
import { App } from "./app/app.tsx";
import { installOffline } from "./app/offline.ts";
import { chosenLanguage, loadTranslation } from "./messages/catalogue.ts";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
// Without a translation, for whatever reason, the texts are English.
void loadTranslation([chosenLanguage() ?? [], navigator.languages].flat())
  .catch(() => undefined)
  .then(() => createRoot(root).render(<App />));
installOffline();
