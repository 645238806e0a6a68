import { find, pounds } from './dom.js';

let bought = 0;
try {
  bought = Number(sessionStorage.getItem('bought'));
} catch {
  // Then nothing is said of the sum.
}
find('to-club').href = find('club').href;
if (bought > 0) {
  find('would-have-been').textContent = ` That would have been ${pounds(bought)}.`;
  const code = document.createElement('code');
  code.textContent = 'spentLately';
  find('purchase-said').replaceChildren('Your purchase is in the journey, and ', code, ` went up by ${bought.toFixed(2)}.`);
}
if (!window.customerProfile?.page)
  find('purchase-said').textContent = 'The gateway did not answer, so it knows of it later: the purchase waits in this browser.';
