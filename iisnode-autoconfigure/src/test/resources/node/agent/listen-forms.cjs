// Listens in one of the ways that applications know, and tells what it is told of its address.
const http = require('node:http');

const forms = {
  'port': (server, done) => server.listen(3000, done),
  'numeric string': (server, done) => server.listen('3000', done),
  'host, backlog and callback': (server, done) => server.listen(3000, '127.0.0.1', 10, done),
  'not a number': (server, done) => server.listen(parseInt(process.env.PORT), done),
  'options': (server, done) => server.listen({ port: 3000, host: '::1', exclusive: true, ipv6Only: true }, done),
  'options with signal': (server, done) => server.listen({ port: 3000, signal: new AbortController().signal }, done),
  'options with PORT as port': (server, done) => server.listen({ path: false, port: process.env.PORT }, done),
  'options with PORT as path': (server, done) => server.listen({ path: process.env.PORT }, done),
  'nothing': (server, done) => server.once('listening', done).listen(),
  'callback only': (server, done) => server.listen(done),
  'null': (server, done) => server.listen(null, done),
  'zero': (server, done) => server.listen(0, done),
  'PORT': (server, done) => server.listen(process.env.PORT, done),
  'PORT and backlog': (server, done) => server.listen(process.env.PORT, 10, done)
};

const server = http.createServer((request, response) => response.end(`answer to ${request.url}`));
const returned = forms[process.argv[2]](server, () => console.log('address', JSON.stringify(server.address())));
console.log('returned', returned === server);
