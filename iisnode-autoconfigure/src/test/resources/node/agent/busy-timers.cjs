// A server that blocks its event loop in a timer, so that other timers are due at once afterwards.
const { createServer } = require('node:http');

createServer((request, response) => {
  const ms = Number(new URL(request.url, 'http://localhost').searchParams.get('ms'));
  setTimeout(() => {
    const end = performance.now() + ms;
    while (performance.now() < end);
  }, 100);
  response.end('soon');
}).listen(process.env.PORT);
