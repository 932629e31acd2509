// The same files below a path
const path = require('node:path');
const express = require('express');

const router = express.Router();
router.use(express.static(path.join(__dirname, 'public')));

const app = express();
app.use('/shop', router);
app.listen(process.env.PORT || 3000);
