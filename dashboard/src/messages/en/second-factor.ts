import { plural, section } from "../catalogue.ts";

/** Signing in with a second factor, and setting one up. */
export const secondFactor = section("secondFactor", {
  title: "Two-step sign-in",
  about: "With a code from an authenticator app, your password alone does not let anybody in.",
  on: "On",
  off: "Off",
  since: "since <time/>",
  codesLeft: (count: number) =>
    plural(count, { one: "# recovery code left", other: "# recovery codes left" }),
  setUp: "Set up",
  next: "Next",
  setUpTitle: "Set up two-step sign-in",
  confirmPassword: "Confirm that it is you.",
  scan: "Scan this code with your authenticator app.",
  qrCode: "QR code for your authenticator app",
  typeKey: "Or type in this key:",
  code: "Code from the app",
  codeHint: "Six digits",
  turnOn: "Turn on",
  recoveryTitle: "Recovery codes",
  recoveryAbout:
    "Each of these signs you in once when you don’t have your app. Keep them somewhere safe. You won’t be able to see them again.",
  downloadCodes: "Download",
  newCodes: "New recovery codes",
  newCodesAbout: "The recovery codes that you have now stop working.",
  makeCodes: "Create codes",
  turnOff: "Turn off",
  turnOffTitle: "Turn off two-step sign-in?",
  turnOffAbout: "Your password alone will let you in.",
  eitherCode: "Code",
  eitherHint: "Six digits from the app, or a recovery code",
  signInTitle: "Enter your code",
  verify: "Verify",
  startOver: "Back",
  hasIt: "two-step sign-in",
  remove: "Remove second factor",
  removeAbout: (name: string) =>
    `${name} signs in with the password alone from now on. All sign-ins of ${name} end at once.`,
});
