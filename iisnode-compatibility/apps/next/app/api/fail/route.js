export const dynamic = 'force-dynamic';

export async function GET() {
  throw new Error('This page fails');
}
