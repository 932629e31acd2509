'use strict';

/*
 * The part of iisnode that lives inside a node process, preloaded by
 *
 *     node --require agent.cjs [options] script
 *
 * It sends the application's first server to the pipe in PORT, tells the host over a second pipe how
 * the process fares, takes the host's few commands, and ends the process when the host is gone. The
 * application is not wrapped: node loads the script itself, so ES modules, TypeScript and native
 * modules work as ever.
 *
 * One file without dependencies, because it has to run unpacked from a jar, as a preloaded module and
 * as the watchdog's thread. What it needs of node beyond the documented API is `server._handle`; where
 * that is missing, only `address()` and the moment of "closed" are less exact.
 *
 * Messages are lines of percent-encoded parameters (type=stats&rss=1), which both sides read with what
 * their platform has. To the host: started, listening, listen-failed, closed, stats,
 * recycle, shutting-down, result, degraded, left-alone. From the host: hello (first), shutdown,
 * cpu-profile, heap-snapshot, report.
 */

const { isMainThread, workerData } = require('node:worker_threads');

const WATCHDOG = 'iisnode-watchdog';

/** Longest line taken from the control pipe, in characters; ours are far shorter, paths included. */
const MAX_LINE_LENGTH = 64 * 1024;

/** How much is kept for a host that has not come yet, in messages. */
const MAX_NOTES = 16;

/** What a host that does not read may leave unread before statistics are dropped, in bytes. */
const MAX_UNREAD = 64 * 1024;

/**
 * Connections that wait to be accepted. A Unix domain socket has no handshake that a full queue merely
 * delays: there connect() fails at once, and node's 511 are fewer than the requests that one process
 * may have (1024 by default). 4096 is what Linux allows by default (net.core.somaxconn), which cuts
 * larger numbers anyway. The host bounds the load itself, so an application that asks for less, with
 * strangers on TCP in mind, loses nothing.
 */
const BACKLOG = 4096;

/** The port that address() tells where the application named none. */
const HTTP_PORT = 80;

/** How often a process that is shutting down looks for connections that have become idle, in ms. */
const DRAIN_INTERVAL = 50;

/** What the application may still do once the host is gone, in ms; with what follows well below 2 s. */
const LAST_GRACE = 1000;

/** How often a watchdog that is not told looks whether the host still lives, in ms. */
const POLL_INTERVAL = 500;

// Taken now: applications and test tools replace the global ones.
const { clearInterval, performance, setInterval, setTimeout } = globalThis;
const { nextTick } = process;

function start(settings) {
  const controlPipe = new ControlPipe();
  const options = decodeNumbers(settings);
  const applicationPipe = new ApplicationPipe(process.env.PORT, options, controlPipe);
  const shutdown = new Shutdown(applicationPipe);

  controlPipe.onHello = () => startStatistics(options.statsInterval, controlPipe);
  controlPipe.commands = {
    'shutdown': () => {
      controlPipe.send({ type: 'shutting-down' });
      shutdown.begin();
    },
    'cpu-profile': (command) => controlPipe.answer(command, takeCpuProfile),
    'heap-snapshot': (command) => controlPipe.answer(command, takeHeapSnapshot),
    'report': (command) => controlPipe.answer(command, writeReport)
  };
  if (process.env.IISNODE_CONTROL_PIPE) {
    controlPipe.listen(process.env.IISNODE_CONTROL_PIPE);
  }
  // After the control pipe has taken node's own listen.
  if (isPipe(process.env.PORT)) {
    applicationPipe.redirect();
  }
  startWatchdog(controlPipe, shutdown);
}

function encode(message) {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(message)) {
    if (value !== undefined && value !== null) {
      parameters.set(name, String(value));
    }
  }
  return `${parameters}\n`;
}

function decode(line) {
  return Object.fromEntries(new URLSearchParams(line));
}

function decodeNumbers(line) {
  return Object.fromEntries(Object.entries(decode(line)).map(([name, value]) => [name, Number(value)]));
}

// The control pipe ---------------------------------------------------------------------------------

/**
 * Listens rather than connects, since iisnode's contract lets the application connect to it as well and
 * write the word "recycle". Whoever says hello first is the host. All it knows is told again to a host
 * that comes later. Nothing here keeps the process alive.
 */
class ControlPipe {
  commands = {};

  onHello = () => {};

  #hosts = new Set();

  /** What has to be told to a host that comes later, besides the state of listening. */
  #notes = [];

  #listening = null;

  #recycle = false;

  listen(path) {
    const server = require('node:net').createServer((socket) => this.#accept(socket));
    server.unref();
    // In the way of nothing: without it the host still finds the application's pipe by trying.
    server.on('error', (error) => complain(`cannot open the control pipe: ${error.message}`));
    // No other user may connect. Nothing else runs yet that could create a file under this mask, and
    // a mask, unlike chmod, leaves no moment in between.
    const mask = attempt(() => process.umask(0o177));
    // On Windows, node prepares as many connections as this says. The application's clients are many,
    // ours is one, and a thousand take a tenth of a second.
    const instances = process.env.NODE_PENDING_PIPE_INSTANCES;
    delete process.env.NODE_PENDING_PIPE_INSTANCES;
    attempt(() => server.listen(path), (error) => complain(`cannot open the control pipe: ${error.message}`));
    if (instances !== undefined) {
      process.env.NODE_PENDING_PIPE_INSTANCES = instances;
    }
    if (mask !== undefined) {
      process.umask(mask);
    }
  }

  send(message) {
    const line = encode(message);
    for (const host of this.#hosts) {
      host.write(line);
    }
  }

  /** Sends what is outdated soon and so need not pile up before a host that does not read. */
  sendIfRead(message) {
    for (const host of this.#hosts) {
      if (host.writableLength < MAX_UNREAD) {
        host.write(encode(message));
      }
    }
  }

  get hasHost() {
    return this.#hosts.size > 0;
  }

  /** A part of the agent does not work here, for instance under node's permission model. */
  degraded(feature, error) {
    this.note({ type: 'degraded', feature, message: String(error?.message ?? error) });
  }

  note(message) {
    if (this.#notes.length < MAX_NOTES) {
      this.#notes.push(message);
    }
    this.send(message);
  }

  /** "listening" or "listen-failed". */
  listening(message) {
    this.#listening = message;
    this.send(message);
  }

  closed() {
    this.#listening = null;
    this.send({ type: 'closed' });
  }

  async answer({ id, ...parameters }, action) {
    try {
      this.send({ type: 'result', id, ok: true, ...(await action(parameters)) });
    } catch (error) {
      this.send({ type: 'result', id, ok: false, error: String(error?.message ?? error) });
    }
  }

  #accept(socket) {
    let text = '';
    socket.unref();
    socket.setEncoding('utf8');
    socket.on('error', () => {});
    socket.on('close', () => this.#hosts.delete(socket));
    socket.on('data', (data) => {
      text += data;
      const lines = text.split('\n');
      text = lines.pop();
      lines.forEach((line) => this.#received(socket, line));
      // The word may come without a line end, as iisnode's own examples write it.
      if (text.trim() === 'recycle') {
        text = '';
        this.#received(socket, 'recycle');
      }
      if (text.length > MAX_LINE_LENGTH) {
        text = '';
        socket.destroy();
      }
    });
  }

  #received(socket, line) {
    if (line.trim() === 'recycle') {
      this.#recycleRequested();
      return;
    }
    const message = decode(line);
    if (message?.type === 'hello') {
      this.#welcome(socket);
    } else if (this.#hosts.has(socket) && Object.hasOwn(this.commands, message?.type)) {
      this.commands[message.type](message);
    }
  }

  #welcome(socket) {
    const tell = (message) => socket.write(encode(message));
    this.#hosts.add(socket);
    tell({ type: 'started', pid: process.pid, node: process.version, ppid: process.ppid });
    this.#notes.forEach(tell);
    if (this.#listening !== null) {
      tell(this.#listening);
    }
    if (this.#recycle) {
      this.#recycle = false;
      tell({ type: 'recycle' });
    }
    attempt(this.onHello, (error) => this.degraded('stats', error));
  }

  #recycleRequested() {
    this.#recycle = !this.hasHost;
    this.send({ type: 'recycle' });
  }
}

// Listening ----------------------------------------------------------------------------------------

/** How sure it is that a server is the one meant for PORT, the surest last. */
const ANY_PORT = 0;
const NAMED_PORT = 1;
const OWN_PIPE = 2;

/**
 * Sends the application's first server to the pipe in PORT, whatever it asks for: frameworks parse PORT
 * as a number, or have one of their own.
 *
 * - A server that asks for PORT itself, or for NaN, which only parsing PORT can have made, is surely the
 *   one. If another was taken for it before (a metrics port, say), that one has to go where it wanted.
 * - A server that asks for the same port as the one on the pipe stands for a second address of it:
 *   fastify listens on 127.0.0.1 and ::1. It gets a pipe of its own that nobody uses, since several
 *   processes of one application could not share the port.
 * - Every further server, and every one with a path, a descriptor or a handle of its own, is left alone;
 *   so is TLS, which the host does not speak on the pipe.
 * - A cluster's primary listens through the same method, so workers share the pipe.
 */
class ApplicationPipe {
  /** Open connections to servers that have, or had, the pipe. */
  connections = new Set();

  #path;

  #options;

  #controlPipe;

  /** Node's own. */
  #listen;

  /** Servers that have, or had, the pipe. */
  #servers = new WeakSet();

  /** Who has the pipe now, or null. */
  #holder = null;

  #siblings = 0;

  constructor(path, options, controlPipe) {
    this.#path = path;
    this.#options = options;
    this.#controlPipe = controlPipe;
  }

  redirect() {
    const applicationPipe = this;
    const { prototype } = require('node:net').Server;
    const descriptor = Object.getOwnPropertyDescriptor(prototype, 'listen');
    this.#listen = descriptor.value;
    // A patched prototype rather than module exports: ES modules, http and http2 inherit it.
    const { listen } = {
      listen(...args) {
        return applicationPipe.#listenFor(this, args);
      }
    };
    Object.defineProperty(prototype, 'listen', { ...descriptor, value: listen });
    // A channel rather than a listener on the server, whose listeners are the application's to count,
    // replace and remove.
    require('node:diagnostics_channel').subscribe('net.server.socket', ({ socket }) => {
      if (this.#servers.has(socket.server)) {
        this.connections.add(socket);
        socket.once('close', () => this.connections.delete(socket));
      }
    });
  }

  #listenFor(server, args) {
    // A server that listens already is node's to refuse.
    const request = server.listening ? null : this.#requestOf(server, args);
    if (request === null) {
      return Reflect.apply(this.#listen, server, args);
    }
    const holder = this.#holder;
    if (holder === null || this.#giveWay(holder, request)) {
      this.#take(server, request);
    } else if (isSibling(holder.request, request)) {
      this.#listenOn(server, request, `${this.#path}.${++this.#siblings}`);
    } else {
      return Reflect.apply(this.#listen, server, args);
    }
    return server;
  }

  /** What the application asks for, or null if that is none of our business. */
  #requestOf(server, args) {
    const [first, second, third] = args;
    const callback = (typeof args.at(-1) === 'function') ? args.at(-1) : undefined;
    let options;
    if (typeof first === 'object' && first !== null) {
      options = first;
      const isOpenAlready = options._handle || options.handle || typeof options.fd === 'number';
      if (isOpenAlready || !('port' in options || 'path' in options)) {
        return null;
      }
    } else if (isPipeName(first)) {
      options = { path: first };
    } else {
      options = { port: (typeof first === 'function') ? undefined : first };
      if (typeof second === 'string') {
        options.host = second;
      }
    }
    const backlog = options.backlog || toBacklog(second) || toBacklog(third);
    const certainty = this.#certaintyOf(options);
    if (certainty === null) {
      return null;
    }
    // Known by its method, since loading node:tls to ask costs every start some milliseconds.
    if (typeof server.setSecureContext === 'function') {
      this.#leaveAlone(options, 'tls');
      return null;
    }
    return { options, callback, backlog, certainty, args };
  }

  /** Null for what node refuses, and for a path of the application's own. */
  #certaintyOf(options) {
    const { port, path } = options;
    if (port === this.#path || Number.isNaN(port) || (path === this.#path && typeof port !== 'number')) {
      return OWN_PIPE;
    }
    if (!('port' in options)) {
      if (isPipeName(path)) {
        this.#leaveAlone(options, 'path');
      }
      return null;
    }
    // To node, a port that is undefined or null is 0.
    if (!isPort(port ?? 0)) {
      return null;
    }
    return (Number(port ?? 0) === 0) ? ANY_PORT : NAMED_PORT;
  }

  #leaveAlone(options, reason) {
    if (this.#holder === null) {
      this.#controlPipe.note({ type: 'left-alone', requested: describe(options), reason });
    }
  }

  #take(server, request) {
    this.#servers.add(server);
    this.#raiseKeepAliveTimeout(server);
    const handle = this.#listenOn(server, request, this.#path);
    if (!server.listening) {
      // A monitor, as a listener would take from node the decision to end the process.
      server.once(require('node:events').errorMonitor, (error) => this.#controlPipe.listening({
        type: 'listen-failed',
        message: error.message
      }));
      return;
    }
    const holder = { server, request, handle, close: () => handle?.close() };
    this.#holder = holder;
    this.#noticeClose(holder);
    // Behind the application's own listeners of "listening", which node calls in a tick made just before.
    nextTick(() => this.#reportOnceServed(holder));
  }

  #listenOn(server, { options, callback, backlog }, path) {
    const { port, host, ipv6Only, exclusive, reusePort, ...rest } = options;
    const redirected = { ...rest, path, backlog: Math.max(backlog, BACKLOG) };
    Reflect.apply(this.#listen, server, (callback === undefined) ? [redirected] : [redirected, callback]);
    const handle = server._handle;
    if (handle && options.path !== this.#path) {
      // node asks the handle for the address if it can. Frameworks print address().port or build
      // their URL from it, and fail on the string that a pipe has. So they get what they asked for.
      handle.getsockname = (out) => {
        Object.assign(out, addressOf(options));
        return 0;
      };
    }
    return handle;
  }

  /**
   * By the handle, whose close() ends the listening at once in every way there is: close() of the server,
   * an abort signal, or the cluster module, which takes the handle out of its server. The server's own
   * event waits for the last connection.
   */
  #noticeClose(holder) {
    const { server, handle } = holder;
    if (!handle) {
      server.once('close', () => this.#closed(holder));
      return;
    }
    const { close } = handle;
    holder.close = () => Reflect.apply(close, handle, []);
    handle.close = (...args) => {
      this.#closed(holder);
      return Reflect.apply(close, handle, args);
    };
  }

  #closed(holder) {
    if (this.#holder === holder) {
      this.#holder = null;
      if (holder.reported) {
        this.#controlPipe.closed();
      }
    }
  }

  /**
   * A server that nobody listens to for connections is no application but a probe: get-port and the like
   * open one to see whether a port is free, and close it.
   */
  #reportOnceServed(holder) {
    const { server } = holder;
    if (this.#holder !== holder || holder.reported) {
      return;
    }
    if (server.listenerCount('connection') > 0) {
      holder.reported = true;
      this.#controlPipe.listening({ type: 'listening', path: this.#path, requested: describe(holder.request.options) });
      return;
    }
    const onNewListener = (event) => {
      if (event === 'connection') {
        server.off('newListener', onNewListener);
        nextTick(() => this.#reportOnceServed(holder));
      }
    };
    server.on('newListener', onNewListener);
  }

  /**
   * Moves a server that was only guessed to be the one to where it wanted. It sees a second "listening";
   * the other choice would be to refuse the pipe to the server that it was made for.
   */
  #giveWay(holder, { certainty }) {
    const { server, request, handle } = holder;
    if (certainty <= request.certainty || !handle || server._handle !== handle) {
      return false;
    }
    handle.close();
    server._handle = null;
    this.#servers.delete(server);
    server.closeIdleConnections?.();
    const { signal, ...options } = request.options;
    if (request.backlog) {
      options.backlog = request.backlog;
    }
    Reflect.apply(this.#listen, server, [options]);
    return true;
  }

  /**
   * Node closes a connection that has been idle for 5 s, iisnode's pool keeps it for 30 s. Whenever both
   * cross, a request fails on a connection that has just been closed. The host heeds the "Keep-Alive:
   * timeout=" of each response, but would reconnect all the time. So the default, and only it, gives
   * way to what the host asks for; what the application chose is the application's. The other limits
   * (headersTimeout, requestTimeout) count within a request and do not meet idle connections.
   */
  #raiseKeepAliveTimeout(server) {
    const { keepAliveTimeout } = this.#options;
    if (keepAliveTimeout > 0 && typeof server.keepAliveTimeout === 'number') {
      const { Server } = require('node:http');
      // Node's default is asked for, as it changes with its versions.
      if (server instanceof Server && server.keepAliveTimeout === new Server().keepAliveTimeout) {
        server.keepAliveTimeout = keepAliveTimeout;
      }
    }
  }

  /**
   * Stops listening behind the server's back: the application may close the server itself as part of its
   * own shutdown, now or later, and its close(callback) must not fail as that of a closed server does.
   */
  stopListening() {
    this.#holder?.close();
  }

  /** Whether the cluster module has taken over what listens here. */
  get isClustered() {
    const holder = this.#holder;
    return holder !== null && holder.handle && holder.server._handle !== holder.handle;
  }

  closeIdleConnections() {
    // To node a connection is idle as soon as the response has ended, even if most of it waits to be
    // sent to a slow reader; what it closes then is cut. So not while any is being sent.
    if (![...this.connections].some((socket) => socket.writableLength > 0)) {
      const servers = new Set([...this.connections].map((socket) => socket.server));
      servers.forEach((server) => server.closeIdleConnections?.());
    }
  }
}

/** As node decides it: what is no number is a path. */
function isPipeName(value) {
  return typeof value === 'string' && !(Number(value) >= 0);
}

/** Of PORT: with a port number in it, there is nothing to redirect to. */
function isPipe(value) {
  return value !== undefined && value !== '' && isPipeName(value);
}

function isPort(value) {
  const isNumber = typeof value === 'number' || (typeof value === 'string' && value.trim() !== '');
  return isNumber && Number.isInteger(Number(value)) && Number(value) >= 0 && Number(value) <= 65535;
}

function toBacklog(value) {
  return (Number(value) >= 0) ? Number(value) : 0;
}

/** Whether the second is for another address of the first: it asks for the port that address() told. */
function isSibling({ options: first }, { options: second }) {
  const asked = second.port ?? 0;
  return 'port' in first && 'port' in second
    && shownPort(first) === (isPort(asked) ? Number(asked) : HTTP_PORT);
}

function describe({ port, path }) {
  return String(port ?? (path || 0));
}

function addressOf({ port, host }) {
  const family = (host === undefined || host === null || host === '') ? 6 : require('node:net').isIP(host);
  return {
    address: (family === 0) ? '127.0.0.1' : (host || '::'),
    family: (family === 6) ? 'IPv6' : 'IPv4',
    port: shownPort({ port })
  };
}

/**
 * Where no port was named, the one that a URL without a port means. Not 0: fastify asks for the port of
 * its first address to listen on the second, and would open a real one.
 */
function shownPort({ port }) {
  return (isPort(port) && Number(port) > 0) ? Number(port) : HTTP_PORT;
}

// Shutting down ------------------------------------------------------------------------------------

/**
 * Tells the application in the two ways that applications know, pm2's message and the signal, and stops
 * listening. An application with a handler for either ends itself, as it would at a real signal. One
 * without would die of the signal at once; here it ends when its last connection has.
 *
 * Each step has a tick of its own, so that an exception of the application's handlers takes node's usual
 * way and does not keep the next step from happening.
 */
class Shutdown {
  #begun = false;

  #applicationPipe;

  constructor(applicationPipe) {
    this.#applicationPipe = applicationPipe;
  }

  begin() {
    if (this.#begun) {
      return;
    }
    this.#begun = true;
    const isHandled = process.listenerCount('message') > 0 || process.listenerCount('SIGTERM') > 0;
    nextTick(() => process.emit('message', 'shutdown'));
    nextTick(() => process.emit('SIGTERM', 'SIGTERM', require('node:os').constants.signals.SIGTERM));
    nextTick(() => this.#drain(isHandled));
  }

  #drain(isHandled) {
    const applicationPipe = this.#applicationPipe;
    const { isClustered } = applicationPipe;
    applicationPipe.stopListening();
    if (isClustered && !isHandled) {
      // The connections are in the workers, which finish theirs.
      require('node:cluster').disconnect(() => process.exit(0));
      return;
    }
    const step = () => {
      applicationPipe.closeIdleConnections();
      if (applicationPipe.connections.size === 0) {
        clearInterval(timer);
        if (!isHandled) {
          process.exit(0);
        }
      }
    };
    // Again and again, for a connection becomes idle only when its response has been sent.
    const timer = setInterval(step, DRAIN_INTERVAL).unref();
    step();
  }
}

// The end of the host ------------------------------------------------------------------------------

/**
 * The host holds the other end of standard input, writes nothing to it and never closes it, so its end
 * is the host's end, whatever that died of. A thread watches for it, as the application may keep this
 * one busy for ever. Where standard input is something else, somebody tries the agent by hand.
 */
function startWatchdog(controlPipe, shutdown) {
  const isWindows = process.platform === 'win32';
  const isWatchable = isWindows || attempt(() => {
    const input = require('node:fs').fstatSync(0);
    return input.isFIFO() || input.isSocket();
  });
  if (!isWatchable) {
    return;
  }
  const onHostGone = () => shutdown.begin();
  const isHostGone = hostCheck();
  // Whatever writes to standard output now fails, so the application may well be faster than the thread.
  process.on('exit', () => {
    if (isHostGone()) {
      killDescendants(process.pid);
    }
  });
  const input = isWindows ? undefined : openStandardInput();
  try {
    startWatchdogThread(input, onHostGone, (error) => controlPipe.degraded('watchdog', error));
  } catch (error) {
    controlPipe.degraded('watchdog', error);
    pollHost(isHostGone, () => {
      onHostGone();
      setTimeout(killAll, LAST_GRACE).unref();
    }).unref();
  }
}

function startWatchdogThread(input, onHostGone, onError) {
  const { Worker } = require('node:worker_threads');
  const worker = new Worker(__filename, {
    name: WATCHDOG,
    workerData: { role: WATCHDOG, input },
    // Neither this agent again nor whatever else the application has node preload.
    execArgv: [],
    env: {},
    // Not piped to ours, which would open process.stdout before the application does.
    stdout: true,
    stderr: true,
    trackUnmanagedFds: false,
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2, codeRangeSizeMb: 4, stackSizeMb: 1 }
  });
  worker.on('message', onHostGone);
  worker.on('error', onError);
  worker.unref();
}

/** In the watchdog's thread. */
function watchFromThread(input) {
  const { parentPort } = require('node:worker_threads');
  const onHostGone = () => {
    // The application's chance to save what it has; a stuck one does not hear of it.
    parentPort.postMessage('host-gone');
    setTimeout(killAll, LAST_GRACE);
  };
  if (process.platform === 'win32') {
    pollHost(hostCheck(), onHostGone);
  } else {
    watchStandardInput(input ?? 0, onHostGone);
  }
}

/**
 * A socket of the event loop, never a blocking read: node waits for its threads before it exits, and one
 * that sits in a read would make it wait for ever.
 */
function watchStandardInput(descriptor, onEnd) {
  const { Socket } = require('node:net');
  const input = new Socket({ fd: descriptor, readable: true, writable: false });
  input.on('error', () => {});
  input.once('close', onEnd);
  input.resume();
}

/**
 * Where node grants no thread, and on Windows. There a job object, made by the host, is what ends the
 * process, and this is for the case that none could be made. Standard input cannot be watched there:
 * libuv reads it in a blocking way, during which whatever else touches the handle has to wait, be it
 * process.stdin or the start of a child.
 */
function pollHost(isHostGone, onEnd) {
  const timer = setInterval(() => {
    if (isHostGone()) {
      clearInterval(timer);
      onEnd();
    }
  }, POLL_INTERVAL);
  return timer;
}

/**
 * A look at the moment itself. On Linux standard input tells; in other systems a second descriptor of a
 * pipe is the first one again, and reading it could block, so there the parent tells, which comes a
 * little later.
 */
function hostCheck() {
  const parent = process.ppid;
  const input = (process.platform === 'linux') ? openStandardInput() : undefined;
  if (input !== undefined) {
    const { readSync } = require('node:fs');
    // Throws, so is undefined, while the pipe is merely empty.
    return () => attempt(() => readSync(input, Buffer.alloc(1))) === 0;
  }
  return (process.platform === 'win32') ? () => !isAlive(parent) : () => process.ppid !== parent;
}

function isAlive(pid) {
  let code;
  attempt(() => process.kill(pid, 0), (error) => {
    ({ code } = error);
  });
  return code !== 'ESRCH';
}

/**
 * Opens standard input a second time, so that the application may close, pause or read its own, and ours
 * being non-blocking does not reach the children that inherit the first. Undefined if that is not
 * possible: a socket cannot be opened by name.
 */
function openStandardInput() {
  const { constants, openSync } = require('node:fs');
  const name = (process.platform === 'linux') ? '/proc/self/fd/0' : '/dev/fd/0';
  return attempt(() => openSync(name, constants.O_RDONLY | constants.O_NONBLOCK));
}

function killAll() {
  killDescendants(process.pid);
  process.kill(process.pid, 'SIGKILL');
}

/** Ends the children, their children and so on, but not the process itself. */
function killDescendants(root) {
  if (process.platform === 'win32') {
    attempt(() => require('node:child_process').spawnSync('taskkill', ['/PID', String(root), '/T', '/F'], {
      stdio: 'ignore',
      timeout: LAST_GRACE,
      windowsHide: true
    }));
    return;
  }
  const victims = new Set();
  const stop = (pid) => {
    victims.add(pid);
    attempt(() => process.kill(pid, 'SIGSTOP'));
  };
  // Stopped first, until there are no new ones: the children of one that is dead already are nobody's,
  // and could not be found any more.
  for (let pass = 0; pass < 5; pass++) {
    const found = descendantsOf(root).filter((pid) => !victims.has(pid));
    if (found.length === 0) {
      break;
    }
    found.forEach(stop);
  }
  victims.forEach((pid) => attempt(() => process.kill(pid, 'SIGKILL')));
}

function descendantsOf(root) {
  const children = new Map();
  for (const [pid, parent] of attempt(processes) ?? []) {
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const found = [];
  for (let next = children.get(root) ?? []; next.length > 0;) {
    found.push(...next);
    next = next.flatMap((pid) => children.get(pid) ?? []);
  }
  return found;
}

/** Pairs of process and parent. */
function processes() {
  if (process.platform !== 'linux') {
    const { stdout } = require('node:child_process').spawnSync('ps', ['-A', '-o', 'pid=,ppid='], {
      encoding: 'utf8',
      timeout: LAST_GRACE
    });
    return stdout.trim().split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  }
  const { readFileSync, readdirSync } = require('node:fs');
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((name) => {
    const stat = attempt(() => readFileSync(`/proc/${name}/stat`, 'latin1'));
    // The name of the program stands in parentheses and may contain anything, so from the last one on.
    const parent = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
    return (parent === undefined) ? [] : [[Number(name), Number(parent)]];
  });
}

// Statistics ---------------------------------------------------------------------------------------

/** How often the delay of the event loop is sampled, in ms; the default of 10 costs twice the wake-ups. */
const DELAY_RESOLUTION = 20;

/** Until then there is another sample, in ms. */
const READING_DELAY = 2 * DELAY_RESOLUTION;

let statistics = null;

/** Started by the first host, so that nobody pays for what nobody reads. */
function startStatistics(interval, controlPipe) {
  if (statistics !== null || !(interval > 0)) {
    return;
  }
  const eventLoopDelay = new EventLoopDelay();
  let utilization = performance.eventLoopUtilization();
  statistics = setInterval(() => {
    if (!controlPipe.hasHost) {
      return;
    }
    eventLoopDelay.read((delays) => {
      const previous = utilization;
      utilization = performance.eventLoopUtilization();
      const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
      const { user, system } = process.cpuUsage();
      controlPipe.sendIfRead({
        type: 'stats',
        rss,
        heapUsed,
        heapTotal,
        external,
        ...delays,
        eventLoopUtilization: round(performance.eventLoopUtilization(utilization, previous).utilization),
        handles: process.getActiveResourcesInfo().length,
        cpuUser: user,
        cpuSystem: system
      });
    });
  }, interval).unref();
}

/** How late the event loop comes to what is due, in ms, between one reading and the next. */
class EventLoopDelay {
  #histogram = require('node:perf_hooks').monitorEventLoopDelay({ resolution: DELAY_RESOLUTION });

  #first = 0;

  constructor() {
    this.#histogram.enable();
    this.#measureFirst();
  }

  /**
   * Reads after another sample. When a loop that was stuck goes on, timers of the application may come
   * before the sample that would tell, and those that are overdue come with them, the reader's too.
   * Reading there and then would lose the delay. If the loop gets stuck while this waits, it tells so
   * itself, by how late it comes.
   */
  read(done) {
    const begin = performance.now();
    setTimeout(() => done(this.#take(performance.now() - begin - READING_DELAY)), READING_DELAY).unref();
  }

  #take(late) {
    const { count, mean, max } = this.#histogram;
    // The histogram counts from sample to sample, its own interval included.
    const toDelay = (nanoseconds) => Math.max(0, nanoseconds / 1e6 - DELAY_RESOLUTION);
    const sum = (count > 0) ? toDelay(mean) * count : 0;
    const delays = {
      eventLoopDelay: round((sum + this.#first) / (count + 1)),
      eventLoopDelayMax: round(Math.max((count > 0) ? toDelay(max) : 0, this.#first, late))
    };
    this.#histogram.reset();
    this.#measureFirst();
    return delays;
  }

  /** The histogram counts nothing up to its first sample after a reset, however long that takes. */
  #measureFirst() {
    const begin = performance.now();
    this.#first = 0;
    setTimeout(() => {
      this.#first = Math.max(0, performance.now() - begin - DELAY_RESOLUTION);
    }, DELAY_RESOLUTION).unref();
  }
}

function round(value) {
  return Math.round(value * 1000) / 1000;
}

// Diagnosis ----------------------------------------------------------------------------------------
// What is written may hold secrets of the application, so it is for the owner's eyes only.

const OWNER_ONLY = 0o600;

const MAX_PROFILE_SECONDS = 300;

let profiling = false;

async function takeCpuProfile({ seconds, file }) {
  if (!(seconds > 0 && seconds <= MAX_PROFILE_SECONDS)) {
    throw new RangeError(`seconds must be more than 0 and at most ${MAX_PROFILE_SECONDS}, not ${seconds}`);
  }
  if (profiling) {
    throw new Error('a CPU profile is being taken already');
  }
  // A session within the process: no port is opened, and a debugger may be attached all the same.
  const { Session } = require('node:inspector');
  const session = new Session();
  const post = (method) => new Promise((resolve, reject) => {
    session.post(method, (error, result) => (error ? reject(new Error(error.message)) : resolve(result)));
  });
  profiling = true;
  try {
    session.connect();
    await post('Profiler.enable');
    await post('Profiler.start');
    await new Promise((resolve) => {
      setTimeout(resolve, seconds * 1000).unref();
    });
    const { profile } = await post('Profiler.stop');
    await require('node:fs/promises').writeFile(file, JSON.stringify(profile), { mode: OWNER_ONLY });
  } finally {
    profiling = false;
    session.disconnect();
  }
  return { file };
}

function takeHeapSnapshot({ file }) {
  const fs = require('node:fs');
  // Made before, because V8 makes it readable for everybody.
  fs.closeSync(fs.openSync(file, 'w', OWNER_ONLY));
  require('node:v8').writeHeapSnapshot(file);
  return { file };
}

async function writeReport({ file }) {
  const { report } = process;
  const { excludeNetwork } = report;
  // Not report.writeReport, which announces itself on the application's standard error. The network
  // part looks up the name of every peer, which can take as long as the name server pleases.
  if (excludeNetwork !== undefined) {
    report.excludeNetwork = true;
  }
  try {
    const content = JSON.stringify(report.getReport(), null, 2);
    await require('node:fs/promises').writeFile(file, content, { mode: OWNER_ONLY });
  } finally {
    if (excludeNetwork !== undefined) {
      report.excludeNetwork = excludeNetwork;
    }
  }
  return { file };
}

// Odds and ends ------------------------------------------------------------------------------------

/** What the action returns, or undefined if it throws: the agent must not fail the application. */
function attempt(action, onError = () => {}) {
  try {
    return action();
  } catch (error) {
    onError(error);
    return undefined;
  }
}

/** For what the host cannot be told otherwise: it reads the standard error of its processes. */
function complain(text) {
  attempt(() => require('node:fs').writeSync(2, `iisnode: ${text}\n`));
}

// Where it begins: at the end, for classes and constants exist only from their own line on.
if (isMainThread) {
  const settings = process.env.IISNODE_AGENT;
  // Children of this process inherit --require and the environment. The variable's absence tells the
  // agent in them that they are not the host's, and leaves them alone.
  if (settings !== undefined) {
    delete process.env.IISNODE_AGENT;
    start(settings);
  }
} else if (workerData?.role === WATCHDOG) {
  watchFromThread(workerData.input);
}
