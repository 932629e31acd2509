// A chat with a clock over server-sent events, with Hono, as an ES module. Everyone who is
// connected is known to one process, so this application wants a single one.
// Runs anywhere: npm ci && PORT=3000 node server.js
import { serve } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { streamSSE } from 'hono/streaming';
import { fileURLToPath } from 'node:url';

// Where the application is mounted. Node sees the path as the client sent it, nothing is stripped.
const BASE = '/events';
const MAX_HISTORY = 20;
const MAX_NAME = 40;
const MAX_TEXT = 280;

const listeners = new Set();
const history = [];

function broadcast(event, data) {
  for (const { stream } of listeners) {
    stream.writeSSE({ event, data: JSON.stringify(data) });
  }
}

const app = new Hono().basePath(BASE);

app.get('/stream', (context) => streamSSE(context, async (stream) => {
  const listener = { stream };
  const ended = new Promise((resolve) => { listener.end = resolve; });
  stream.onAbort(listener.end);
  listeners.add(listener);
  await stream.writeSSE({ event: 'history', data: JSON.stringify(history), retry: 1000 });
  broadcast('visitors', { count: listeners.size });
  await ended;
  listeners.delete(listener);
  broadcast('visitors', { count: listeners.size });
}));

app.post('/messages', bodyLimit({ maxSize: 4096 }), async (context) => {
  const { name, text } = await context.req.json().catch(() => null) ?? {};
  if (!isText(name, MAX_NAME) || !isText(text, MAX_TEXT)) {
    const title = `A message has a name of up to ${MAX_NAME} and a text of up to ${MAX_TEXT} characters`;
    return context.json({ title, status: 422 }, 422, { 'Content-Type': 'application/problem+json' });
  }
  const message = { name: name.trim(), text: text.trim(), time: new Date().toISOString() };
  history.push(message);
  history.splice(0, history.length - MAX_HISTORY);
  broadcast('message', message);
  return context.json(message, 201);
});

app.use('/*', serveStatic({
  root: fileURLToPath(new URL('public', import.meta.url)),
  rewriteRequestPath: (path) => path.slice(BASE.length),
}));

function isText(value, maxLength) {
  return typeof value === 'string' && value.trim() !== '' && value.length <= maxLength;
}

const clock = setInterval(() => broadcast('clock', { time: new Date().toISOString(), pid: process.pid }), 1000);

const server = serve({ fetch: app.fetch, port: process.env.PORT || 3000 }, (address) => {
  console.log('Events listen on', address);
});

// Asked to stop: the streams end properly, the browsers come back to the next process
process.once('SIGTERM', () => {
  clearInterval(clock);
  server.close();
  listeners.forEach(({ end }) => end());
});
