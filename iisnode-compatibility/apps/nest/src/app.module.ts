import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { ServeStaticModule } from '@nestjs/serve-static';
import { AppController } from './app.controller.js';
import { EchoGateway } from './echo.gateway.js';

@Module({
  imports: [
    ServeStaticModule.forRoot({
      rootPath: join(import.meta.dirname, '..', 'public'),
      exclude: ['/api/{*path}'],
    }),
  ],
  controllers: [AppController],
  providers: [EchoGateway],
})
export class AppModule {}
