/** What happened, in words: for the club's journey and for the first page. */

const SITE_NAMES = / · (Sixpence & Lark|The Sixpence Club)$/;
const lower = (text) => text.charAt(0).toLowerCase() + text.slice(1);
const money = (value) => `£${Number(value).toFixed(2)}`;

/** `free-delivery` -> `free delivery` */
const spoken = (name) => String(name ?? '').replace(/[-_]/g, ' ');

/** The title of a page, without the name of its site. */
export const titleOf = ({ properties, pageUrl }) => {
  const title = String(properties?.title ?? '').replace(SITE_NAMES, '');
  return title || (pageUrl ? new URL(pageUrl).pathname : 'a page');
};

/** True for a page to which a link of the other site led. */
const cameFromElsewhere = ({ properties: { referrer }, pageUrl }) =>
  URL.canParse(referrer) && URL.canParse(pageUrl) && new URL(referrer).origin !== new URL(pageUrl).origin;

const byType = {
  page_view: (interaction) => {
    const title = titleOf(interaction);
    if (interaction.touchpoint === 'club') {
      return cameFromElsewhere(interaction)
        ? { text: 'Came in by the link from the shop', more: 'one person, two sites', icon: 'i-door' }
        : { text: 'Opened the club', icon: 'i-door' };
    }
    if (title === 'The window') return { text: 'Looked into the window', icon: 'i-eye' };
    if (title.startsWith('Search: ')) return { text: `Looked for “${title.slice(8)}”`, icon: 'i-search' };
    if (title === 'Your basket') return { text: 'Looked into the basket', icon: 'i-basket' };
    if (title === 'What we would remember') return { text: 'Read what is remembered', icon: 'i-note' };
    if (title === 'No such page') return { text: 'Followed an address that is none', icon: 'i-eye' };
    if (title === 'Thank you') return { text: 'Saw the thank-you page', icon: 'i-eye' };
    return { text: `Looked at ${title}`, icon: 'i-eye', path: new URL(interaction.pageUrl ?? 'http://shop/').pathname };
  },
  add_to_cart: ({ properties: { sku, name, price, quantity } }) => ({
    text: `${Number(quantity) > 1 ? `${quantity} × ` : ''}${name ?? sku ?? 'Something'} into the basket`,
    more: price && money(price),
    icon: 'i-basket',
    sku,
  }),
  remove_from_cart: ({ properties: { sku, name } }) => ({ text: `${name ?? sku ?? 'Something'} out of the basket`, icon: 'i-basket', sku }),
  purchase: ({ properties: { total } }) => ({ text: `Bought for ${money(total)}`, icon: 'i-parcel' }),
  preferences: ({ properties: { store } }) => ({ text: store ? `Chose ${store} as the shop` : 'Chose a shop', icon: 'i-shop' }),
  logged_in: () => ({ text: 'Logged in', icon: 'i-card' }),
  logged_out: () => ({ text: 'Logged out', icon: 'i-door' }),
  note: () => ({ text: 'A colleague wrote a note', icon: 'i-note' }),
  offer_presented: ({ properties: { offer } }) => ({ text: `Saw an offer: ${spoken(offer)}`, icon: 'i-eye' }),
  offer_clicked: ({ properties: { offer } }) => ({ text: `Followed an offer: ${spoken(offer)}`, icon: 'i-link' }),
  offer_accepted: ({ properties: { offer } }) => ({ text: `Said yes to an offer: ${spoken(offer)}`, icon: 'i-heart' }),
  offer_declined: ({ properties: { offer } }) => ({ text: `Said no to an offer: ${spoken(offer)}`, icon: 'i-heart' }),
};

/** @returns `text`, and where there is one: `more`, `icon`, the `sku` or the `path` of a product. */
export function describe(interaction) {
  const known = Object.hasOwn(byType, interaction.type) ? byType[interaction.type] : undefined;
  const words = known?.({ ...interaction, properties: interaction.properties ?? {} });
  return words ?? { text: lower(spoken(interaction.type)).replace(/^./, (first) => first.toUpperCase()), icon: 'i-note' };
}

/** The class of the site where it happened. */
export const laneOf = ({ touchpoint }) => ({ web: 'at-shop', club: 'at-club' })[touchpoint] ?? 'at-desk';
