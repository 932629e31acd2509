// The same files below a path
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import Fastify from 'fastify';

const fastify = Fastify({ logger: true });

fastify.register(
  async (instance) => {
    instance.register(fastifyStatic, { root: path.join(import.meta.dirname, 'public') });
  },
  { prefix: '/shop' }
);

await fastify.listen({ port: process.env.PORT ?? 3000 });
