// The application, and beside it what else an application may listen on.
const fs = require('node:fs');
const http = require('node:http');
const https = require('node:https');
const net = require('node:net');

const answer = (text) => (request, response) => response.end(text);
const tell = (name, server) => () => console.log(name, JSON.stringify(server.address()));

const others = {
  'any port': (done) => {
    const server = http.createServer(answer('second'));
    server.listen(0, '127.0.0.1', () => done(tell('second', server)));
  },
  'same port': (done) => {
    const server = http.createServer(answer('second'));
    server.listen({ port: 3000, host: '::1' }, () => done(tell('second', server)));
  },
  'path': (done) => {
    const server = http.createServer(answer('second'));
    server.listen(`${process.env.PORT}-own`, () => done(tell('second', server)));
  },
  'tls': (done) => {
    const server = https.createServer(answer('second'));
    server.listen(0, '127.0.0.1', () => done(tell('second', server)));
  },
  'probe': (done) => {
    const server = net.createServer();
    const timer = setInterval(() => {
      if (fs.existsSync('go')) {
        clearInterval(timer);
        server.close(() => done(() => console.log('second', 'probed')));
      }
    }, 10);
    server.listen(3000);
  },
  'twice': (done) => {
    first.listen(3001, '127.0.0.1', () => {
      try {
        first.listen(3002);
      } catch (error) {
        done(() => console.log('second', error.code));
      }
    });
  }
};

const [, , other, order] = process.argv;
const first = http.createServer(answer('first'));
const listen = (done) => first.listen(3000, '127.0.0.1', () => {
  tell('first', first)();
  done();
});

if (other === 'twice') {
  others.twice((report) => report());
} else if (order === 'before') {
  others[other]((report) => {
    report();
    listen(() => {});
  });
} else {
  listen(() => others[other]((report) => report()));
}
