const cluster = require('node:cluster');
const http = require('node:http');

if (cluster.isPrimary) {
  cluster.fork();
} else {
  const server = http.createServer((request, response) => response.end(`worker ${cluster.worker.id}`));
  server.listen(3000, () => console.log('port', server.address().port, 'IISNODE_AGENT' in process.env));
}
