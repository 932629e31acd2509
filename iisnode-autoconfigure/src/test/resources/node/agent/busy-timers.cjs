// A timer that is nearly always due.
setInterval(() => {}, 1);

require('./http.cjs');
