import { setTimeout } from 'node:timers/promises';

export function load() {
  return {
    rendered: new Date().toISOString(),
    pid: process.pid,
    node: process.version,
    // Not awaited: the page is sent at once, this part follows in the same response
    later: setTimeout(1500).then(() => new Date().toISOString()),
  };
}
