const net = require('node:net');

net.createServer((socket) => socket.pipe(socket)).listen(3000);
