// The smallest application: one file. Its address is its place below the root: /hello.js
// Change the text while the sample runs, save and reload the page.
const http = require('node:http');

const server = http.createServer((request, response) => {
  response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`Hello from Node.js ${process.version}, process ${process.pid}.\nYou asked for ${request.url}\n`);
});

server.listen(process.env.PORT || 3000);
