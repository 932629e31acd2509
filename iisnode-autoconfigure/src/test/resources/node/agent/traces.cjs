// What an application could see of the agent.
const events = ['message', 'SIGTERM', 'SIGINT', 'uncaughtException', 'unhandledRejection', 'beforeExit'];

console.log('variable', 'IISNODE_AGENT' in process.env);
console.log('execArgv', JSON.stringify(process.execArgv.slice(0, 1)), process.execArgv.length);
console.log('listeners', events.filter((event) => process.listenerCount(event) > 0).join());
console.log('globals', Object.keys(globalThis).join());
console.log('listen', require('node:net').Server.prototype.listen.name, require('node:net').Server.prototype.listen.length);
