import { find, h, keep, recall } from './dom.js';

/** The question whether this visit may be remembered, its answer in the foot of the page, and what is said when the gateway is away. */
const tag = () => window.customerProfile;
const call = (...args) => {
  window.customerProfile ||= [];
  window.customerProfile.push(args);
};

const state = () => (navigator.globalPrivacyControl ? 'private' : (recall('remember') ?? 'unasked'));

function choose(answer) {
  keep('remember', answer);
  call('consent', answer === 'yes');
  show();
  dispatchEvent(new Event('remembering'));
}

/** A new cookie first: without consent the tag would ask for none. */
async function forget() {
  await tag()?.reset?.();
  choose('no');
}

function show() {
  const now = state();
  const box = find('consent');
  box.hidden = !(now === 'unasked' || (now === 'private' && recall('told') === null));
  box.setAttribute('aria-label', now === 'private' ? 'Remembering is off' : 'May we remember your visit?');
  box.replaceChildren(...(now === 'private' ? told() : question()));
  find('remembering').replaceChildren(...FOOT[now]());
}

const button = (text, run, classes = 'btn quiet slim') => h('button', { class: classes, type: 'button', onclick: run }, text);

function question() {
  const exactly = document.documentElement.dataset.site === 'shop' ? h('a', { href: '/remembered' }, 'What exactly?') : null;
  const words = h(
    'p',
    {},
    h('b', {}, 'May we remember what you look at?'),
    ' It stays on this computer, and is yours to see once you log in to the club. All works the same without. ',
    exactly,
  );
  return [
    words,
    h(
      'div',
      { class: 'row' },
      button('No, thank you', () => choose('no')),
      button('Yes, remember', () => choose('yes')),
    ),
  ];
}

function told() {
  const words = h(
    'p',
    {},
    h('b', {}, "Your browser asks sites not to track you, so we don't."),
    " Nothing of this visit is kept. For the demo's story, use a browser without Global Privacy Control.",
  );
  const done = () => {
    keep('told', 'yes');
    show();
  };
  return [words, h('div', { class: 'row' }, button('Good', done))];
}

const FOOT = {
  yes: () => ['Remembering your visit: ', h('b', {}, 'yes'), ' · ', button('stop and forget', forget, 'textlike')],
  no: () => ['Remembering your visit: ', h('b', {}, 'no'), ' · ', button('remember', () => choose('yes'), 'textlike')],
  unasked: () => ['Remembering: ', h('b', {}, 'not yet asked')],
  private: () => ['Remembering: ', h('b', {}, 'no, your browser asked')],
};

show();
// Another tab of this site may have answered.
addEventListener('storage', ({ key }) => key === 'remember' && show());
// The tag comes from the gateway. When it did not come, the page says so where the story is told.
addEventListener('load', () => {
  if (tag()?.page) return;
  find('story-say').textContent = 'The gateway does not answer: nothing is remembered just now. All else here works the same.';
});
