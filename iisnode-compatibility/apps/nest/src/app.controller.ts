import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { Body, Controller, Get, HttpCode, Post, Req, StreamableFile } from '@nestjs/common';
import type { Request } from 'express';

async function* chunks() {
  for (let chunk = 1; chunk <= 3; chunk++) {
    yield `chunk ${chunk}\n`;
    await setTimeout(300);
  }
}

@Controller('api')
export class AppController {
  @Post('echo')
  @HttpCode(200)
  echo(@Body() body: object) {
    return body;
  }

  @Post('upload')
  async upload(@Req() request: Request) {
    const hash = createHash('sha256');
    let size = 0;
    for await (const chunk of request) {
      hash.update(chunk);
      size += chunk.length;
    }
    return { size, sha256: hash.digest('hex') };
  }

  @Get('stream')
  stream() {
    return new StreamableFile(Readable.from(chunks(), { objectMode: false }), { type: 'text/plain' });
  }

  @Get('fail')
  fail() {
    throw new Error('This page fails');
  }
}
