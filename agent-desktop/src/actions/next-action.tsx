/** In a narrow window: the most urgent of what to do, at the bottom. */
export function NextAction() {
  return null;
}
