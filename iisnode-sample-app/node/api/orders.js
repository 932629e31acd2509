const products = require('./products.json');

const MAX_QUANTITY = 50;

/** What is wrong with an order, one sentence for each field; empty if nothing is. */
function validate(order) {
  const errors = {};
  if (order === null || typeof order !== 'object' || Array.isArray(order)) {
    return { order: 'must be an object with customer and items' };
  }
  if (typeof order.customer !== 'string' || order.customer.trim() === '') {
    errors.customer = 'must be a name';
  }
  if (!Array.isArray(order.items) || order.items.length === 0) {
    errors.items = 'must be a list with at least one item';
    return errors;
  }
  order.items.forEach((item, index) => {
    if (!products.some((product) => product.id === item?.product)) {
      errors[`items[${index}].product`] = 'is no product of ours';
    }
    if (!Number.isInteger(item?.quantity) || item.quantity < 1 || item.quantity > MAX_QUANTITY) {
      errors[`items[${index}].quantity`] = `must be a whole number from 1 to ${MAX_QUANTITY}`;
    }
  });
  return errors;
}

/** The order with prices. Counts in cents, so that nothing is lost in rounding. */
function price(order) {
  const items = order.items.map(({ product: id, quantity }) => {
    const { name, price } = products.find((product) => product.id === id);
    const cents = Math.round(price * 100) * quantity;
    return { product: id, name, quantity, price, sum: cents / 100 };
  });
  const total = items.reduce((cents, item) => cents + Math.round(item.sum * 100), 0) / 100;
  return { customer: order.customer.trim(), items, total };
}

module.exports = { validate, price };
