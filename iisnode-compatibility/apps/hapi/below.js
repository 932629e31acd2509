// The same files below a path
'use strict';

const Path = require('node:path');
const Hapi = require('@hapi/hapi');
const Inert = require('@hapi/inert');

const shop = {
    name: 'shop',
    register: (server) => {

        server.route({
            method: 'GET',
            path: '/{param*}',
            handler: {
                directory: {
                    path: Path.join(__dirname, 'public')
                }
            }
        });
    }
};

const init = async () => {

    const server = Hapi.server({ port: process.env.PORT || 3000, host: 'localhost' });
    await server.register(Inert);
    await server.register(shop, { routes: { prefix: '/shop' } });
    await server.start();
};

init();
