import { connection } from 'next/server';

export default async function Home() {
  await connection();
  return (
    <main>
      <h1>Hello from Next.js</h1>
      <p>Rendered at {new Date().toISOString()}</p>
    </main>
  );
}
