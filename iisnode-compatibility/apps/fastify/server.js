import { createHash } from 'node:crypto';
import path from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import fastifyStatic from '@fastify/static';
import fastifyWebsocket from '@fastify/websocket';
import Fastify from 'fastify';

const fastify = Fastify({ logger: true });

fastify.register(fastifyStatic, { root: path.join(import.meta.dirname, 'public') });
fastify.register(fastifyWebsocket);

fastify.addContentTypeParser('application/octet-stream', (request, payload, done) => {
  done(null, payload);
});

fastify.post('/api/echo', async (request) => request.body);

fastify.post('/api/upload', async (request, reply) => {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of request.body) {
    hash.update(chunk);
    size += chunk.length;
  }
  reply.code(201);
  return { size, sha256: hash.digest('hex') };
});

async function* chunks() {
  for (let chunk = 1; chunk <= 3; chunk++) {
    yield `chunk ${chunk}\n`;
    await setTimeout(300);
  }
}

fastify.get('/api/stream', (request, reply) => {
  reply.type('text/plain').send(Readable.from(chunks()));
});

fastify.get('/api/fail', async () => {
  throw new Error('This page fails');
});

fastify.register(async (instance) => {
  instance.get('/ws', { websocket: true }, (socket) => {
    socket.on('message', (message, isBinary) => socket.send(message, { binary: isBinary }));
  });
});

try {
  await fastify.listen({ port: process.env.PORT ?? 3000 });
} catch (error) {
  fastify.log.error(error);
  process.exit(1);
}
