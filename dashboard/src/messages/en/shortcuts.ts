import { section } from "../catalogue.ts";

/** The overlay that lists the keyboard shortcuts. */
export const shortcuts = section("shortcuts", {
  title: "Keyboard shortcuts",
  does: {
    palette: "Go to a page or session",
    newChat: "New chat",
    send: "Send the message",
    newLine: "New line in the message",
    close: "Close what is open",
    help: "Show these shortcuts",
  },
});
