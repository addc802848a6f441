/** The icons of the dashboard: 20 px strokes in the colour of the surrounding text. */

const PATHS = {
  sessions: "M4 5.5h12v8H9.5L6 16.5v-3H4z",
  agents:
    "M10 3.2a3.1 3.1 0 1 1 0 6.2 3.1 3.1 0 0 1 0-6.2zM4 16.6c.5-3 2.9-4.6 6-4.6s5.5 1.6 6 4.6",
  tasks: "M4 5.5l1.2 1.2L7.4 4.4M10 5.6h6M4 10.4h3.4M10 10.4h6M4 15.2h3.4M10 15.2h6",
  settings: "M4 6h6.4M14.4 6H16M4 14h1.6M9.6 14H16M12.4 4v4M7.6 12v4",
  approvals:
    "M10 3.5 15.5 5.5v4c0 3.4-2.3 5.8-5.5 7-3.2-1.2-5.5-3.6-5.5-7v-4zM7.5 9.8l1.8 1.8 3.3-3.6",
  nodes: "M4 4.5h12v8H4zM10 12.5v3.5M6.8 16h6.4",
  prompts: "M4 4.5h12v11H4zM7 8l2 2-2 2M10.5 12.5H13",
  discussions: "M3.5 4.5h8v5.5H7.2L4.8 12v-2H3.5zM11.5 8h5v5.5h-1.3v2l-2.4-2H8.5V12",
  models: "M10 3.2 16 6.6v6.8l-6 3.4-6-3.4V6.6zM4 6.6l6 3.4 6-3.4M10 10v6.8",
  jobs: "M4 6.2h12M4 10h12M4 13.8h12M7 4.4v3.6M12.5 8.2v3.6M9 12v3.6",
  people:
    "M7.5 4.2a2.6 2.6 0 1 1 0 5.2 2.6 2.6 0 0 1 0-5.2zM2.8 15.6c.4-2.6 2.2-4 4.7-4s4.3 1.4 4.7 4M12.4 4.4a2.4 2.4 0 0 1 .4 4.7M14 11.8c1.8.4 2.9 1.7 3.2 3.8",
  building: "M4.5 16.5v-12h7v12M11.5 8.5h4v8M3 16.5h14M7 7.5h2M7 10.5h2M7 13.5h2",
  audit: "M5 3.8h7l3 3v9.4H5zM12 3.8v3h3M7.6 9.6l1.2 1.2 2-2.2M7.6 13.6h5",
  bell: "M5.2 13.5c1-1 1.2-2.2 1.2-4.2a3.6 3.6 0 0 1 7.2 0c0 2 .2 3.2 1.2 4.2zM8.4 16.2c.5.5 1 .6 1.6.6s1.1-.1 1.6-.6",
  plus: "M10 4v12M4 10h12",
  search: "M9 4a5 5 0 1 1 0 10A5 5 0 0 1 9 4zM12.8 12.8 16.5 16.5",
  close: "M5 5l10 10M15 5 5 15",
  back: "M11.5 4.5 6 10l5.5 5.5",
  more: "M5 10h.01M10 10h.01M15 10h.01",
  send: "M10 16V4.5M5 9.2l5-5 5 5",
  stop: "M6 6h8v8H6z",
  copy: "M7.5 7.5h8v8h-8zM12.5 7.5v-3h-8v8h3",
  check: "M4.5 10.5l3.6 3.6 7.4-8",
  again: "M15.8 8.4A6 6 0 1 0 16 11M16 4.5v4h-4",
  share:
    "M5.5 8a2 2 0 1 1 0 4 2 2 0 0 1 0-4zM14.5 3.5a2 2 0 1 1 0 4 2 2 0 0 1 0-4zM14.5 12.5a2 2 0 1 1 0 4 2 2 0 0 1 0-4zM7.3 9.1l5.4-2.7M7.3 10.9l5.4 2.7",
  fork: "M6 4v12M6 9.5c0 2 8 .5 8-3V4M3.8 6 6 3.8 8.2 6M11.8 6 14 3.8 16.2 6",
  down: "M10 4v11.5M5 10.8l5 5 5-5",
  download: "M10 3.5v8.5M6.4 8.6 10 12.2l3.6-3.6M4 16.2h12",
  wrap: "M4 5.5h12M4 10h10a2.6 2.6 0 0 1 0 5.2h-3M12.8 13.4 11 15.2l1.8 1.8M4 15.2h3.4",
  chevron: "M7.5 5 12.5 10l-5 5",
  pencil: "M4.5 15.5l.8-3.2L13 4.6l2.4 2.4-7.7 7.7z",
  trash: "M4.5 6h11M8 6V4.2h4V6M6 6l.7 10h6.6L14 6",
  clip: "M14.5 9.5 9.6 14.4a3 3 0 0 1-4.2-4.2l5.6-5.6a2 2 0 0 1 2.8 2.8l-5.6 5.6a1 1 0 0 1-1.4-1.4l4.9-4.9",
  camera: "M3.5 6.5h3l1.2-2h4.6l1.2 2h3v9h-13zM10 8.4a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5z",
  image: "M4 5h12v10H4zM4 13l3.6-3.4 3 2.8 2.2-2L16 13",
  pin: "M7.5 3.5h5M8.5 3.5v4.2L6 10.4v1.4h8v-1.4l-2.5-2.7V3.5M10 11.8v4.7",
  archive: "M3.8 4.5h12.4v3H3.8zM5 7.5v8h10v-8M8.2 10.5h3.6",
  tag: "M4 4h5.6l6.4 6.4-5.6 5.6L4 9.6zM7.2 7.2h.01",
  unread: "M4 5.5h7M16 9v5.5H4v-9M4 6l6 4.6 2-1.5M15 3.5a1.7 1.7 0 1 1 0 3.4 1.7 1.7 0 0 1 0-3.4z",
  key: "M8 8.4a3.3 3.3 0 1 1 0 6.6 3.3 3.3 0 0 1 0-6.6zM10.4 9.4 15.5 4.3M13.2 6.6l2 2",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === "more" ? 2.4 : 1.6}
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
