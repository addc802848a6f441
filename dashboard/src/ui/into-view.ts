/** For `ref`: brings what has just appeared into sight, such as an error below or above what can be seen of a form. */
export function intoView(element: HTMLElement | null) {
  element?.scrollIntoView({ block: "nearest" });
}
