/** The key that commands are given with. */
export const IS_APPLE = /mac|iphone|ipad/i.test(navigator.userAgent);
export const COMMAND = IS_APPLE ? "⌘" : "Ctrl";
