/** An element with attributes and children; null and false children are left out. Texts are texts, never HTML. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const SVG = 'http://www.w3.org/2000/svg';

/** An element of SVG. */
export function s(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** A drawing or an icon of the page's sprite. */
export function picture(id, classes = id.startsWith('i-') ? 'icon' : '') {
  const size = id === 'd-coin' ? 120 : id.startsWith('i-') ? 24 : 200;
  return s('svg', { viewBox: `0 0 ${size} ${size}`, 'aria-hidden': 'true', class: classes }, s('use', { href: `#${id}` }));
}

export const find = (id) => document.getElementById(id);

/**
 * Buttons that only a script makes useful are disabled in the HTML. Called when the script listens to them: an earlier click would be
 * lost, or send a form, with what was typed in the address.
 */
export function enableButtons() {
  for (const button of document.querySelectorAll('[data-needs-script]')) button.disabled = false;
}

export const pounds = (amount) => (amount < 0 ? `−£${(-amount).toFixed(2)}` : `£${amount.toFixed(2)}`);

/** A choice that this browser keeps. Without storage it is kept until the page is left. */
const kept = new Map();
export function recall(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return kept.get(name) ?? null;
  }
}
export function keep(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    kept.set(name, value);
  }
}
