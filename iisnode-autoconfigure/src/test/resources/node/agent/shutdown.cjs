// A server whose application knows how to shut down, in the given way. /slow ends when the shutdown has begun.
const http = require('node:http');

const server = http.createServer((request, response) => {
  response.flushHeaders();
  waiting.push(response);
  console.log('request', request.url);
});
const waiting = [];
const endRequests = () => waiting.splice(0).forEach((response) => response.end('slow'));
const closeAndExit = (code) => {
  server.close((error) => {
    console.log('closed', error?.code);
    process.exit(code);
  });
  endRequests();
};

const ways = {
  'message': () => process.on('message', (message) => {
    console.log('message', message);
    closeAndExit(3);
  }),
  'signal': () => process.on('SIGTERM', (...args) => {
    console.log('signal', args.join());
    closeAndExit(4);
  }),
  'signal, closing later': () => process.on('SIGTERM', () => setTimeout(closeAndExit, 200, 5)),
  'message and signal': () => {
    process.on('message', (message) => console.log('told', message));
    process.on('SIGTERM', (signal) => {
      console.log('told', signal);
      process.exit(6);
    });
  },
  'signal, never exiting': () => process.on('SIGTERM', () => {
    console.log('told', 'SIGTERM');
    endRequests();
    setInterval(() => console.log('alive', server.listening), 20);
  }),
  'failing': () => process.on('SIGTERM', () => {
    throw new Error('failing handler');
  }),
  'failing, but caught': () => {
    process.on('uncaughtException', (error) => console.log('caught', error.message));
    process.on('message', () => {
      throw new Error('failing handler');
    });
    process.on('SIGTERM', () => closeAndExit(7));
  }
};

ways[process.argv[2]]();
server.listen(3000);
