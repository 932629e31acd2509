// The buttons of the start page and its table of what runs right now.
const byId = (id) => document.getElementById(id);

function element(name, properties = {}, ...children) {
  const node = Object.assign(document.createElement(name), properties);
  node.append(...children);
  return node;
}

async function ask(path, options) {
  const response = await fetch(path, { cache: 'no-store', ...options });
  if (!response.ok) {
    throw new Error(`${path} answered ${response.status} ${response.statusText}`);
  }
  return response;
}

/** Lets a control show what it found, or why it found nothing. */
async function show(control, find) {
  const output = byId(control.dataset.try);
  control.disabled = true;
  try {
    await find((...content) => output.replaceChildren(...content));
  } catch (error) {
    output.replaceChildren(element('span', { className: 'error' }, error.message));
  } finally {
    control.disabled = false;
    refresh();
  }
}

const tries = {
  async hello(tell) {
    tell((await (await ask('/hello.js')).text()).trim());
  },

  async turns(tell) {
    const list = element('ol', { className: 'chips' });
    let first;
    tell(list);
    for (let i = 0; i < 6; i++) {
      const { pid } = await (await ask('/api/process')).json();
      first ??= pid;
      list.append(element('li', { className: pid === first ? 'lit' : '' }, `process ${pid}`));
    }
  },

  async upload(tell, input) {
    const [file] = input.files;
    if (file) {
      tell(`Sending ${file.name} …`);
      const headers = { 'Content-Type': file.type || 'application/octet-stream' };
      const { size, sha256 } = await (await ask('/api/uploads', { method: 'POST', headers, body: file })).json();
      tell(`${size.toLocaleString()} bytes arrived, SHA-256 `, element('code', {}, sha256));
      input.value = '';
    }
  },

  listen(tell) {
    const ticks = element('ol', { className: 'chips' });
    tell(ticks);
    return new Promise((resolve, reject) => {
      const source = new EventSource('/events/stream');
      source.addEventListener('clock', ({ data }) => {
        ticks.append(element('li', {}, new Date(JSON.parse(data).time).toLocaleTimeString()));
        if (ticks.childElementCount === 5) {
          source.close();
          resolve();
        }
      });
      source.addEventListener('error', () => {
        source.close();
        reject(new Error('/events/stream does not answer'));
      });
    });
  },

  async greeting(tell) {
    const { message, server, pid } = await (await ask('/greeting?name=you')).json();
    tell(`${message} (${server}, process ${pid})`);
  },
};

for (const control of document.querySelectorAll('[data-try]')) {
  const event = control.type === 'file' ? 'change' : 'click';
  control.addEventListener(event, () => show(control, (tell) => tries[control.dataset.try](tell, control)));
}

/* Right now */

const PAUSE = 2000;
const table = byId('live');
const note = byId('live-note');
const explanation = [...note.childNodes];
let next;

function processes(application) {
  if (!application.processes?.length) {
    return 'none yet, they start with the first request';
  }
  return element('ul', { className: 'chips' }, ...application.processes.map((process) => element('li', {
    className: process.state === 'READY' ? 'lit' : '',
    title: `Generation ${process.generation}, ${process.totalRequests} requests`,
  }, `${process.pid} ${process.state.toLowerCase()}${memory(process)}`)));
}

function memory({ memory: bytes }) {
  return Number.isFinite(bytes) && bytes > 0 ? `, ${Math.round(bytes / 1048576)} MB` : '';
}

function row(application) {
  return element('tr', {},
    element('th', { scope: 'row' }, application.name, element('small', {}, application.script ?? '')),
    element('td', {}, application.state.toLowerCase()),
    ...['totalRequests', 'activeRequests', 'pendingRequests'].map((key) =>
      element('td', { className: 'number' }, (application[key] ?? 0).toLocaleString())),
    element('td', {}, processes(application)));
}

async function refresh() {
  clearTimeout(next);
  try {
    const { applications } = await (await ask('/actuator/iisnode')).json();
    table.tBodies[0].replaceChildren(...applications.map(row));
    table.hidden = false;
    note.replaceChildren(...explanation);
  } catch {
    table.hidden = true;
    note.replaceChildren('The actuator endpoint /actuator/iisnode is not reachable, so there is nothing to see here.');
  }
  clearTimeout(next);
  if (!document.hidden) {
    next = setTimeout(refresh, PAUSE);
  }
}

document.addEventListener('visibilitychange', () => document.hidden ? clearTimeout(next) : refresh());
refresh();
