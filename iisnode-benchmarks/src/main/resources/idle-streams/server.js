// Streams of events that wait: GET /events opens one, GET /emit sends an event to all.
const open = new Set();
require('http').createServer((request, response) => {
  if (request.url.startsWith('/emit')) {
    for (const stream of open) {
      stream.write('data: ' + request.url + '\n\n');
    }
    response.end(String(open.size));
    return;
  }
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  response.write(': open\n\n');
  open.add(response);
  response.on('close', () => open.delete(response));
}).listen(process.env.PORT);
