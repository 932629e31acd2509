// The same files below a path
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import Router from '@koa/router';
import Koa from 'koa';

const app = new Koa();
const router = new Router({ prefix: '/shop' });

const file = (name, type) => async (ctx) => {
  ctx.type = type;
  ctx.body = await readFile(path.join(import.meta.dirname, 'public', name));
};
router.get('/', file('index.html', 'html'));
router.get('/style.css', file('style.css', 'css'));

app.use(router.routes());
app.listen(process.env.PORT || 3000);
