import { createHash } from 'node:crypto';

export default defineEventHandler(async (event) => {
  const body = await readRawBody(event, false)
  setResponseStatus(event, 201)
  return { size: body.length, sha256: createHash('sha256').update(body).digest('hex') }
})
