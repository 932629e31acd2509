'use strict';

const { createHash } = require('node:crypto');
const Path = require('node:path');
const { Readable } = require('node:stream');
const { setTimeout } = require('node:timers/promises');
const Hapi = require('@hapi/hapi');
const Inert = require('@hapi/inert');

async function* chunks() {
    for (let chunk = 1; chunk <= 3; chunk++) {
        yield `chunk ${chunk}\n`;
        await setTimeout(300);
    }
}

const init = async () => {

    const server = Hapi.server({
        port: process.env.PORT || 3000,
        host: 'localhost',
        routes: {
            files: {
                relativeTo: Path.join(__dirname, 'public')
            }
        }
    });

    await server.register(Inert);

    server.route({
        method: 'GET',
        path: '/{param*}',
        handler: {
            directory: {
                path: '.'
            }
        }
    });

    server.route({
        method: 'POST',
        path: '/api/echo',
        handler: (request) => request.payload
    });

    server.route({
        method: 'POST',
        path: '/api/upload',
        options: {
            payload: {
                output: 'stream',
                parse: false
            }
        },
        handler: async (request, h) => {

            const hash = createHash('sha256');
            let size = 0;
            for await (const chunk of request.payload) {
                hash.update(chunk);
                size += chunk.length;
            }

            return h.response({ size, sha256: hash.digest('hex') }).code(201);
        }
    });

    server.route({
        method: 'GET',
        path: '/api/stream',
        handler: (request, h) => h.response(Readable.from(chunks(), { objectMode: false })).type('text/plain')
    });

    server.route({
        method: 'GET',
        path: '/api/fail',
        handler: () => {

            throw new Error('This page fails');
        }
    });

    await server.start();
    console.log('Server running on %s', server.info.uri);
};

process.on('unhandledRejection', (err) => {

    console.log(err);
    process.exit(1);
});

init();
