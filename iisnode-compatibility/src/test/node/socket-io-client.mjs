// Talks to the application "socket.io": a message that is acknowledged, one that everybody gets.
// Prints what it has seen, and the transport that it ended with.
import { io } from 'socket.io-client';

const [url, transports] = process.argv.slice(2);
const fail = (reason) => {
  console.log(`failed: ${reason}`);
  process.exit(1);
};
setTimeout(() => fail('nothing for 30 s'), 30_000).unref();

const socket = io(url, { transports: transports.split(','), reconnection: false });
const last = transports.split(',').at(-1);
socket.on('connect_error', (error) => fail(error.message));
socket.on('disconnect', (reason) => reason === 'io client disconnect' || fail(reason));
await new Promise((resolve) => socket.on('connect', resolve));
if (socket.io.engine.transport.name !== last) {
  await new Promise((resolve) => socket.io.engine.on('upgrade', resolve));
}
const message = 'x'.repeat(100_000);
if ((await socket.timeout(20_000).emitWithAck('echo', message)) !== message) {
  fail('another message came back');
}
const everybody = new Promise((resolve) => socket.on('chat message', resolve));
socket.emit('chat message', 'hello');
if ((await everybody) !== 'hello') {
  fail('another message was sent to everybody');
}
console.log(`echo, broadcast, ${socket.io.engine.transport.name}`);
socket.disconnect();
