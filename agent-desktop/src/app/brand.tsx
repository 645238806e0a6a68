/** The mark of the gateway: many lines become one. */
export function Brand() {
  return (
    <svg viewBox="0 0 22 22" aria-hidden="true">
      <path d="M2 4.5c5 0 5 6.5 9.5 6.5M2 11h9.5M2 17.5c5 0 5-6.5 9.5-6.5" />
      <circle cx="16.5" cy="11" r="3.5" />
    </svg>
  );
}
