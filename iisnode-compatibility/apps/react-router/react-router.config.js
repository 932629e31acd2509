/** @type {import('@react-router/dev/config').Config} */
export default {
  ssr: true,
  basename: process.env.BASE_PATH ?? '/',
};
