import { section } from "../catalogue.ts";

/** The frame around every page, and the sign-in form. */
export const shell = section("shell", {
  skipToContent: "Skip to content",
  navigation: "Main",
  home: "Sophon, home",
  morePages: "More pages",
  reconnect: "Not connected. Try again now",
  connection: {
    live: "Live",
    connecting: "Connecting",
    waiting: "Offline",
    stopped: "Offline",
  },
  offline: "You’re offline. Sophon reconnects and catches up when your network is back.",
  gatewayAway:
    "The gateway doesn’t answer. Sophon reconnects and catches up as soon as it does; what you type is kept.",
  nextTry: (seconds: number) => `Retrying in ${seconds} s`,
  trying: "Reconnecting…",
  tryNow: "Retry now",
  signInTitle: "Sign in to Sophon",
  email: "Email",
  password: "Password",
  signIn: "Sign in",
  orSignInWith: "Or",
  signInWith: (name: string) => `Sign in with ${name}`,
  signingIn: "Signing you in…",
  notSignedIn: "You’re not signed in",
  connectAccount: "Connect your account",
  backToSignIn: "Back to sign-in",
  signInToConnect: "Sign in with your password",
  connectHint:
    "Sign in with your password once. After that, your company account signs you in here.",
  choosePassword: "Choose your password",
  choosePasswordWhy: (email: string) =>
    `Somebody else chose the first password of ${email}. Choose one that only you know.`,
  newPassword: "New password",
  passwordHint: "At least 8 characters.",
  passwordAgain: "The same again",
  passwordsDiffer: "The two are not the same.",
  savePassword: "Save and sign in",
  firstPassword:
    "The first administrator’s password is printed when the gateway first starts, and kept in security/first-password in its data folder.",
  brokenTitle: "Something went wrong",
  brokenAbout: "Your data is safe on the gateway. Reload this page, or go to another one.",
  reload: "Reload",
  switchTenant: (name: string) => `Switch tenant, current: ${name}`,
  tenantLeft: "You no longer have access to this tenant",
  goHome: "Go to your tenant",
});
