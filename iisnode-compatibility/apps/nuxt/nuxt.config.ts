// https://nuxt.com/docs/api/configuration/nuxt-config
export default defineNuxtConfig({
  compatibilityDate: '2026-01-01',
  nitro: {
    experimental: {
      websocket: true
    }
  }
})
