export function GET() {
  throw new Error('This page fails');
}
