// Listens, closes at the first request and listens again: the same server, or another.
const http = require('node:http');

const create = (text) => http.createServer((request, response) => {
  response.setHeader('Connection', 'close');
  response.end(text);
});
const first = create('first');
const next = (process.argv[2] === 'same') ? first : create('second');

first.listen(3000);
first.once('request', () => first.close(() => next.listen(4000)));
