// A process with a child and a grandchild, which nothing but a kill ends.
const { spawn } = require('node:child_process');
const fs = require('node:fs');

const [, , role, way] = process.argv;
const create = (next, whenReady) => spawn(process.execPath, [__filename, next], {
  detached: true,
  stdio: ['ignore', 'inherit', 'inherit', 'ipc']
}).once('message', whenReady);
const ready = () => {
  console.log('pid', process.pid);
  process.send('ready');
};

const ways = {
  'stuck': () => {
    for (;;);
  },
  'idle': () => {},
  'reads input': () => process.stdin.on('end', () => {}).resume(),
  'destroys input': () => process.stdin.destroy(),
  'closes input': () => fs.closeSync(0),
  'talks': () => setInterval(() => console.log('talk'), 1),
  'is told': () => process.on('SIGTERM', () => fs.writeFileSync('told', 'SIGTERM')),
  'exits when told': () => process.on('SIGTERM', () => process.exit(0)),
  'exits': () => process.exit(0)
};

setInterval(() => {}, 1000);
if (role === 'grandchild') {
  ready();
} else if (role === 'child') {
  create('grandchild', ready);
} else {
  create('child', () => {
    console.log('ready');
    setImmediate(ways[way]);
  });
}
