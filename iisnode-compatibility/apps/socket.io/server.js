import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import express from 'express';
import { Server } from 'socket.io';

const app = express();
const server = createServer(app);
const io = new Server(server);

app.use(express.static(path.join(import.meta.dirname, 'public')));

app.post('/api/echo', express.json(), (req, res) => {
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

io.on('connection', (socket) => {
  socket.on('echo', (message, callback) => callback(message));
  socket.on('chat message', (message) => io.emit('chat message', message));
});

server.listen(process.env.PORT || 3000);
