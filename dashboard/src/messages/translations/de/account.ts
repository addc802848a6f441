/** Deutsch: die Anmeldung und wie sie gesichert ist. */
import { plural, type Translation } from "../../catalogue.ts";

export const secondFactor: Translation["secondFactor"] = {
  title: "Anmeldung in zwei Schritten",
  about: "Mit einem Code aus einer Authenticator-App lässt dein Passwort allein niemanden herein.",
  on: "Eingeschaltet",
  off: "Ausgeschaltet",
  since: "seit <time/>",
  codesLeft: (count) =>
    plural(count, { one: "# Notfallcode übrig", other: "# Notfallcodes übrig" }),
  setUp: "Einrichten",
  next: "Weiter",
  setUpTitle: "Anmeldung in zwei Schritten einrichten",
  confirmPassword: "Bestätige, dass du es bist.",
  scan: "Scanne diesen Code mit deiner Authenticator-App.",
  qrCode: "QR-Code für deine Authenticator-App",
  typeKey: "Oder gib diesen Schlüssel ein:",
  code: "Code aus der App",
  codeHint: "Sechs Ziffern",
  turnOn: "Einschalten",
  recoveryTitle: "Notfallcodes",
  recoveryAbout:
    "Jeder davon meldet dich einmal an, wenn du deine App nicht hast. Bewahre sie sicher auf. Du kannst sie nicht noch einmal sehen.",
  downloadCodes: "Herunterladen",
  newCodes: "Neue Notfallcodes",
  newCodesAbout: "Die Notfallcodes, die du jetzt hast, gelten dann nicht mehr.",
  makeCodes: "Codes erzeugen",
  turnOff: "Ausschalten",
  turnOffTitle: "Anmeldung in zwei Schritten ausschalten?",
  turnOffAbout: "Danach lässt dich dein Passwort allein herein.",
  eitherCode: "Code",
  eitherHint: "Sechs Ziffern aus der App oder ein Notfallcode",
  signInTitle: "Gib deinen Code ein",
  verify: "Prüfen",
  startOver: "Zurück",
  hasIt: "Anmeldung in zwei Schritten",
  remove: "Zweiten Faktor entfernen",
  removeAbout: (name) =>
    `${name} meldet sich von jetzt an nur mit dem Passwort an. Alle Anmeldungen von ${name} enden sofort.`,
};
