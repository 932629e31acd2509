// @ts-check
import node from '@astrojs/node';
import { defineConfig } from 'astro/config';

// https://astro.build/config
export default defineConfig({
  base: process.env.BASE_PATH ?? '/',
  build: {
    inlineStylesheets: 'never'
  },
  output: 'server',
  adapter: node({ mode: 'standalone' })
});
