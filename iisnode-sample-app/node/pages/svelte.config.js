import adapter from '@sveltejs/adapter-node';

/** @type {import('@sveltejs/kit').Config} */
export default {
  kit: {
    // A plain Node server in build/, which needs no node_modules when it runs
    adapter: adapter(),
    // Where the pages are mounted. Node sees the path as the client sent it, nothing is stripped.
    paths: { base: '/pages', relative: false },
    // SvelteKit announces a change of page to screen readers in an element with a style of its own
    csp: { directives: { 'default-src': ['self'], 'img-src': ['self', 'data:'], 'style-src': ['self', 'unsafe-inline'] } },
  },
};
