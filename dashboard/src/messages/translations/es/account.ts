/** Español: el inicio de sesión y su protección. */
import { plural, type Translation } from "../../catalogue.ts";

export const secondFactor: Translation["secondFactor"] = {
  title: "Inicio de sesión en dos pasos",
  about:
    "Con un código de una aplicación de autenticación, tu contraseña por sí sola no deja entrar a nadie.",
  on: "Activado",
  off: "Desactivado",
  since: "desde <time/>",
  codesLeft: (count) =>
    plural(count, {
      one: "Queda # código de recuperación",
      other: "Quedan # códigos de recuperación",
    }),
  setUp: "Configurar",
  next: "Siguiente",
  setUpTitle: "Configurar el inicio de sesión en dos pasos",
  confirmPassword: "Confirma que eres tú.",
  scan: "Escanea este código con tu aplicación de autenticación.",
  qrCode: "Código QR para tu aplicación de autenticación",
  typeKey: "O escribe esta clave:",
  code: "Código de la aplicación",
  codeHint: "Seis cifras",
  turnOn: "Activar",
  recoveryTitle: "Códigos de recuperación",
  recoveryAbout:
    "Cada uno te permite entrar una vez cuando no tengas tu aplicación. Guárdalos en un lugar seguro. No podrás volver a verlos.",
  downloadCodes: "Descargar",
  newCodes: "Nuevos códigos de recuperación",
  newCodesAbout: "Los códigos de recuperación que tienes ahora dejarán de funcionar.",
  makeCodes: "Crear códigos",
  turnOff: "Desactivar",
  turnOffTitle: "¿Desactivar el inicio de sesión en dos pasos?",
  turnOffAbout: "Bastará con tu contraseña para entrar.",
  eitherCode: "Código",
  eitherHint: "Seis cifras de la aplicación o un código de recuperación",
  signInTitle: "Introduce tu código",
  verify: "Verificar",
  startOver: "Volver",
  hasIt: "inicio de sesión en dos pasos",
  remove: "Quitar el segundo factor",
  removeAbout: (name) =>
    `${name} inicia sesión solo con la contraseña a partir de ahora. Todas las sesiones de ${name} terminan de inmediato.`,
};
