// The first server of a worker thread or a child process, which inherit the agent but are not the host's.
const { fork } = require('node:child_process');
const http = require('node:http');
const { Worker, isMainThread } = require('node:worker_threads');

const [, , kind] = process.argv;

if (kind === 'thread' && isMainThread) {
  new Worker(__filename, { argv: ['child'] });
} else if (kind === 'fork') {
  fork(__filename, ['child']);
} else {
  const server = http.createServer((request, response) => response.end('untouched'));
  server.listen(0, '127.0.0.1', () => console.log('address', JSON.stringify(server.address())));
}
