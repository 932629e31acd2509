// Asks for a recycle as iisnode's applications do; the word in the given pieces.
const net = require('node:net');

const pieces = process.argv.slice(2);
const socket = net.connect(process.env.IISNODE_CONTROL_PIPE);
socket.setNoDelay(true);
socket.on('connect', function write() {
  const piece = pieces.shift();
  if (piece !== undefined) {
    socket.write(piece, () => setImmediate(write));
  }
});
