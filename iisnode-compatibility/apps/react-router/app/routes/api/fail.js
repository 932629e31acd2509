export function loader() {
  throw new Error('This page fails');
}
