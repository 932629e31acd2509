import { createHash } from 'node:crypto';
import path from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { bodyParser } from '@koa/bodyparser';
import Router from '@koa/router';
import Koa from 'koa';
import serve from 'koa-static';

const app = new Koa();
const router = new Router();

router.post('/api/echo', bodyParser(), (ctx) => {
  ctx.body = ctx.request.body;
});

router.post('/api/upload', async (ctx) => {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of ctx.req) {
    hash.update(chunk);
    size += chunk.length;
  }
  ctx.status = 201;
  ctx.body = { size, sha256: hash.digest('hex') };
});

async function* chunks() {
  for (let chunk = 1; chunk <= 3; chunk++) {
    yield `chunk ${chunk}\n`;
    await setTimeout(300);
  }
}

router.get('/api/stream', (ctx) => {
  ctx.type = 'text/plain';
  ctx.body = Readable.from(chunks());
});

router.get('/api/fail', () => {
  throw new Error('This page fails');
});

app.use(serve(path.join(import.meta.dirname, 'public')));
app.use(router.routes());
app.use(router.allowedMethods());

app.listen(process.env.PORT || 3000);
