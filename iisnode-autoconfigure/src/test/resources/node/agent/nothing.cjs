console.log('done', process.argv[2] ?? '');
