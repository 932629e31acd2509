import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import express from 'express';
import { useServer } from 'graphql-ws/use/ws';
import { createSchema, createYoga } from 'graphql-yoga';
import { WebSocketServer } from 'ws';

const yoga = createYoga({
  schema: createSchema({
    typeDefs: /* GraphQL */ `
      scalar File

      type Upload {
        size: Int!
        sha256: String!
      }

      type Query {
        hello: String!
        fail: String!
      }

      type Mutation {
        echo(text: String!): String!
        upload(file: File!): Upload!
      }

      type Subscription {
        chunks(count: Int!): String!
      }
    `,
    resolvers: {
      Query: {
        hello: () => 'Hello from Yoga',
        fail: () => {
          throw new Error('This field fails');
        }
      },
      Mutation: {
        echo: (_, { text }) => text,
        upload: async (_, { file }) => {
          const content = Buffer.from(await file.arrayBuffer());
          return { size: content.length, sha256: createHash('sha256').update(content).digest('hex') };
        }
      },
      Subscription: {
        chunks: {
          async *subscribe(_, { count }) {
            for (let chunk = 1; chunk <= count; chunk++) {
              yield { chunks: `chunk ${chunk}` };
              await setTimeout(300);
            }
          }
        }
      }
    }
  })
});

const app = express();
app.use(express.static(path.join(import.meta.dirname, 'public')));
app.use(yoga.graphqlEndpoint, yoga);

const server = createServer(app);
const wsServer = new WebSocketServer({ server, path: yoga.graphqlEndpoint });

useServer(
  {
    execute: (args) => args.rootValue.execute(args),
    subscribe: (args) => args.rootValue.subscribe(args),
    onSubscribe: async (ctx, _id, params) => {
      const { schema, execute, subscribe, contextFactory, parse, validate } = yoga.getEnveloped({
        ...ctx,
        req: ctx.extra.request,
        socket: ctx.extra.socket,
        params
      });
      const args = {
        schema,
        operationName: params.operationName,
        document: parse(params.query),
        variableValues: params.variables,
        contextValue: await contextFactory(),
        rootValue: { execute, subscribe }
      };
      const errors = validate(args.schema, args.document);
      return errors.length ? errors : args;
    }
  },
  wsServer
);

server.listen(process.env.PORT || 4000);
