export async function action({ request }) {
  return Response.json(await request.json());
}
