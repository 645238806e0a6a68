/** The content of an offer from its file. Texts and numbers are shown, other values are not. */
export type OfferContent = Readonly<Record<string, unknown>>;

/**
 * Copies a page's template and puts an offer into the copy. Content is never read as HTML: texts become text nodes, links and images get
 * only `http:` and `https:` URLs. An element for which the offer has nothing keeps what the template has there; an empty one is removed.
 */
export function renderOffer(template: HTMLTemplateElement, content: OfferContent): DocumentFragment {
  const copy = document.importNode(template.content, true);
  const each = (elements: string, name: string, fallback: string, set: (element: HTMLElement, text: string) => unknown) => {
    for (const element of copy.querySelectorAll<HTMLElement>(elements))
      set(element, textOf(content[element.getAttribute(name) || fallback]));
  };
  each('a[data-offer-link]', 'data-offer-link', 'url', (link, text) => setUrl(link, 'href', text));
  each('img[data-offer-image]', 'data-offer-image', 'image', (image, text) => {
    setUrl(image, 'src', text);
    if (!image.getAttribute('src')) image.remove();
  });
  each('[data-offer-alt]', 'data-offer-alt', 'alt', (image, text) => text && image.setAttribute('alt', text));
  // The text of a script or a style is code.
  each('[data-offer]:not(script,style)', 'data-offer', 'text', (element, text) => {
    if (text) element.textContent = text;
    else if (!element.textContent) element.remove();
  });
  return copy;
}

const textOf = (value: unknown): string => (/string|number/.test(typeof value) ? `${value}` : '');

/** Sets an attribute to a URL, which may be relative to the page. Changes nothing for other texts and other schemes, such as `javascript:`. */
function setUrl(element: Element, attribute: string, text: string): void {
  try {
    const { href, protocol } = new URL(text, document.baseURI);
    if (text && /^https?:$/.test(protocol)) element.setAttribute(attribute, href);
  } catch {}
}
