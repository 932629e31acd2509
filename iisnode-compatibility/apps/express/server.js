const { createHash } = require('node:crypto');
const path = require('node:path');
const { setTimeout } = require('node:timers/promises');
const express = require('express');

const app = express();

app.use(express.static(path.join(__dirname, 'public')));
app.use(express.json());

app.post('/api/echo', (req, res) => {
  res.json(req.body);
});

app.post('/api/upload', async (req, res) => {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of req) {
    hash.update(chunk);
    size += chunk.length;
  }
  res.status(201).json({ size, sha256: hash.digest('hex') });
});

app.get('/api/stream', async (req, res) => {
  res.type('text/plain');
  for (let chunk = 1; chunk <= 3; chunk++) {
    res.write(`chunk ${chunk}\n`);
    await setTimeout(300);
  }
  res.end();
});

app.get('/api/fail', () => {
  throw new Error('This page fails');
});

const port = process.env.PORT || 3000;

app.listen(port, () => {
  console.log(`Listening on ${port}`);
});
