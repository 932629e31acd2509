// A REST API with Express 5. It keeps nothing in memory from one request to the next, so any
// number of processes can serve it. Runs anywhere: npm ci && PORT=3000 node server.js
const { createHash, randomUUID } = require('node:crypto');
const { pipeline } = require('node:stream/promises');
const express = require('express');
const { price, validate } = require('./orders');
const products = require('./products.json');

// Where the API is mounted. Node sees the path as the client sent it, nothing is stripped.
const BASE = '/api';

const app = express();
const api = express.Router();
let requests = 0;

app.disable('x-powered-by');
app.set('json spaces', 2);
app.use(BASE, api);

api.use((request, response, next) => {
  requests++;
  next();
});

api.get('/', (request, response) => {
  response.json({
    name: 'Coffee API',
    links: {
      products: `${BASE}/products`,
      cheapProducts: `${BASE}/products?maxPrice=12`,
      product: `${BASE}/products/santos`,
      process: `${BASE}/process`,
    },
    accepts: {
      [`POST ${BASE}/orders`]: { customer: 'Ada', items: [{ product: 'santos', quantity: 2 }] },
      [`POST ${BASE}/uploads`]: 'anything, of any size: answers its size and its SHA-256',
    },
  });
});

// Which process answers: asked again and again, the processes take turns
api.get('/process', (request, response) => {
  response.set('Cache-Control', 'no-store');
  response.json({ pid: process.pid, node: process.version, uptime: Math.round(process.uptime()), requests });
});

api.get('/products', (request, response) => {
  const { q = '', maxPrice } = request.query;
  const limit = maxPrice === undefined ? Infinity : Number(maxPrice);
  if (Number.isNaN(limit)) {
    return problem(response, 400, 'Not a search', { maxPrice: 'must be a number' });
  }
  const word = String(q).toLowerCase();
  response.json(products.filter((product) => product.price <= limit
    && `${product.name} ${product.origin} ${product.roast}`.toLowerCase().includes(word)));
});

api.get('/products/:id', (request, response) => {
  const product = products.find(({ id }) => id === request.params.id);
  return product ? response.json(product) : problem(response, 404, 'No such product');
});

api.post('/orders', express.json(), (request, response) => {
  const errors = validate(request.body ?? null);
  if (Object.keys(errors).length > 0) {
    return problem(response, 422, 'The order is not valid', errors);
  }
  response.status(201).json({ id: randomUUID(), ...price(request.body) });
});

// Reads the body as it arrives, so that a large file needs no memory
api.post('/uploads', async (request, response) => {
  const hash = createHash('sha256');
  let size = 0;
  await pipeline(request, async function (chunks) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      size += chunk.length;
    }
  });
  response.status(201).json({ type: request.get('Content-Type') ?? null, size, sha256: hash.digest('hex') });
});

app.use((request, response) => problem(response, 404, 'No such resource'));

app.use((error, request, response, next) => {
  if (response.destroyed) {
    return; // the client has gone
  }
  if (response.headersSent) {
    return next(error);
  }
  const status = error.status ?? 500;
  if (status >= 500) {
    console.error(error);
  }
  problem(response, status, status < 500 ? error.message : 'Something went wrong');
});

/** Answers with problem details (RFC 9457). */
function problem(response, status, title, errors) {
  response.status(status).type('application/problem+json').json({ title, status, errors });
}

const server = app.listen(process.env.PORT || 3000, (error) => {
  if (error) {
    throw error;
  }
  console.log('Coffee API listens on', server.address());
});
