import { setTimeout } from 'node:timers/promises';

export function GET() {
  const stream = new ReadableStream({
    async start(controller) {
      const encoder = new TextEncoder();
      for (let chunk = 1; chunk <= 3; chunk++) {
        controller.enqueue(encoder.encode(`chunk ${chunk}\n`));
        await setTimeout(300);
      }
      controller.close();
    },
  });
  return new Response(stream, { headers: { 'Content-Type': 'text/plain' } });
}
