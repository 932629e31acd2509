const http = require('node:http');

const server = http.createServer();
server.on('error', (error) => console.log('error', error.code, server.listenerCount('error')));
server.listen(3000);
setInterval(() => {}, 1000);
