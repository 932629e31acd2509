// Listens on a port of its own before it listens where it should.
const http = require('node:http');

const metrics = http.createServer((request, response) => response.end('metrics'));
metrics.once('listening', () => {
  http.createServer((request, response) => response.end('application')).listen(process.env.PORT, () => {
    console.log('metrics', JSON.stringify(metrics.address()));
  });
});
metrics.listen(0, '127.0.0.1');
