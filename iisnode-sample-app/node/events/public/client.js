const byId = (id) => document.getElementById(id);
const messages = byId('messages');
const form = byId('form');

function show({ name, text, time }) {
  const item = document.createElement('li');
  const author = document.createElement('b');
  const at = document.createElement('time');
  author.textContent = name;
  at.dateTime = time;
  at.textContent = new Date(time).toLocaleTimeString();
  item.append(author, at, document.createTextNode(text));
  messages.append(item);
  messages.scrollTop = messages.scrollHeight;
}

function on(source, event, handle) {
  source.addEventListener(event, ({ data }) => handle(JSON.parse(data)));
}

const source = new EventSource('/events/stream');
source.addEventListener('open', () => { byId('state').textContent = 'live'; });
source.addEventListener('error', () => { byId('state').textContent = 'reconnecting'; });
on(source, 'clock', ({ time, pid }) => {
  byId('clock').textContent = new Date(time).toLocaleTimeString();
  byId('pid').textContent = pid;
});
on(source, 'visitors', ({ count }) => { byId('visitors').textContent = count; });
on(source, 'message', show);
on(source, 'history', (history) => {
  messages.replaceChildren();
  history.forEach(show);
});

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const { name, text } = form.elements;
  try {
    const response = await fetch('/events/messages', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ name: name.value, text: text.value }),
    });
    byId('error').textContent = response.ok ? '' : (await response.json()).title;
    if (response.ok) {
      text.value = '';
    }
  } catch {
    byId('error').textContent = 'The message could not be sent.';
  }
  text.focus();
});
