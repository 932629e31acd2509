// node clients.js <port> <count>: opens streams, prints a line when all are open, and one for each event that all have got.
const net = require('net');
const [port, count] = process.argv.slice(2).map(Number);
let started = 0, opened = 0, received = 0, closed = 0;

function next() {
  if (started === count) {
    return;
  }
  const number = started++;
  // Several source addresses: there are not so many ports for one.
  const socket = net.connect({ port, host: '127.0.0.1', localAddress: '127.0.0.' + (2 + number % 8) });
  let text = '';
  socket.on('data', (data) => {
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
  socket.on('error', (error) => console.log('error ' + error.message));
  socket.on('close', () => console.log('closed ' + ++closed));
  socket.write('GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n');
}

for (let i = 0; i < 64; i++) {
  next();
}
