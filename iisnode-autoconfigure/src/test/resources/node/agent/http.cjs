// A server that can be asked to be slow, large or busy.
const http = require('node:http');

const server = http.createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  if (pathname === '/slow') {
    console.log('slow', 'begins');
    server.once('go-on', () => response.end('slow'));
  } else if (pathname === '/go-on') {
    response.end('going on');
    server.emit('go-on');
  } else if (pathname === '/large') {
    response.end(Buffer.alloc(Number(searchParams.get('size')), 'x'));
  } else if (pathname === '/busy') {
    const end = performance.now() + Number(searchParams.get('ms'));
    while (performance.now() < end);
    response.end('was busy');
  } else {
    response.end(`pid ${process.pid}`);
  }
});
if (process.argv[2] !== undefined) {
  server.keepAliveTimeout = Number(process.argv[2]);
}
server.listen(3000);
