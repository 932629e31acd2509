// A server that blocks its event loop while it polls, so that timers come first afterwards.
const { stat } = require('node:fs');
const { createServer } = require('node:http');

setInterval(() => {}, 5);

function block(ms) {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

createServer((request, response) => {
  const ms = Number(new URL(request.url, 'http://localhost').searchParams.get('ms'));
  // Not right after a report, of which the one who asks may just have heard.
  setTimeout(() => stat(__filename, () => {
    block(ms);
    response.end('was busy');
  }), 100);
}).listen(process.env.PORT);
