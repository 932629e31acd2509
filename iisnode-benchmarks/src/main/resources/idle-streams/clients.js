// node clients.js <port> <count> [h2]: opens streams, prints a line when all are open, and one for each event that all have got.
const net = require('net');
const http2 = require('http2');
const [port, count] = process.argv.slice(2).map(Number);
// As many streams as Reactor Netty allows on one connection of HTTP/2.
const STREAMS = 100;
let started = 0, opened = 0, received = 0, closed = 0, session;

function open(number) {
  if (process.argv[4] !== 'h2') {
    // Several source addresses: there are not so many ports for one.
    const socket = net.connect({ port, host: '127.0.0.1', localAddress: '127.0.0.' + (2 + number % 8) });
    socket.write('GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n');
    return socket;
  }
  if (number % STREAMS === 0) {
    session = http2.connect('http://127.0.0.1:' + port);
  }
  return session.request({ ':path': '/events' });
}

function next() {
  if (started === count) {
    return;
  }
  const stream = open(started++);
  let text = '';
  stream.on('data', (data) => {
    text += data;
    if (text.includes(': open')) {
      text = '';
      if (++opened === count) {
        console.log('open ' + opened);
      }
      next();
    }
    else if (text.includes('data: ')) {
      text = '';
      if (++received % count === 0) {
        console.log('received ' + received);
      }
    }
  });
  stream.on('error', (error) => console.log('error ' + error.message));
  stream.on('close', () => console.log('closed ' + ++closed));
}

for (let i = 0; i < 64; i++) {
  next();
}
