export type OfferResponse = 'PRESENTED' | 'CLICKED';
/** Reports what a person did with an offer. May be called again for the same. */
export type Respond = (response: OfferResponse) => void;

/** The part of an offer that must be visible, and for how many milliseconds without a break, until it counts as presented. */
const VISIBLE_PART = 0.5;
const VISIBLE_TIME = 1000;

/** By the element of an offer that is watched, and by its links. */
const responders = new WeakMap<Element, Respond>();
/** The timers of offers that are in view now; undefined while the page is hidden. */
const inView = new Map<Element, number | undefined>();

const observer = new IntersectionObserver(
  (entries) => {
    for (const { target, intersectionRatio } of entries) {
      clearTimeout(inView.get(target));
      inView.delete(target);
      if (intersectionRatio >= VISIBLE_PART) startTimer(target);
    }
  },
  { threshold: VISIBLE_PART },
);

function startTimer(element: Element): void {
  clearTimeout(inView.get(element));
  inView.set(element, document.hidden ? undefined : setTimeout(present, VISIBLE_TIME, element));
}

function present(element: Element): void {
  observer.unobserve(element);
  inView.delete(element);
  responders.get(element)?.('PRESENTED');
}

document.addEventListener('visibilitychange', () => {
  for (const element of inView.keys()) startTimer(element);
});

for (const name of ['click', 'auxclick'] as const) {
  // In the capture phase, before listeners of the page, which may stop the event. Button 2 opens a menu and follows no link.
  addEventListener(
    name,
    ({ target, button }) => {
      const respond = button < 2 && responders.get((target as Element).closest?.('a[data-offer-link][href]') as Element);
      if (!respond) return;
      // A clicked offer was presented, even if it was visible for less than a second.
      respond('PRESENTED');
      respond('CLICKED');
    },
    true,
  );
}

/** Watches one offer: what is visible of its first element, and clicks on its links. @param offer not yet in the page */
export function watchOffer(offer: DocumentFragment, respond: Respond): void {
  for (const link of offer.querySelectorAll('a[data-offer-link]')) responders.set(link, respond);
  const [first] = offer.children;
  if (!first) return;
  responders.set(first, respond);
  observer.observe(first);
}
