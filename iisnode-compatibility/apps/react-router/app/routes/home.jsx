export function meta() {
  return [{ title: 'React Router' }];
}

export function loader() {
  return { time: new Date().toISOString() };
}

export default function Home({ loaderData }) {
  return (
    <main>
      <h1>Hello from React Router</h1>
      <p>Rendered at {loaderData.time}</p>
    </main>
  );
}
