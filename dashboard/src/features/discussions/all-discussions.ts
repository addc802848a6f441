/** The way back from one discussion to the list. */
export const ALL_DISCUSSIONS = { href: "/discussions", label: "All discussions" };
