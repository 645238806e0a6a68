import { enableButtons } from './dom.js';
import { showBackEnds, showNoAnswer } from './start-back-ends.js';
import { showFeed, showLive } from './start-feed.js';
import { run } from './start-query.js';

/** Milliseconds between two looks: what comes in is here within a second. A page that nobody sees looks less often. */
const [SEEN, HIDDEN] = [700, 5_000];
let timer;

async function look() {
  clearTimeout(timer);
  try {
    const response = await fetch('/demo/now');
    if (!response.ok) throw new Error('no answer');
    const { backEnds, items, isLive } = await response.json();
    showBackEnds(backEnds);
    showFeed(items, isLive);
  } catch {
    showLive(false, 'Not live just now. Trying again…');
    showNoAnswer();
  }
  timer = setTimeout(look, document.visibilityState === 'visible' ? SEEN : HIDDEN);
}

document.addEventListener('visibilitychange', look);
// What a switch changed shows in the answer, too.
addEventListener('switched', () => {
  look();
  run();
});
enableButtons();
look().then(run);
