/** The identity graph of the open customer. Loaded when somebody opens it. */
export default function GraphPage() {
  return null;
}
