const http2 = require('node:http2');

http2.createServer((request, response) => response.end()).listen(3000);
