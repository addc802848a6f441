/** Español: plantillas guardadas. */
import { plural, type Translation } from "../../catalogue.ts";

export const savedPrompts: Translation["savedPrompts"] = {
  about:
    "Escribe <code>/</code> al principio de un mensaje para usar una plantilla. <code>{{nombre}}</code> en su texto pide un valor, <code>{{nombre=sugerencia}}</code> propone uno, y <code>{{date}}</code>, <code>{{time}}</code> y <code>{{user}}</code> se rellenan solos.",
  own: "Tus plantillas",
  ownAbout: "Solo tú puedes verlas y usarlas.",
  shared: "Plantillas compartidas",
  sharedAbout: "Todos en tu organización pueden usarlas.",
  none: "Aún no hay plantillas",
  new: "Nueva plantilla",
  edit: "Editar plantilla",
  editOne: (command) => `Editar /${command}`,
  deleteOne: (command) => `Eliminar /${command}`,
  deleteTitle: "¿Eliminar la plantilla?",
  deleteAbout: (command) => `Se eliminará /${command}.`,
  deleteSharedAbout: (command) => `Se eliminará /${command} para todos en tu organización.`,
  command: "Comando",
  commandHint: "Una palabra: letras, cifras, - y _",
  titleHint: "Se muestra en la lista; si falta, se muestra el comando",
  content: "Texto",
  contentExample: "Traduce al {{idioma=francés}}:\n\n{{texto}}",
  share: "Compartir con todos en mi organización",
  saved: "Plantilla guardada",
  import: "Importar",
  export: "Exportar",
  imported: (count) =>
    plural(count, { one: "# plantilla importada", other: "# plantillas importadas" }),
  skipped: (count) =>
    plural(count, {
      one: "Se omitió #, porque su comando ya existe",
      other: "Se omitieron #, porque sus comandos ya existen",
    }),
  notPrompts:
    "Este archivo no contiene plantillas. Debe ser una lista JSON de objetos con «command» y «content», como la de una exportación.",
  fill: "Insertar",
  prompts: "Plantillas",
  agents: "Agentes",
  count: (count) => plural(count, { one: "# sugerencia", other: "# sugerencias" }),
  manage: "Gestionar plantillas",
  answeredBy: (agent) => `Responde ${agent}`,
  removeAgent: (agent) => `No preguntar a ${agent}`,
};
