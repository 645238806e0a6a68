import type { IncomingMessage } from 'node:http';
import type { BackEnds } from './back-ends.ts';
import type { Feed } from './feed.ts';
import { type Answer, type RunningService, serve } from './serve.ts';
import { type StartLinks, startPage } from './start-page.ts';
import { type StaticFiles, staticFile } from './static-files.ts';

const FILES: StaticFiles = {
  folder: new URL('static/', import.meta.url),
  scripts: ['start.js', 'start-query.js', 'start-back-ends.js', 'start-feed.js'],
  sharedScripts: ['dom.js', 'words.js'],
  styles: [
    'tokens',
    'ground',
    'drawings',
    'controls',
    'around',
    'shared',
    'start',
    'start-query',
    'start-live',
    'start-drawings',
    'start-dark',
  ],
};

/** The first page and its switches. The gateway asks it, with the key: no page of a browser can. */
export function serveControl(key: string, links: StartLinks, backEnds: BackEnds, feed: Feed): Promise<RunningService> {
  return serve(0, async (request) => {
    if (request.headers['x-demo-key'] !== key) return { status: 403, body: { error: 'expected the key of the demo' } };
    return answer(request, links, backEnds, feed);
  });
}

async function answer({ method, url = '/' }: IncomingMessage, links: StartLinks, backEnds: BackEnds, feed: Feed): Promise<Answer> {
  const { pathname, searchParams } = new URL(url, 'http://control');
  if (method === 'POST') return switchOne(pathname.split('/').at(-1) ?? '', searchParams.get('do'), backEnds);
  if (pathname === '/') return { status: 200, body: startPage(links), type: 'text/html; charset=utf-8' };
  if (pathname === '/demo/now') {
    await feed.warmUp();
    return { status: 200, body: { backEnds: await backEnds.states(), items: feed.items, isLive: feed.isLive } };
  }
  return staticFile(pathname.replace('/demo/', ''), FILES) ?? { status: 404, body: { error: 'not found' } };
}

async function switchOne(name: string, to: string | null, backEnds: BackEnds): Promise<Answer> {
  if (to !== 'start' && to !== 'stop') return { status: 400, body: { error: 'expected do=start or do=stop' } };
  try {
    const isDone = await backEnds.switch(name, to);
    return isDone
      ? { status: 200, body: { backEnds: await backEnds.states() } }
      : { status: 409, body: { error: `${name} can't be switched now` } };
  } catch (error) {
    return { status: 409, body: { error: (error as Error).message } };
  }
}
