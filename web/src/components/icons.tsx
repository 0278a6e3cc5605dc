// The icons, drawn for a 20 px square with the current colour. Decoration: the word beside them says it.

import type { ComponentChildren } from 'preact';

function Icon({ children }: { children: ComponentChildren }) {
  return (
    <svg
      class="icon"
      viewBox="0 0 20 20"
      width="20"
      height="20"
      fill="none"
      stroke="currentColor"
      stroke-width="1.6"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

export const InicioIcon = () => (
  <Icon>
    <path d="M3 9.5 10 3l7 6.5M5 8v9h10V8M8.5 17v-5h3v5" />
  </Icon>
);

export const EnVivoIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="1.6" />
    <path d="M6.5 13.5a5 5 0 0 1 0-7M13.5 6.5a5 5 0 0 1 0 7M4 16a8.5 8.5 0 0 1 0-12M16 4a8.5 8.5 0 0 1 0 12" />
  </Icon>
);

export const AjustesIcon = () => (
  <Icon>
    <path d="M3 5.5h8M15 5.5h2M3 10h2M9 10h8M3 14.5h6M13 14.5h4" />
    <circle cx="13" cy="5.5" r="2" />
    <circle cx="7" cy="10" r="2" />
    <circle cx="11" cy="14.5" r="2" />
  </Icon>
);

export const ProbarIcon = () => (
  <Icon>
    <rect x="7.5" y="2.5" width="5" height="9" rx="2.5" />
    <path d="M4.5 9.5a5.5 5.5 0 0 0 11 0M10 15v2.5" />
  </Icon>
);

export const AgentesIcon = () => (
  <Icon>
    <circle cx="10" cy="6.5" r="3.2" />
    <path d="M3.8 17a6.2 6.2 0 0 1 12.4 0" />
  </Icon>
);

export const HistorialIcon = () => (
  <Icon>
    <path d="M3 10a7 7 0 1 0 2.2-5.1L3 7" />
    <path d="M3 3v4h4M10 6.5V10l2.5 2" />
  </Icon>
);

export const CallIcon = () => (
  <Icon>
    <path d="M5.2 2.8 7.6 3l1.2 3.2-1.6 1.5a9.5 9.5 0 0 0 5.1 5.1l1.5-1.6L17 12.4l.2 2.4a2 2 0 0 1-2 2.2A12.4 12.4 0 0 1 3 4.8a2 2 0 0 1 2.2-2Z" />
  </Icon>
);

export const HangUpIcon = () => (
  <Icon>
    <path d="M2.6 11.6c4-3.9 10.8-3.9 14.8 0l-1.2 2.3-3.3-.7-.4-2.1a8.2 8.2 0 0 0-5 0l-.4 2.1-3.3.7Z" />
  </Icon>
);

export const RefreshIcon = () => (
  <Icon>
    <path d="M16.5 10a6.5 6.5 0 1 1-1.9-4.6L16.5 7.3" />
    <path d="M16.5 3v4.3h-4.3" />
  </Icon>
);

export const BackIcon = () => (
  <Icon>
    <path d="M12 4.5 6.5 10l5.5 5.5" />
  </Icon>
);

export const Logo = () => (
  <svg class="logo" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">
    <rect class="logo-ground" width="24" height="24" rx="6" />
    <path class="logo-line" d="M5 12h2l1.5-4 2.5 9 2.5-11 2 6H19" />
  </svg>
);
