import { fail } from '@sveltejs/kit';

const MAX_NOTE = 200;

export const actions = {
  default: async ({ request }) => {
    const form = await request.formData();
    const coffee = String(form.get('coffee') ?? '').trim();
    const note = String(form.get('note') ?? '').trim();
    const stars = Number(form.get('stars'));
    const errors = {};
    if (coffee === '') {
      errors.coffee = 'Which coffee was it?';
    }
    if (!Number.isInteger(stars) || stars < 1 || stars > 5) {
      errors.stars = 'One to five stars, please.';
    }
    if (note.length > MAX_NOTE) {
      errors.note = `At most ${MAX_NOTE} characters, please.`;
    }
    if (Object.keys(errors).length > 0) {
      return fail(422, { coffee, stars, note, errors });
    }
    return { saved: { coffee, stars, note, pid: process.pid } };
  },
};
