/** Deutsch: gespeicherte Vorlagen. */
import { plural, type Translation } from "../../catalogue.ts";

export const savedPrompts: Translation["savedPrompts"] = {
  about:
    "Tippe <code>/</code> am Anfang einer Nachricht, um eine Vorlage zu verwenden. <code>{{name}}</code> in ihrem Text fragt nach einem Wert, <code>{{name=vorgabe}}</code> schlägt eines vor, und <code>{{date}}</code>, <code>{{time}}</code> und <code>{{user}}</code> füllen sich von selbst aus.",
  own: "Deine Vorlagen",
  ownAbout: "Nur du kannst sie sehen und verwenden.",
  shared: "Geteilte Vorlagen",
  sharedAbout: "Alle in deinem Mandanten können sie verwenden.",
  none: "Noch keine Vorlagen",
  new: "Neue Vorlage",
  edit: "Vorlage bearbeiten",
  editOne: (command) => `/${command} bearbeiten`,
  deleteOne: (command) => `/${command} löschen`,
  deleteTitle: "Vorlage löschen?",
  deleteAbout: (command) => `/${command} wird gelöscht.`,
  deleteSharedAbout: (command) => `/${command} wird für alle in deinem Mandanten gelöscht.`,
  command: "Befehl",
  commandHint: "Ein Wort: Buchstaben, Ziffern, - und _",
  titleHint: "Steht in der Liste; ohne Titel steht dort der Befehl",
  content: "Text",
  contentExample: "Übersetze ins {{sprache=Französische}}:\n\n{{text}}",
  share: "Mit allen in meinem Mandanten teilen",
  saved: "Vorlage gespeichert",
  import: "Importieren",
  export: "Exportieren",
  imported: (count) =>
    plural(count, { one: "# Vorlage importiert", other: "# Vorlagen importiert" }),
  skipped: (count) =>
    plural(count, {
      one: "# wurde übersprungen, weil es ihren Befehl schon gibt",
      other: "# wurden übersprungen, weil es ihre Befehle schon gibt",
    }),
  notPrompts:
    "In dieser Datei stehen keine Vorlagen. Sie muss eine JSON-Liste von Objekten mit „command“ und „content“ sein, zum Beispiel ein Export.",
  fill: "Einfügen",
  prompts: "Vorlagen",
  agents: "Agenten",
  count: (count) => plural(count, { one: "# Vorschlag", other: "# Vorschläge" }),
  manage: "Vorlagen verwalten",
  answeredBy: (agent) => `${agent} antwortet`,
  removeAgent: (agent) => `${agent} doch nicht fragen`,
};
