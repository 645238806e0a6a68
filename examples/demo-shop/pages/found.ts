import { escapeHtml } from '../../demo/html.ts';
import type { PageParts } from '../frame.ts';
import { DEPARTMENTS, type Department, type Product, type Products } from '../products.ts';
import { blank, cards, NO_PRICES } from './cards.ts';

/** What a search found, what a department has, or everything. */
export function foundPage(products: Products, parameters: URLSearchParams): PageParts {
  const department = parameters.get('for');
  if (department !== null && Object.hasOwn(DEPARTMENTS, department)) {
    const name = department as Department;
    return list(DEPARTMENTS[name], products.inDepartment(name), products);
  }
  const query = (parameters.get('q') ?? '').trim();
  if (query === '') return list('Everything that we have drawn', products.find(''), products);
  const found = products.find(query);
  const page = found.length === 0 ? nothing(query) : list(`“${escapeHtml(query)}”`, found, products);
  return { ...page, title: `Search: ${query}`, query };
}

function list(heading: string, found: readonly Product[], products: Products): PageParts {
  const count = found.length === 1 ? 'One thing found' : `${found.length} things found`;
  return {
    site: 'shop',
    title: heading,
    main: `<div class="section-head"><h1>${heading}</h1><p role="status">${count}</p></div>${products.hasPrices ? '' : NO_PRICES}${cards(found, 'h2')}`,
    scripts: ['shop.js'],
  };
}

const SUGGESTIONS = ['bird', 'lantern', 'heart', 'hot water bottle'];

function nothing(query: string): PageParts {
  const links = SUGGESTIONS.map((each) => `<a href="/search?q=${encodeURIComponent(each)}">${each}</a>`).join(', ');
  const words = `<p>Perhaps it is spelt another way. These words find something: ${links}.</p>`;
  const main = blank('d-bird', 'p2 spots', `We found no “${escapeHtml(query)}”`, words, '<a class="btn" href="/search">See everything</a>');
  return { site: 'shop', title: 'Nothing found', main, scripts: ['shop.js'] };
}
