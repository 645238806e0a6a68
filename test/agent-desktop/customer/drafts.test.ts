import { describe, expect, it } from 'vitest';
import { type Draft, Drafts, isEmptyDraft } from '../../../agent-desktop/src/customer/drafts.ts';

const draft = (change: Partial<Draft>): Draft => ({ id: 'n1', text: '', outcome: null, isSent: false, ...change });

describe('notes that are not saved', () => {
  it('go with a customer who becomes another one', () => {
    const drafts = new Drafts(false);
    drafts.keep('b', draft({ text: 'Wants it on Friday', isSent: true }));
    drafts.move('b', 'a');
    // The same note, which the gateway may have: sent again, it is not stored twice.
    expect(drafts.read('a')).toEqual(draft({ text: 'Wants it on Friday', isSent: true }));
    expect(isEmptyDraft(drafts.read('b'))).toBe(true);
  });

  it('become one new note where one was begun at both', () => {
    const drafts = new Drafts(false);
    drafts.keep('a', draft({ text: 'Calls from work', isSent: true }));
    drafts.keep('b', draft({ id: 'n2', text: 'Wants it on Friday', outcome: 'Follow up', isSent: true }));
    drafts.move('b', 'a');
    expect(drafts.read('a')).toMatchObject({ text: 'Calls from work\n\nWants it on Friday', outcome: 'Follow up', isSent: false });
    expect(['n1', 'n2']).not.toContain(drafts.read('a').id);
  });

  it('are gone once they are saved, wherever their customer is now, unless they were changed', () => {
    const drafts = new Drafts(false);
    const sent = draft({ text: 'Wants it on Friday', isSent: true });
    drafts.keep('b', sent);
    drafts.move('b', 'a');
    drafts.saved(sent);
    expect(isEmptyDraft(drafts.read('a'))).toBe(true);
    drafts.keep('a', sent);
    drafts.keep('a', draft({ id: 'n3', text: 'Wants it on Saturday' }));
    drafts.saved(sent);
    expect(drafts.read('a').text).toBe('Wants it on Saturday');
  });

  it('are kept of those who are open alone', () => {
    const drafts = new Drafts(false);
    drafts.keep('a', draft({ text: '1' }));
    drafts.keep('b', draft({ text: '2' }));
    drafts.forgetBut(['b']);
    expect([drafts.read('a').text, drafts.read('b').text]).toEqual(['', '2']);
  });
});
