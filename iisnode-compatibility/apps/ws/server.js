import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { json } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { WebSocketServer } from 'ws';

const files = {
  '/': ['index.html', 'text/html'],
  '/style.css': ['style.css', 'text/css']
};

function send(response, status, body) {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
}

const routes = {
  'POST /api/echo': async (request, response) => {
    send(response, 200, await json(request));
  },

  'POST /api/upload': async (request, response) => {
    const hash = createHash('sha256');
    let size = 0;
    for await (const chunk of request) {
      hash.update(chunk);
      size += chunk.length;
    }
    send(response, 201, { size, sha256: hash.digest('hex') });
  },

  'GET /api/stream': async (request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/plain' });
    for (let chunk = 1; chunk <= 3; chunk++) {
      response.write(`chunk ${chunk}\n`);
      await setTimeout(300);
    }
    response.end();
  },

  'GET /api/fail': async () => {
    throw new Error('This page fails');
  }
};

const server = createServer(async (request, response) => {
  const file = files[request.url];
  const route = routes[`${request.method} ${request.url}`];
  if (file) {
    response.writeHead(200, { 'Content-Type': file[1] });
    createReadStream(path.join(import.meta.dirname, 'public', file[0])).pipe(response);
  } else if (route) {
    try {
      await route(request, response);
    } catch (error) {
      send(response, 500, { error: error.message });
    }
  } else {
    send(response, 404, { error: 'Not found' });
  }
});

const wss = new WebSocketServer({ server, path: '/ws' });

wss.on('connection', (ws) => {
  ws.on('error', console.error);
  ws.on('message', (data, isBinary) => ws.send(data, { binary: isBinary }));
});

server.listen(process.env.PORT || 8080);
