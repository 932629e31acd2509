export default defineEventHandler(() => {
  throw new Error('This page fails')
})
