import { setTimeout } from 'node:timers/promises';

export default defineEventHandler((event) => {
  setHeader(event, 'Content-Type', 'text/plain')
  return new ReadableStream({
    async start(controller) {
      const encoder = new TextEncoder()
      for (let chunk = 1; chunk <= 3; chunk++) {
        controller.enqueue(encoder.encode(`chunk ${chunk}\n`))
        await setTimeout(300)
      }
      controller.close()
    }
  })
})
