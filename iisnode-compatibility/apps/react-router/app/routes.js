import { index, route } from '@react-router/dev/routes';

export default [
  index('routes/home.jsx'),
  route('api/echo', 'routes/api/echo.js'),
  route('api/upload', 'routes/api/upload.js'),
  route('api/stream', 'routes/api/stream.js'),
  route('api/fail', 'routes/api/fail.js'),
];
