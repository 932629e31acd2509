// An ES module with named imports, as frameworks have them.
import { createServer } from 'node:http';

const server = createServer((request, response) => response.end('from a module'));
const app = { listen: (...args) => server.listen(...args) };

app.listen(Number(process.env.PORT) || 8080, () => {
  const { port } = server.address();
  console.log('port', port);
});
